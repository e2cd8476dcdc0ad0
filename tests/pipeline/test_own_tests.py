"""What the project's own tests add to a verdict, with a runner that plays them back ("scripted")."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from afterburner.core.captured import Captured, Suite, TestResult
from afterburner.core.errors import RunFailed
from afterburner.core.observation import Version
from afterburner.core.verdict import Different, Equivalent, Evidence, TestsEvidence
from afterburner.pipeline.events import silent
from afterburner.pipeline.own_tests import OPEN, OwnTests

ORIGINAL, REWRITE = Version("original"), Version("rewrite")
VERDICT = Equivalent(Evidence(not_verified=("memory use", OPEN)))


class Scripted:
    """Gives for each version the outcomes that were written down, the next one at each run of a test."""

    def __init__(self, outcomes: Mapping[str, Mapping[str, Sequence[str]]]) -> None:
        self._left = {text: {n: list(o) for n, o in tests.items()} for text, tests in outcomes.items()}
        self.asked: list[tuple[str, tuple[str, ...]]] = []

    async def run_tests(self, version: Version, suite: Suite, names: Sequence[str], seconds: float) -> list[TestResult]:
        self.asked.append((version.text, tuple(names)))
        tests = self._left[version.text]
        found = [
            (name, tests[name].pop(0) if len(tests[name]) > 1 else tests[name][0]) for name in names if name in tests
        ]
        return [TestResult(name, outcome, 1, 0.0, f"{name} says so") for name, outcome in found if outcome]


def captured(**tests: str) -> Captured:
    results = tuple(TestResult(name, outcome, 1, 0.1) for name, outcome in tests.items())
    return Captured(suite=Suite("pytest", "/p"), tests=results)


def judged(runner: Any, known: Captured) -> Any:
    return asyncio.run(OwnTests(runner, known, silent).judged(VERDICT, (ORIGINAL, REWRITE)))


def test_tests_that_pass_with_both_are_evidence() -> None:
    runner = Scripted({"original": {"a": ["passed"], "b": ["passed"]}, "rewrite": {"a": ["passed"], "b": ["passed"]}})
    verdict = judged(runner, captured(a="passed", b="passed"))
    assert verdict.evidence.tests == TestsEvidence(2, {})
    assert verdict.evidence.not_verified == ("memory use",)


def test_a_test_that_fails_with_the_rewrite_twice_refutes_it() -> None:
    runner = Scripted({"original": {"a": ["passed"], "b": ["passed"]}, "rewrite": {"a": ["passed"], "b": ["failed"]}})
    verdict = judged(runner, captured(a="passed", b="passed"))
    assert isinstance(verdict, Different)
    assert verdict.reason == "the project's test b fails with it: b says so."
    assert runner.asked[2:] == [("original", ("b",)), ("rewrite", ("b",))]


def test_a_test_that_is_missing_afterwards_refutes_it() -> None:
    runner = Scripted({"original": {"a": ["passed"]}, "rewrite": {}})
    assert isinstance(judged(runner, captured(a="passed")), Different)


def test_a_failure_that_does_not_come_back_counts_for_nothing() -> None:
    runner = Scripted({"original": {"a": ["passed"]}, "rewrite": {"a": ["failed", "passed"]}})
    assert isinstance(judged(runner, captured(a="passed")), Equivalent)


def test_a_test_that_fails_with_the_original_too_counts_for_nothing() -> None:
    runner = Scripted({"original": {"a": ["passed", "failed"]}, "rewrite": {"a": ["failed"]}})
    assert isinstance(judged(runner, captured(a="passed")), Equivalent)


def test_what_says_nothing_is_named_and_never_counted() -> None:
    runner = Scripted({"original": {"a": ["error"], "b": ["passed"]}, "rewrite": {"b": ["passed"]}})
    verdict = judged(runner, captured(a="passed", b="passed", c="failed", d="passed"))
    assert verdict.evidence.tests == TestsEvidence(
        1,
        {"cannot run in the sandbox: a says so": 1, "failed before any change": 1, "gave no result in the sandbox": 1},
    )
    assert runner.asked[1] == ("rewrite", ("b",))


def test_the_original_is_asked_once_for_several_rewrites() -> None:
    runner = Scripted({"original": {"a": ["passed"]}, "rewrite": {"a": ["passed"]}, "other": {"a": ["passed"]}})
    own = OwnTests(runner, captured(a="passed"), silent)  # type: ignore[arg-type]

    async def both() -> None:
        await own.judged(VERDICT, (ORIGINAL, REWRITE))
        await own.judged(VERDICT, (ORIGINAL, Version("other")))

    asyncio.run(both())
    assert [text for text, _ in runner.asked] == ["original", "rewrite", "other"]


def test_a_sandbox_that_cannot_run_them_leaves_them_open() -> None:
    class Broken:
        async def run_tests(self, *asked: object) -> list[TestResult]:
            raise RunFailed("pytest is not there.")

    verdict = judged(Broken(), captured(a="passed"))
    assert verdict.evidence.tests == TestsEvidence(0, {"they cannot be run in the sandbox: pytest is not there.": 1})
    assert OPEN in verdict.evidence.not_verified


def test_without_tests_nothing_is_said() -> None:
    assert judged(Scripted({}), Captured()) is VERDICT
