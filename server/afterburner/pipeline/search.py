"""The search: ask every source, judge and measure what it proposes, keep the history, stop at the budget."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass

from afterburner.core.comparison import Comparison
from afterburner.core.errors import AfterburnerError
from afterburner.core.inputs import Case, Origin
from afterburner.core.ports import Brief, Meter, RewriteSource, Runner, StaticCheck
from afterburner.core.rewrite import Rewrite
from afterburner.core.suggestion import Attempt
from afterburner.core.verdict import Different, Equivalent, EquivalentExcept, Inconclusive, Verdict
from afterburner.pipeline.events import Progress, Report
from afterburner.pipeline.own_tests import OwnTests
from afterburner.pipeline.reference import Known, Reference
from afterburner.pipeline.verify import judge

_TIMED_WITHOUT_GIVEN = 4


@dataclass(frozen=True, slots=True)
class Bench:
    """What it takes to try a rewrite."""

    brief: Brief
    reference: Reference
    runner: Runner
    check: StaticCheck
    meter: Meter
    report: Report
    own_tests: OwnTests

    @property
    def headline_cases(self) -> tuple[Case, ...]:
        """What carries the headline: given calls, or the largest made-up ones without any; never grown ones.

        Where more are given than are timed, those that somebody wrote come first, then recorded ones of all sizes.
        """
        made = [k for k in self.reference.known if k.case.origin is Origin.GENERATED and k.returned and k.tier == "T1"]
        largest = sorted(made, key=lambda known: known.weight)[-_TIMED_WITHOUT_GIVEN:]
        given = self.reference.carrying
        return tuple(known.timeable for known in (_spread(given, self.brief.profile.timed_cases) if given else largest))


async def search(
    bench: Bench, sources: Sequence[RewriteSource], out_of_time: Callable[[], bool]
) -> AsyncIterator[Attempt]:
    """Attempts as they end, over all sources, until they have nothing new or time is up."""
    history: list[Attempt] = []
    tried: set[str] = set()
    for source in sources:
        async for rewrite in source.rewrites(bench.brief, history):
            if rewrite.source.text in tried:
                continue
            tried.add(rewrite.source.text)
            if out_of_time():
                bench.report(Progress("rewrites", f"no time left for: {rewrite.idea}"))
                attempt = Attempt(
                    rewrite, Inconclusive("The time budget ended before it was tried."), None, "not tried: out of time"
                )
            else:
                attempt = await attempted(bench, rewrite)
            history.append(attempt)
            yield attempt


async def attempted(bench: Bench, rewrite: Rewrite, *, seed: int = 0, measure_all: bool = False) -> Attempt:
    """Judge a rewrite and, when nothing ordinary differs, measure it."""
    bench.report(Progress("rewrites", f"{rewrite.origin}: {rewrite.idea}"))
    target, profile = bench.brief.target, bench.brief.profile
    judged = await judge(target, rewrite, bench.reference, bench.runner, bench.check, profile, bench.report)
    measurable = Equivalent | EquivalentExcept if measure_all else Equivalent
    if judged.versions is None or not isinstance(judged.verdict, measurable):
        return Attempt(rewrite, judged.verdict, None, refusal(judged.verdict, None))
    bench.report(Progress("measure", "timing both versions"))
    comparison = await bench.meter.compare(judged.versions, bench.headline_cases, bench.reference.scaled, seed)
    verdict: Verdict = judged.verdict
    if measure_all or comparison.answer.is_gain:
        verdict = await bench.own_tests.judged(judged.verdict, judged.versions)
    return Attempt(rewrite, verdict, comparison, refusal(verdict, comparison))


async def judged(bench: Bench, rewrite: Rewrite) -> Attempt:
    """Judge a rewrite without measuring it."""
    bench.report(Progress("rewrites", f"{rewrite.origin}: {rewrite.idea}"))
    target, profile = bench.brief.target, bench.brief.profile
    found = await judge(target, rewrite, bench.reference, bench.runner, bench.check, profile, bench.report)
    return Attempt(rewrite, found.verdict, None, refusal(found.verdict, None))


def _spread(given: Sequence[Known], count: int) -> list[Known]:
    """At most `count` of the given cases: the written ones first, then recorded ones from small to the largest."""
    written = [known for known in given if known.case.origin.written]
    recorded = sorted((k for k in given if not k.case.origin.written), key=lambda known: known.weight)
    room = max(count - len(written), 0)
    if len(recorded) <= room:
        return [*written, *recorded]
    last, step = len(recorded) - 1, (len(recorded) - 1) / max(room - 1, 1)
    return [*written[:count], *(recorded[last - round(place * step)] for place in reversed(range(room)))]


def refusal(verdict: Verdict, comparison: Comparison | None) -> str:
    """Why a rewrite is not offered, in a sentence; '' when it is."""
    match verdict:
        case Different(reason):
            return f"Its behaviour differs: {reason}"
        case Inconclusive(reason):
            return reason
        case EquivalentExcept(_, counterexamples):
            return f"It differs outside the inputs that were seen: {counterexamples[0]}"
    if comparison is None:
        return "It was not measured."
    return "" if comparison.answer.is_gain else comparison.reason


def best_first(attempts: Sequence[Attempt]) -> list[Attempt]:
    """Offers by their merit, best first, then the refused ones in the order they were tried."""

    def merit(attempt: Attempt) -> float:
        return attempt.comparison.merit if attempt.comparison else 0.0

    offers = sorted((a for a in attempts if a.offered), key=merit, reverse=True)
    return [*offers, *(a for a in attempts if not a.offered)]


async def remeasured(bench: Bench, winner: Attempt, seed: int) -> Attempt:
    """The best of several, judged and timed once more on fresh data, so that luck does not choose it."""
    try:
        return await attempted(bench, winner.rewrite, seed=seed)
    except AfterburnerError:
        return winner
