"""The stopwatch on lanes whose clock is made up."""

from __future__ import annotations

import pytest

from afterburner.core.inputs import CallText, Case, Origin
from afterburner.runner.stopwatch import Stopwatch
from afterburner_worker.messages import CaseSpec, Prepare

CASE = Case(Origin.USER, CallText("f()"))
OVERHEAD_NS = 5_000


class MadeUp:
    """A lane on which each call takes the same time, and whose clock stands still over some samples."""

    def __init__(self, call_ns: int, still: set[int]) -> None:
        self._call_ns, self._still = call_ns, still
        self.asked: list[int] = []

    def sample(self, prepare: Prepare, timeout: float) -> int:
        calls = prepare.copies * prepare.rounds
        self.asked.append(calls)
        return 0 if len(self.asked) - 1 in self._still else OVERHEAD_NS + calls * self._call_ns


@pytest.mark.parametrize("still", [set(), {0}, {1, 2}, {6}, {7}, {9}], ids=str)
def test_a_clock_that_stands_still_once_does_not_ask_for_endless_calls(still: set[int]) -> None:
    lane = MadeUp(40_000, still)
    least = Stopwatch(lane, lane, 0).least(CASE, CaseSpec(0, "f()"))  # type: ignore[arg-type]
    assert max(lane.asked) < 20
    assert least == 40_000


@pytest.mark.parametrize("call_ns", [40, 900, 40_000, 2_000_000])
def test_the_least_time_of_a_call(call_ns: int) -> None:
    lane = MadeUp(call_ns, set())
    assert Stopwatch(lane, lane, 0).least(CASE, CaseSpec(0, "f()")) == call_ns  # type: ignore[arg-type]
    assert max(lane.asked) * call_ns <= 2 * max(300_000, call_ns)
