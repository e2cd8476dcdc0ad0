"""Runs the project's own tests in children of the sandbox, and goes on after one that ends its process."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from typing import get_args

from afterburner.core.captured import Outcome, Suite, TestResult
from afterburner.core.errors import ProtocolViolation
from afterburner.runner.lane import Lane, LaneClosed, LaneTimeout, WorkerRefusal
from afterburner_worker import messages
from afterburner_worker.run_messages import TestEnded

OpenChild = Callable[[], contextlib.AbstractContextManager[Lane]]
_MOST_RESULTS = 20_000
_GRACE_S = 1.0
_LONGEST_TEXT = 500
_NO_TIME = "there was no time for it"
_NOT_RUN = "it was not run: what leads to it failed"


def run_own_tests(
    child: OpenChild, suite: Suite, names: Sequence[str], seconds: float, why_closed: Callable[[], str]
) -> list[TestResult]:
    """One result for each test, or for what stands for it where it never began; blocks for about that long at most."""
    deadline = time.monotonic() + seconds
    found: list[TestResult] = []
    waiting = list(names)
    while waiting:
        left = deadline - time.monotonic()
        if left <= 0:
            break
        try:
            with child() as lane:
                asked = messages.RunTests(suite.runner, waiting, suite.root, left)
                for answer in lane.stream(asked, TestEnded, left + _GRACE_S, left + _GRACE_S):
                    found.append(test_result(answer))
                    if len(found) > _MOST_RESULTS:
                        raise ProtocolViolation("The worker told of more tests than there can be.")
                missing = _unanswered(waiting, found)
                reason = _NOT_RUN if time.monotonic() < deadline else _NO_TIME
                return [*found, *(_never(name, reason) for name in missing)]
        except WorkerRefusal as error:
            found += [_never(name, error.refusal.message) for name in _unanswered(waiting, found)]
            return found
        except LaneTimeout:
            reason = "it did not end in time"
        except LaneClosed:
            reason = why_closed() or "it ended the process"
        culprit, waiting = _culprit(waiting, found)
        found.append(_never(culprit, reason))
    return [*found, *(_never(name, _NO_TIME) for name in waiting)]


def _culprit(waiting: list[str], found: list[TestResult]) -> tuple[str, list[str]]:
    """Which of the names was running when the process ended, and those that are still to be run."""
    rest = _unanswered(waiting, found)
    last = found[-1].name if found else ""
    started = [name for name in waiting if name not in rest and "::" not in name and _covers(name, last)]
    if started or not rest:  # a file of which some tests have ended
        return (started or [last])[-1], rest
    return rest[0], rest[1:]


def _unanswered(names: Sequence[str], found: Sequence[TestResult]) -> list[str]:
    return [name for name in names if not any(_covers(name, result.name) for result in found)]


def _covers(name: str, result: str) -> bool:
    """Whether a result is that of a test that was asked for, or of one of the tests in it."""
    return result == name or result.startswith((f"{name}::", f"{name}[", f"{name}.", f"{name}/"))


def _never(name: str, reason: str) -> TestResult:
    return TestResult(name, "error", 0, 0.0, reason)


def test_result(answer: TestEnded) -> TestResult:
    """What a worker told of a test, checked; `ProtocolViolation` for an outcome that there is not."""
    outcomes: dict[str, Outcome] = {outcome: outcome for outcome in get_args(Outcome)}
    if answer.outcome not in outcomes:
        raise ProtocolViolation(f"The worker told of a test that ended as {answer.outcome[:40]!r}.")
    name, reason = answer.name[:_LONGEST_TEXT], answer.reason[:_LONGEST_TEXT]
    return TestResult(name, outcomes[answer.outcome], answer.calls, answer.seconds, reason)
