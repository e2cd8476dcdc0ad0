"""Times the lines of one function by the standard library alone: sys.monitoring on 3.12+, settrace before."""

from __future__ import annotations

import contextlib
import sys
import time
from types import CodeType
from typing import Any, Dict, Iterator, List

_TOOL = 3
_clock = time.perf_counter_ns


class LineClock:
    """Hits and wall nanoseconds by line of one code object.

    A line's time includes what it calls, except for the function's own recursive calls, which count where they run.
    The clock stands still inside of our own callbacks, but not for the interpreter's way into them: very short lines
    look longer than they are.
    """

    def __init__(self, code: CodeType, seconds: float) -> None:
        self.code = code
        self._deadline = _clock() + int(seconds * 1e9)
        self.hits: Dict[int, int] = {}
        self.spent: Dict[int, int] = {}
        self._outer: List[int] = []
        self._line = 0
        self._since = 0

    def running(self) -> contextlib.AbstractContextManager[None]:
        """Time the lines that run in this block, until the clock's time is over."""
        self._outer, self._line = [], 0
        return _monitored(self) if hasattr(sys, "monitoring") else _traced(self)

    def table(self) -> List[List[int]]:
        """Line, hits and nanoseconds, by line."""
        return [[line, self.hits.get(line, 0), self.spent[line]] for line in sorted(self.spent)]

    @property
    def is_over(self) -> bool:
        return _clock() > self._deadline

    def entered(self, line: int) -> None:
        """The function was called or resumed; `line` is 0 until its first line begins."""
        self._charge(_clock())
        self._outer.append(self._line)
        self._line = line
        self._since = _clock()

    def reached(self, line: int) -> None:
        self._charge(_clock())
        self.hits[line] = self.hits.get(line, 0) + 1
        self._line = line
        self._since = _clock()

    def left(self) -> None:
        """The function returned, yielded, or was left by an exception."""
        self._charge(_clock())
        self._line = self._outer.pop() if self._outer else 0
        self._since = _clock()

    def _charge(self, now: int) -> None:
        if self._line:
            self.spent[self._line] = self.spent.get(self._line, 0) + now - self._since


@contextlib.contextmanager
def _monitored(clock: LineClock) -> Iterator[None]:
    monitoring: Any = getattr(sys, "monitoring")  # noqa: B009  (absent from the typeshed of older versions)
    events = monitoring.events
    code = clock.code
    places = {at: line or 0 for start, end, line in _ranges(code) for at in range(start, end, 2)}

    def line(ran: CodeType, number: int) -> None:
        if clock.is_over:
            stop()
        clock.reached(number)

    def start(ran: CodeType, offset: int) -> None:
        clock.entered(0)

    def resume(ran: CodeType, offset: int, thrown: object = None) -> None:
        if ran is code:
            clock.entered(places.get(offset, 0))

    def leave(ran: CodeType, offset: int, value: object) -> None:
        if ran is code:
            clock.left()

    def stop() -> None:
        monitoring.set_local_events(_TOOL, code, 0)
        monitoring.set_events(_TOOL, 0)

    callbacks = {
        events.LINE: line, events.PY_START: start, events.PY_RESUME: resume, events.PY_THROW: resume,
        events.PY_RETURN: leave, events.PY_YIELD: leave, events.PY_UNWIND: leave,
    }  # fmt: skip
    monitoring.use_tool_id(_TOOL, "afterburner lines")
    for event, callback in callbacks.items():
        monitoring.register_callback(_TOOL, event, callback)
    monitoring.set_events(_TOOL, events.PY_UNWIND | events.PY_THROW)  # these two cannot be asked for one code only
    monitoring.set_local_events(
        _TOOL, code, events.LINE | events.PY_START | events.PY_RESUME | events.PY_RETURN | events.PY_YIELD
    )
    try:
        yield
    finally:
        stop()
        for event in callbacks:
            monitoring.register_callback(_TOOL, event, None)
        monitoring.free_tool_id(_TOOL)


@contextlib.contextmanager
def _traced(clock: LineClock) -> Iterator[None]:
    code = clock.code

    def inside(frame: Any, event: str, argument: Any) -> Any:
        if event == "line":
            clock.reached(frame.f_lineno)
            if clock.is_over:
                frame.f_trace = None
                sys.settrace(None)
        elif event == "return":
            clock.left()
        return inside

    def called(frame: Any, event: str, argument: Any) -> Any:
        if frame.f_code is not code:
            return None
        clock.entered(frame.f_lineno if frame.f_lineno != code.co_firstlineno else 0)
        return inside

    sys.settrace(called)
    try:
        yield
    finally:
        sys.settrace(None)


def _ranges(code: Any) -> Iterator[Any]:
    return iter(code.co_lines())
