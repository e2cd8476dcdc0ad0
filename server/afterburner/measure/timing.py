"""Compares two versions in time: launches of interleaved pairs, looked at in groups (TRUST.md §4)."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from afterburner.core.comparison import Answer, CaseRatio, Comparison, Interval
from afterburner.core.inputs import Case
from afterburner.core.observation import Version
from afterburner.core.ports import Repeats, Runner, TimedCase
from afterburner.core.profile import Profile
from afterburner.core.statistics import LOOKS, Bounds, bounds

PAIRS = 8
_FEWEST_PAIRS = 3
_LAUNCH_NS = 200_000_000
_SAMPLE_NS = 700_000
_MOST_CALLS = 20_000
_CASE_ERROR = 0.025
_FRESH_CALLS = 16
_FRESH_PAIRS = 4
_FRESH_SEED = 500
_KEPT_SHARE = 0.4
_REMEMBERED = 1.5
_LONGEST_SHARE = 0.2
"""Of the run's budget; after that no further look is prepared."""
_REGRESSION = 0.95
_REGRESSION_US = 1.0


@dataclass(slots=True)
class _Tally:
    """Launch results so far: per case the log ratio and the nanoseconds a call of both versions."""

    ratios: list[list[float]]
    original: list[list[float]]
    rewrite: list[list[float]]
    headline: list[float] = field(default_factory=list)

    @classmethod
    def of(cls, cases: int) -> _Tally:
        return cls([[] for _ in range(cases)], [[] for _ in range(cases)], [[] for _ in range(cases)])

    def add(self, timed: Sequence[TimedCase], samples: Sequence[tuple[list[int], list[int]]]) -> None:
        """One launch: medians over its interleaved samples, so that no single log is ever taken."""
        logs = []
        for index, (case, (first, second)) in enumerate(zip(timed, samples, strict=True)):
            original = statistics.median(first) / case.original.calls
            rewrite = statistics.median(second) / case.rewrite.calls
            logs.append(math.log(original / rewrite))
            self.ratios[index].append(logs[-1])
            self.original[index].append(original)
            self.rewrite[index].append(rewrite)
        self.headline.append(statistics.fmean(logs))


async def compare(
    runner: Runner, versions: tuple[Version, Version], cases: Sequence[Case], profile: Profile, *, seed: int = 0,
    progress: Callable[[str], None] = lambda text: None, clock: Callable[[], float] = time.monotonic,
) -> Comparison:  # fmt: skip
    """Original against rewrite over these cases; the headline weights each case equally in the log."""
    timed, pair_ns = await _calibrated(runner, versions, cases)
    if not timed:
        return Comparison(Answer.NOT_SHOWN, "No given call could be timed in both versions.", None)
    tally = _Tally.of(len(timed))
    pairs = max(_FEWEST_PAIRS, min(PAIRS, int(_LAUNCH_NS / pair_ns)))
    looks = [look for look in LOOKS if look[0] <= profile.launches_max] or [LOOKS[0]]
    answer, bound = Answer.NOT_SHOWN, Bounds(0.0, 0.0, 0.0)
    notes: list[str] = []
    begun = clock()
    for launches, error in looks:
        while len(tally.headline) < launches:
            progress(f"launch {len(tally.headline) + 1}")
            tally.add(timed, await runner.launch(versions, timed, pairs, seed + len(tally.headline)))
        bound = bounds(tally.headline, error)
        answer, decided = _looked(bound, math.log(profile.floor_ratio))
        if decided or _is_futile(tally.headline, math.log(profile.floor_ratio)):
            break
        if clock() - begun > profile.budget_s * _LONGEST_SHARE and launches < looks[-1][0]:
            notes.append(
                f"timing ended after {launches} of up to {looks[-1][0]} launches: its share of the time was over"
            )
            break
    comparison = replace(_comparison(answer, bound, timed, tally, profile), notes=tuple(notes))
    if comparison.answer is Answer.FASTER:
        return await _on_fresh_values(runner, versions, timed, comparison, seed, min(pairs, _FRESH_PAIRS))
    return comparison


async def _on_fresh_values(
    runner: Runner, versions: tuple[Version, Version], timed: Sequence[TimedCase], shown: Comparison, seed: int,
    pairs: int,
) -> Comparison:  # fmt: skip
    """The comparison, unless its gain is gone when no two calls get equal values: then results are being remembered."""
    few = [TimedCase(t.case, _few(t.original), _few(t.rewrite)) for t in timed]
    tally = _Tally.of(len(few))
    tally.add(few, await runner.launch(versions, few, pairs, seed + _FRESH_SEED, vary=True))
    assert shown.headline is not None
    fresh = tally.headline[0]
    # Other values can be other work, for both versions: only a rewrite that takes longer itself was remembering.
    if fresh > _KEPT_SHARE * math.log(shown.headline.point) or _rise(tally, shown) < _REMEMBERED:
        return shown
    reason = (
        f"The gain is gone when no two calls get equal values: {math.exp(fresh):.3g}× instead of "
        f"{shown.headline.point:.3g}×, as if results were remembered between calls."
    )
    return replace(shown, answer=Answer.NOT_SHOWN, reason=reason)


def _rise(tally: _Tally, shown: Comparison) -> float:
    """How much longer the rewrite's own calls take than those that were shown, as a geometric mean over the cases."""
    fresh = [statistics.median(times) / 1000 for times in tally.rewrite]
    pairs = zip(fresh, (case.rewrite_us for case in shown.cases), strict=True)
    return math.exp(statistics.fmean(math.log(after / before) for after, before in pairs))


def _few(repeats: Repeats) -> Repeats:
    """Few fresh copies, since each takes time to make; enough that the sample is long for the clock."""
    return Repeats(min(repeats.copies, max(_FRESH_CALLS, repeats.calls // 8)))


async def _calibrated(
    runner: Runner, versions: tuple[Version, Version], cases: Sequence[Case]
) -> tuple[list[TimedCase], float]:
    """How many calls make one sample of about 0.7 ms, for each case and version, and what a pair of all samples takes.

    Cases that cannot be timed fall out.
    """
    first = await runner.once(versions[0], cases)
    second = await runner.once(versions[1], cases)
    timed, pair_ns = [], 1.0
    for case, original, rewrite in zip(cases, first, second, strict=True):
        if not math.isnan(original + rewrite):
            timed.append(TimedCase(case, Repeats.of(case, _calls(original)), Repeats.of(case, _calls(rewrite))))
            pair_ns += original * timed[-1].original.calls + rewrite * timed[-1].rewrite.calls
    return timed, pair_ns


def _calls(nanoseconds: float) -> int:
    return max(1, min(_MOST_CALLS, round(_SAMPLE_NS / max(nanoseconds, 1.0))))


def _looked(bound: Bounds, floor: float) -> tuple[Answer, bool]:
    """What one look says, and whether more launches could still change it."""
    if bound.lower > floor:
        return Answer.FASTER, True
    if bound.upper < 0.0:
        return Answer.SLOWER, True
    return Answer.NOT_SHOWN, bound.upper < floor


def _is_futile(launches: Sequence[float], floor: float) -> bool:
    """Whether no launch so far came even half way to the floor: more would show the same, and never an offer."""
    return max(launches) < floor / 2


def _comparison(
    answer: Answer, bound: Bounds, timed: Sequence[TimedCase], tally: _Tally, profile: Profile
) -> Comparison:
    cases = tuple(_case_ratio(case, tally, index) for index, case in enumerate(timed))
    scatter = statistics.stdev(tally.headline)
    answer, reason = _judged(answer, bound, cases, scatter, profile)
    return Comparison(answer, reason, bound.interval(), cases, launches=len(tally.headline), launch_scatter=scatter)


def _case_ratio(timed: TimedCase, tally: _Tally, index: int) -> CaseRatio:
    ratio = bounds(tally.ratios[index], _CASE_ERROR).interval()
    original, rewrite = (statistics.median(side[index]) / 1000 for side in (tally.original, tally.rewrite))
    return CaseRatio(timed.case.label, ratio, original, rewrite)


def _judged(
    answer: Answer, bound: Bounds, cases: Sequence[CaseRatio], scatter: float, profile: Profile
) -> tuple[Answer, str]:
    """The answer after the rules about regressions, floors and noise, with its sentence."""
    shown = bound.interval()
    regressed = [c for c in cases if c.ratio.upper < _REGRESSION and c.rewrite_us - c.original_us > _REGRESSION_US]
    if answer is Answer.FASTER and regressed:
        worst = min(regressed, key=lambda c: c.ratio.point)
        share = f"{len(regressed)} of {len(cases)}"
        return (
            Answer.NOT_SHOWN,
            f"It gets slower on {share} given inputs (worst {worst.ratio.point:.2g}× on {worst.label}).",
        )
    if answer is Answer.FASTER:
        return _above_floor(cases, profile, shown)
    if answer is Answer.SLOWER:
        return answer, f"It is slower: {shown.point:.3g}× (at most {shown.upper:.3g}×)."
    if shown.upper - shown.lower > 0.2 and scatter > 0.03:
        return Answer.TOO_NOISY, (
            f"Launches scatter by {scatter:.1%} here, more than the effect ({shown.point:.3g}×); "
            "close other programs, or give larger inputs with --call."
        )
    return answer, f"A speed-up above {profile.floor_ratio:.2f}× was not shown ({_text(shown)})."


def _above_floor(cases: Sequence[CaseRatio], profile: Profile, shown: Interval) -> tuple[Answer, str]:
    saved = max(case.original_us - case.rewrite_us for case in cases)
    if saved < profile.floor_us:
        return (
            Answer.NOT_SHOWN,
            f"It saves {saved:.2g} µs a call, less than the {profile.floor_us:g} µs that the profile asks for.",
        )
    return Answer.FASTER, f"It is faster: {_text(shown)}."


def _text(shown: Interval) -> str:
    return f"{shown.point:.3g}×, at least {shown.lower:.3g}×"
