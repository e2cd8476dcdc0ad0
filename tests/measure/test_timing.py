"""The answers of a comparison, on made-up launches: no clock is read here."""

from __future__ import annotations

import asyncio
import dataclasses
import math
import random
from collections.abc import Callable, Sequence

from afterburner.core.comparison import Answer, Comparison
from afterburner.core.inputs import CallText, Case, Origin
from afterburner.core.observation import Version
from afterburner.core.ports import TimedCase
from afterburner.core.profile import Profile
from afterburner.measure import timing

PROFILE = Profile("test", "", "time", 60, 100, 100, 1.05, 0.0, 20, 4, 0.0, 100, ("rules",), "none", "jail")


class MadeUpRunner:
    """Gives samples from a formula instead of running anything."""

    def __init__(self, spent: Callable[[int, int, random.Random], float], seed: int = 0) -> None:
        self._spent = spent
        self._random = random.Random(seed)
        self.launches = 0

    async def once(self, version: Version, cases: Sequence[Case], *, longest_ns: float = math.inf) -> list[float]:
        return [self._spent(version.text == "new", index, random.Random(0)) for index in range(len(cases))]

    async def launch(
        self,
        versions: tuple[Version, Version],
        cases: Sequence[TimedCase],
        pairs: int,
        seed: int,
        *,
        vary: bool = False,
    ) -> list[tuple[list[int], list[int]]]:
        self.launches += 1
        wobble = math.exp(self._random.gauss(0, 0.01))
        return [
            (
                [round(self._spent(0, i, self._random) * case.original.calls * wobble) for _ in range(pairs)],
                [round(self._spent(1, i, self._random) * case.rewrite.calls) for _ in range(pairs)],
            )
            for i, case in enumerate(cases)
        ]


def compared(
    spent: Callable[[int, int, random.Random], float], cases: int = 1, profile: Profile = PROFILE, seed: int = 0
) -> Comparison:
    given = [Case(Origin.USER, CallText("f()"), f"case {index}") for index in range(cases)]
    runner = MadeUpRunner(spent, seed)
    return asyncio.run(timing.compare(runner, (Version("old"), Version("new")), given, profile))  # type: ignore[arg-type]


def test_a_clear_gain_is_found_at_the_first_look() -> None:
    seen = compared(lambda new, case, source: 20_000.0 if new else 1_000_000.0)
    assert seen.answer is Answer.FASTER and seen.launches == 4
    assert seen.headline is not None and 40 < seen.headline.lower < 50 < seen.headline.upper < 60


def test_the_same_code_is_never_called_faster_or_slower() -> None:
    answers = [compared(lambda new, case, source: 500_000.0, seed=seed).answer for seed in range(200)]
    assert Answer.FASTER not in answers
    assert answers.count(Answer.SLOWER) <= 4


def test_a_gain_below_the_floor_is_not_offered() -> None:
    seen = compared(lambda new, case, source: 500_000.0 / (1.02 if new else 1.0))
    assert seen.answer is Answer.NOT_SHOWN and "1.05" in seen.reason


def test_a_loss_is_called_slower() -> None:
    assert compared(lambda new, case, source: 500_000.0 * (1.5 if new else 1.0)).answer is Answer.SLOWER


def test_what_is_hopeless_after_the_first_look_takes_no_more_launches() -> None:
    profile = dataclasses.replace(PROFILE, floor_ratio=1.5)
    hopeless = [compared(lambda new, case, source: 5e5, profile=profile, seed=seed) for seed in range(20)]
    assert {seen.launches for seen in hopeless} == {4}
    wavering = compared(lambda new, case, source: 5e5 * math.exp(source.gauss(0, 0.9)) / (1.1 if new else 1.0), seed=3)
    assert wavering.launches > 4, "one launch that came near leaves it open"


def test_timing_ends_where_its_share_of_the_budget_is_spent() -> None:
    given = [Case(Origin.USER, CallText("f()"), "case")]
    runner = MadeUpRunner(lambda new, case, source: 5e5 * math.exp(source.gauss(0, 0.9)) / (1.1 if new else 1.0), 3)
    ticks = iter(range(0, 1000, 100))
    seen = asyncio.run(
        timing.compare(runner, (Version("old"), Version("new")), given, PROFILE, clock=lambda: next(ticks))  # type: ignore[arg-type]
    )
    assert seen.launches == 4 and "4 of up to 20 launches" in " ".join(seen.notes)


def test_one_huge_gain_does_not_pay_for_seven_losses() -> None:
    seen = compared(lambda new, case, source: 1e6 / (1e6 if case == 0 else 0.5) if new else 1e6, cases=8)
    assert seen.headline is not None and seen.headline.lower > 1.05, "the mean alone would have offered it"
    assert seen.answer is Answer.NOT_SHOWN and "7 of 8" in seen.reason
    assert seen.worst is not None and seen.worst.ratio.point < 0.6


def test_scatter_above_the_effect_is_too_noisy() -> None:
    seen = compared(lambda new, case, source: 5e5 * math.exp(source.gauss(0, 0.9)) / (1.1 if new else 1.0), seed=3)
    assert seen.answer is Answer.TOO_NOISY and "scatter" in seen.reason


def test_savings_below_the_floor_in_microseconds_are_not_offered() -> None:
    profile = dataclasses.replace(PROFILE, floor_us=1.0)
    seen = compared(lambda new, case, source: 100.0 if new else 200.0, profile=profile)
    assert seen.answer is Answer.NOT_SHOWN and "µs" in seen.reason


def fresh_values(old_ns: float, new_ns: float) -> Comparison:
    """A rewrite that is 50× faster on the given values; on fresh ones both versions take what is told."""

    class Changing(MadeUpRunner):
        async def launch(self, versions, cases, pairs, seed, *, vary=False):  # type: ignore[no-untyped-def]
            plain = self._spent
            if vary:
                self._spent = lambda new, case, source: new_ns if new else old_ns
            try:
                return await super().launch(versions, cases, pairs, seed, vary=vary)
            finally:
                self._spent = plain

    runner = Changing(lambda new, case, source: 20_000.0 if new else 1_000_000.0)
    given = [Case(Origin.USER, CallText("f()"), "case")]
    return asyncio.run(timing.compare(runner, (Version("old"), Version("new")), given, PROFILE))  # type: ignore[arg-type]


def test_a_gain_that_holds_on_fresh_values_is_shown() -> None:
    assert fresh_values(900_000.0, 25_000.0).answer is Answer.FASTER


def test_a_rewrite_that_takes_longer_on_fresh_values_was_remembering() -> None:
    seen = fresh_values(1_000_000.0, 1_000_000.0)
    assert seen.answer is Answer.NOT_SHOWN and "as if results were remembered" in seen.reason


def test_fresh_values_that_are_less_work_for_both_say_nothing() -> None:
    assert fresh_values(2_000.0, 1_500.0).answer is Answer.FASTER


def test_what_cannot_be_timed_is_not_shown() -> None:
    assert compared(lambda new, case, source: math.nan).answer is Answer.NOT_SHOWN
