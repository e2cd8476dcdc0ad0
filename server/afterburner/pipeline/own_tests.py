"""The project's own tests as evidence: those that reach the target, with the original and with the rewrite in place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from afterburner.core.captured import Captured, Suite, TestResult
from afterburner.core.errors import RunFailed
from afterburner.core.observation import Version
from afterburner.core.ports import Runner
from afterburner.core.verdict import Different, Equivalent, EquivalentExcept, TestsEvidence
from afterburner.pipeline.events import Progress, Report

OPEN = "the project's own tests"
"""How evidence names them while they were not run."""
_MOST_TESTS = 150
_MOST_S = 6.0
_LIMIT_S = 30.0


class OwnTests:
    """Runs the tests in the sandbox; what the original did is kept for the rewrites after it."""

    def __init__(self, runner: Runner, captured: Captured, report: Report) -> None:
        self._runner = runner
        self._captured = captured
        self._report = report
        self._original: dict[Version, Mapping[str, TestResult]] = {}

    async def judged(
        self, verdict: Equivalent | EquivalentExcept, versions: tuple[Version, Version]
    ) -> Equivalent | EquivalentExcept | Different:
        """The verdict with what the tests say: each must end with the rewrite as it did with the original."""
        suite = self._captured.suite
        chosen = _chosen(self._captured.tests)
        if suite is None or not chosen:
            return verdict
        self._report(
            Progress("verify", f"running {len(chosen)} of the project's tests with both versions", 0, len(chosen))
        )
        try:
            before = await self._before(suite, versions[0], chosen)
            passing = [name for name in chosen if name in before and before[name].outcome == "passed"]
            after = await self._run(suite, versions[1], passing)
            broken = await self._broken(suite, versions, passing, after)
        except RunFailed as error:
            return _with(verdict, TestsEvidence(0, {f"they cannot be run in the sandbox: {error}": len(chosen)}))
        evidence = TestsEvidence(len(passing), _not_run(self._captured.tests, chosen, before))
        if broken is not None:
            reason = f"the project's test {broken.name} fails with it" + (f": {broken.reason}" if broken.reason else "")
            return Different(f"{reason}.", None, _with(verdict, replace(evidence, passed=len(passing) - 1)).evidence)
        return _with(verdict, evidence)

    async def _before(self, suite: Suite, original: Version, names: Sequence[str]) -> Mapping[str, TestResult]:
        if original not in self._original:
            self._original[original] = await self._run(suite, original, names)
        return self._original[original]

    async def _run(self, suite: Suite, version: Version, names: Sequence[str]) -> Mapping[str, TestResult]:
        if not names:
            return {}
        return {result.name: result for result in await self._runner.run_tests(version, suite, names, _LIMIT_S)}

    async def _broken(
        self, suite: Suite, versions: tuple[Version, Version], passing: Sequence[str], after: Mapping[str, TestResult]
    ) -> TestResult | None:
        """A test that ends otherwise with the rewrite, twice, while it passes with the original, twice."""
        suspects = [name for name in passing if name not in after or after[name].outcome != "passed"]
        for name in suspects:
            again = await self._run(suite, versions[0], [name])
            changed = await self._run(suite, versions[1], [name])
            if name in again and again[name].outcome == "passed":
                found = changed.get(name) or TestResult(name, "error", 0, 0.0, "it gave no result")
                if found.outcome != "passed":
                    return found
        return None


def _chosen(tests: Sequence[TestResult]) -> list[str]:
    """The tests that passed when they were captured, the quickest first, as many as fit into the time."""
    names: list[str] = []
    spent = 0.0
    for test in sorted((t for t in tests if t.outcome == "passed"), key=lambda t: t.seconds):
        spent += test.seconds
        if spent > _MOST_S or len(names) >= _MOST_TESTS:
            break
        names.append(test.name)
    return names


def _not_run(tests: Sequence[TestResult], chosen: Sequence[str], before: Mapping[str, TestResult]) -> dict[str, int]:
    """Reason → how many tests that reach the target say nothing about the rewrite."""
    reasons: Counter[str] = Counter()
    for test in tests:
        if test.outcome != "passed":
            reasons[f"{test.outcome} before any change"] += 1
        elif test.name not in chosen:
            reasons["no time for more"] += 1
        elif test.name not in before:
            reasons["gave no result in the sandbox"] += 1
        elif before[test.name].outcome != "passed":
            reasons[f"cannot run in the sandbox: {before[test.name].reason or before[test.name].outcome}"] += 1
    return dict(reasons)


def _with(verdict: Equivalent | EquivalentExcept, tests: TestsEvidence) -> Equivalent | EquivalentExcept:
    evidence = verdict.evidence
    still_open = tuple(text for text in evidence.not_verified if text != OPEN or not tests.passed)
    return replace(verdict, evidence=replace(evidence, tests=tests, not_verified=still_open))
