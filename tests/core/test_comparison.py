"""What a comparison says of memory, and by what offers are ranked."""

from __future__ import annotations

import math

from afterburner.core.comparison import Answer, Comparison, Interval, Memory, MemoryUse

MEMORY = Memory("f(9)", "tracemalloc", MemoryUse((900, 1000, 1100), (8.0,)), MemoryUse((100, 100, 125), (2.0,)))


def test_bounds_are_the_range_over_the_repetitions() -> None:
    assert MEMORY.peak == Interval(10.0, 900 / 125, 11.0)
    assert MEMORY.integral == Interval(4.0, 4.0, 4.0)


def test_nothing_allocated_is_no_infinite_gain() -> None:
    none = Memory("f()", "tracemalloc", MemoryUse((0,)), MemoryUse((0,)))
    assert none.peak == Interval(1.0, 1.0, 1.0) and none.integral is None
    assert math.isfinite(Memory("f()", "tracemalloc", MemoryUse((500,)), MemoryUse((0,))).peak.point)


def test_offers_are_ranked_by_what_the_profile_asks_for() -> None:
    time = Comparison(Answer.FASTER, "", Interval(3.0, 2.5, 3.5), memory=MEMORY)
    assert time.merit == 2.5
    assert Comparison(Answer.LEANER, "", time.headline, memory=MEMORY, goal="memory").merit == 900 / 125
    assert Comparison(Answer.LEANER, "", time.headline, memory=MEMORY, goal="integral").merit == 4.0
    assert Comparison(Answer.NOT_SHOWN, "", None).merit == 0.0


def test_which_answers_are_worth_an_offer() -> None:
    assert [answer for answer in Answer if answer.is_gain] == [Answer.FASTER, Answer.LEANER]
