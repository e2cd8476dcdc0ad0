"""Which of many given calls are timed: those that somebody wrote, and recorded ones of all sizes."""

from __future__ import annotations

from afterburner.core.graph import Graph
from afterburner.core.inputs import CallGraph, Case, Origin
from afterburner.core.observation import Observed
from afterburner.pipeline.reference import Known
from afterburner.pipeline.search import _spread


def given(origin: Origin, size: int) -> Known:
    call = CallGraph(Graph.plain({"args": tuple([number] for number in range(size)), "kwargs": {}}).data)
    return Known(Case(origin, call, f"{origin.value} {size}"), Observed(), "T0")


def labels(*given: Known, count: int) -> list[str]:
    return [known.case.label for known in _spread(given, count)]


def test_all_are_taken_where_there_is_room_the_largest_recorded_one_last() -> None:
    known = [given(Origin.TEST, 9), given(Origin.USER, 5), given(Origin.TEST, 2)]
    assert labels(*known, count=8) == ["user 5", "test 2", "test 9"]


def test_recorded_ones_are_spread_over_their_sizes() -> None:
    known = [given(Origin.TEST, size) for size in range(1, 12)]
    assert labels(*known, count=3) == ["test 1", "test 6", "test 11"]
    assert labels(*known, count=1) == ["test 11"]


def test_written_ones_come_first() -> None:
    known = [given(Origin.RECORDED, 3), *(given(Origin.DOCTEST, size) for size in (1, 2, 3))]
    assert labels(*known, count=2) == ["doctest 1", "doctest 2"]
