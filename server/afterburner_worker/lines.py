"""Which lines of the target's module ran: by sys.monitoring on 3.12+, by settrace before."""

from __future__ import annotations

import contextlib
import sys
from typing import Any, Iterator, Set

_TOOL = 4


@contextlib.contextmanager
def lines_run(file: str) -> Iterator[Set[int]]:
    """Collect the line numbers of one file that run inside the block."""
    seen: Set[int] = set()
    collect = _monitored if hasattr(sys, "monitoring") else _traced
    with collect(file, seen):
        yield seen


@contextlib.contextmanager
def _monitored(file: str, seen: Set[int]) -> Iterator[None]:
    monitoring: Any = getattr(sys, "monitoring")  # noqa: B009  (absent from the typeshed of older versions)

    def line(code: Any, number: int) -> Any:
        if code.co_filename == file:
            seen.add(number)
        return monitoring.DISABLE

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
def _traced(file: str, seen: Set[int]) -> Iterator[None]:
    def local(frame: Any, event: str, argument: Any) -> Any:
        if event == "line":
            seen.add(frame.f_lineno)
        return local

    def globally(frame: Any, event: str, argument: Any) -> Any:
        if frame.f_code.co_filename != file:
            return None
        seen.add(frame.f_lineno)
        return local

    sys.settrace(globally)
    try:
        yield
    finally:
        sys.settrace(None)
