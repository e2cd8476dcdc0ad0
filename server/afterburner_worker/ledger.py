"""How the tests of one run went, told as they end."""

from __future__ import annotations

from typing import Callable, Protocol

from afterburner_worker.run_messages import TestEnded


class Calls(Protocol):
    """Counts the target's calls, test by test."""

    @property
    def calls_of_test(self) -> int:
        """Since the last `begin`."""
        ...

    def begin(self, test: str) -> None: ...

    def end(self) -> None: ...


class Ledger:
    """What a suite reports to, and asks whether there is time for more."""

    def __init__(
        self, calls: Calls, tell: Callable[[TestEnded], None], seconds: float, clock: Callable[[], float]
    ) -> None:
        self._calls = calls
        self._tell = tell
        self._clock = clock
        self._started = self._begun = clock()
        self._seconds = seconds
        self.tests = 0
        self.stopped = False
        """Whether tests were left out for lack of time."""

    @property
    def seconds(self) -> float:
        """Since the run began."""
        return self._clock() - self._started

    @property
    def is_over(self) -> bool:
        """Whether no further test may start."""
        return self.seconds > self._seconds

    @property
    def is_late(self) -> bool:
        """Whether half of the time is over."""
        return self.seconds > self._seconds / 2

    def begin(self, name: str) -> None:
        self._begun = self._clock()
        self._calls.begin(name)

    def end(self, name: str, outcome: str, reason: str) -> None:
        """The test that began last is over."""
        self.tests += 1
        ended = TestEnded(name, outcome, self._calls.calls_of_test, self._clock() - self._begun, _line(reason))
        self._calls.end()
        self._tell(ended)

    def never_began(self, name: str, outcome: str, reason: str) -> None:
        """A test, or a file of tests, that could not be loaded."""
        self.tests += 1
        self._tell(TestEnded(name, outcome, 0, 0.0, _line(reason)))


def _line(text: str) -> str:
    return " ".join(text.split())[:300]
