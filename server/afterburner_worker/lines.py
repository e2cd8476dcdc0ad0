"""Follows the lines of the target's module as they run: by sys.monitoring on 3.12+, by settrace before."""

from __future__ import annotations

import contextlib
import sys
from typing import Any, Callable, Iterator, Set

_TOOL = 4

Passing = Callable[[int], None]


@contextlib.contextmanager
def lines_run(file: str) -> Iterator[Set[int]]:
    """Collect the line numbers of one file that run inside the block."""
    seen: Set[int] = set()
    follow = _monitored(file, seen.add, again=False) if hasattr(sys, "monitoring") else _traced(file, seen.add)
    with follow:
        yield seen


@contextlib.contextmanager
def each_line(file: str, passing: Passing) -> Iterator[None]:
    """Call `passing` with the number of each line of one file, each time that it begins inside the block."""
    with _monitored(file, passing, again=True) if hasattr(sys, "monitoring") else _traced(file, passing):
        yield


@contextlib.contextmanager
def _monitored(file: str, passing: Passing, *, again: bool) -> Iterator[None]:
    monitoring: Any = getattr(sys, "monitoring")  # noqa: B009  (absent from the typeshed of older versions)

    def line(code: Any, number: int) -> Any:
        if code.co_filename != file:
            return monitoring.DISABLE
        passing(number)
        return None if again else monitoring.DISABLE

    monitoring.use_tool_id(_TOOL, "afterburner")
    monitoring.register_callback(_TOOL, monitoring.events.LINE, line)
    monitoring.restart_events()
    monitoring.set_events(_TOOL, monitoring.events.LINE)
    try:
        yield
    finally:
        monitoring.set_events(_TOOL, 0)
        monitoring.register_callback(_TOOL, monitoring.events.LINE, None)
        monitoring.free_tool_id(_TOOL)


@contextlib.contextmanager
def _traced(file: str, passing: Passing) -> Iterator[None]:
    def local(frame: Any, event: str, argument: Any) -> Any:
        if event == "line":
            passing(frame.f_lineno)
        return local

    def globally(frame: Any, event: str, argument: Any) -> Any:
        if frame.f_code.co_filename != file:
            return None
        passing(frame.f_lineno)
        return local

    sys.settrace(globally)
    try:
        yield
    finally:
        sys.settrace(None)
