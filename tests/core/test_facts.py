"""The arithmetic of line times and allocations, on made-up samples."""

from __future__ import annotations

import pytest

from afterburner.core.facts import Allocations, LineTime, LineTimings, hot, summed

SHORT = LineTimings({2: LineTime(1, 1.0), 3: LineTime(10, 9.0)}, "sys.monitoring", 100)
LONG = LineTimings({3: LineTime(1000, 690.0), 4: LineTime(1, 300.0)}, "sys.monitoring", 5)


def test_shares_add_up_to_one() -> None:
    assert SHORT.shares == {2: 0.1, 3: 0.9}
    assert sum(LONG.shares.values()) == pytest.approx(1.0)
    assert LineTimings().shares == {}


def test_cases_are_summed_one_call_of_each() -> None:
    together = summed([SHORT, LONG])
    assert dict(together.lines) == {2: LineTime(1, 1.0), 3: LineTime(1010, 699.0), 4: LineTime(1, 300.0)}
    assert (together.tool, together.calls, together.us) == ("sys.monitoring", 105, 1000.0)
    assert together.shares[3] == pytest.approx(0.699)


def test_a_case_without_timings_counts_for_nothing() -> None:
    assert summed([LineTimings(problem="it cannot be built"), SHORT]).lines == SHORT.lines
    assert summed([LineTimings(problem="it cannot be built")]).problem == "it cannot be built"
    assert summed([]).problem


def test_hot_lines_come_hottest_first() -> None:
    assert list(hot(summed([SHORT, LONG]))) == [3, 4]
    assert list(hot(LineTimings())) == []


def test_the_integral_is_the_mean_over_the_time_of_an_unwatched_call() -> None:
    found = Allocations((100, 140, 120), (50.0, 70.0, 60.0), seconds=0.5)
    assert (found.peak, found.integral) == (120, 30.0)
    assert Allocations((100,)).integral is None
