"""The answers of profiles that ask for less memory, on made-up figures."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from afterburner.core.comparison import Answer, CaseRatio, Comparison, Interval, Memory, MemoryUse
from afterburner.core.errors import RunFailed
from afterburner.core.facts import Allocations
from afterburner.core.inputs import CallText, Case, Origin
from afterburner.core.observation import Version
from afterburner.core.profile import Goal, Profile
from afterburner.measure import memory

PROFILE = Profile("test", "", "memory", 60, 100, 100, 1.1, 0.0, 20, 4, 0.0, 100, ("rules",), "none", "jail")
MEGABYTE = 1_000_000
SAME = Interval(1.0, 0.97, 1.03)


def comparison(
    original: Sequence[int] = (MEGABYTE,) * 3, rewrite: Sequence[int] = (MEGABYTE // 8,) * 3,
    headline: Interval | None = SAME, integrals: tuple[tuple[float, ...], tuple[float, ...]] = ((), ()),
) -> Comparison:  # fmt: skip
    uses = [MemoryUse(tuple(peaks), found) for peaks, found in zip((original, rewrite), integrals, strict=True)]
    found = Memory("f(9)", "tracemalloc", uses[0], uses[1])
    return Comparison(Answer.NOT_SHOWN, "A speed-up was not shown.", headline, memory=found)


def judged(found: Comparison, goal: Goal = "memory") -> tuple[Answer, str]:
    answer = memory.judged(replace(found, goal=goal), replace(PROFILE, goal=goal))
    return answer.answer, answer.reason


def test_a_fall_of_the_peak_is_offered_though_time_stays() -> None:
    assert judged(comparison()) == (Answer.LEANER, "Its peak memory falls 8×, at least 8×.")


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (comparison(rewrite=(960_000,) * 3), "by more than 1.10× was not shown (1.04×, at least 1.04×)"),
        (comparison(rewrite=(500_000, 500_000, 999_000)), "was not shown (2×, at least 1×)"),
        (comparison((900,), (100,)), "less than 4096 bytes"),
        (comparison(headline=Interval(0.9, 0.75, 1.1)), "takes at most 1.25 times as long was not shown"),
        (comparison(headline=None), "takes at most 1.25 times as long was not shown"),
        (replace(comparison(), memory=None), "could not be measured"),
    ],
)
def test_what_is_not_offered_says_why(found: Comparison, sentence: str) -> None:
    answer, reason = judged(found)
    assert answer is Answer.NOT_SHOWN and sentence in reason


def test_faster_is_not_enough_where_memory_is_asked_for() -> None:
    faster = replace(comparison(rewrite=(MEGABYTE,) * 3), answer=Answer.FASTER, headline=Interval(9.0, 8.0, 10.0))
    assert judged(faster)[0] is Answer.NOT_SHOWN


def test_the_integral_decides_where_it_is_asked_for() -> None:
    better = comparison(rewrite=(MEGABYTE,) * 3, integrals=((9.0, 8.0, 9.5), (2.0, 2.1, 1.9)))
    assert judged(better, "integral") == (
        Answer.LEANER, "Its memory-time integral falls 4.5×, at least 3.81×."
    )  # fmt: skip
    answer, reason = judged(comparison(), "integral")
    assert answer is Answer.NOT_SHOWN and "--call" in reason


def test_a_profile_for_time_is_left_as_it_is() -> None:
    found = comparison()
    assert memory.judged(found, replace(PROFILE, goal="time")) is found


class Weighing:
    """A runner that knows how much each version allocates."""

    def __init__(self, *found: Allocations | RunFailed) -> None:
        self._found = list(found)
        self.asked: list[Case] = []

    async def memory(
        self, version: Version, cases: Sequence[Case], *, budget_s: float, repeats: int
    ) -> list[Allocations]:
        self.asked += cases
        found = self._found.pop(0)
        if isinstance(found, RunFailed):
            raise found
        return [found]


CASES = [Case(Origin.USER, CallText(f"f({size})"), f"f({size})") for size in (1, 5, 9)]


def measured(runner: Weighing, *original_us: float, goal: Goal = "time") -> Comparison:
    ratios = tuple(
        CaseRatio(case.label, SAME, us, us / 2) for case, us in zip(CASES, original_us, strict=False)
    )  # fmt: skip
    timed = Comparison(Answer.NOT_SHOWN, "", SAME, ratios)
    versions = (Version("old"), Version("new"))
    return asyncio.run(memory.measured(runner, versions, CASES, timed, goal))  # type: ignore[arg-type]


def test_the_longest_call_that_can_be_watched_is_weighed() -> None:
    runner = Weighing(Allocations((800,), (400.0,), tool="tracemalloc"), Allocations((200,), (100.0,)))
    found = measured(runner, 10.0, 2000.0, 900_000.0).memory
    assert [case.label for case in runner.asked] == ["f(5)", "f(5)"]
    assert found == Memory("f(5)", "tracemalloc", MemoryUse((800,), (0.8,)), MemoryUse((200,), (0.1,)))


def test_a_profile_for_memory_waits_longer() -> None:
    runner = Weighing(Allocations((800,)), Allocations((200,)))
    assert measured(runner, 10.0, 2000.0, 900_000.0, goal="memory").memory
    assert [case.label for case in runner.asked] == ["f(9)", "f(9)"]


@pytest.mark.parametrize(
    ("runner", "times", "sentence"),
    [
        (Weighing(), (9e6, 9e6, 9e6), "no call was quick enough"),
        (Weighing(), (9.0,), "no call was quick enough"),
        (Weighing(RunFailed("f gave no answer in time.")), (1.0, 2.0, 3.0), "f gave no answer in time"),
        (Weighing(Allocations((1,)), Allocations(problem="it is gone")), (1.0, 2.0, 3.0), "it is gone"),
    ],
)
def test_what_was_not_weighed_is_said(runner: Weighing, times: tuple[float, ...], sentence: str) -> None:
    found = measured(runner, *times)
    assert found.memory is None
    assert found.notes[-1].startswith("The memory was not measured: ") and sentence in found.notes[-1]
