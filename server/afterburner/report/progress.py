"""Live progress: one line that changes on a terminal, one line a step elsewhere; always on stderr."""

from __future__ import annotations

import re
from types import TracebackType
from typing import Protocol, Self, TextIO

from afterburner.report import screen
from afterburner.report.page import visible


class Step(Protocol):
    """What the pipeline says while it works."""

    @property
    def stage(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def done(self) -> int: ...
    @property
    def total(self) -> int: ...


class Ticker:
    """Shows steps until it is left; a context manager, and a callable that takes a step."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        spinner = "dots" if screen.encodable("⠋", stream) == "⠋" else "line"
        self._status = screen.console(stream).status("start", spinner=spinner) if screen.is_terminal(stream) else None
        self._last = ""  # the text without its numbers: a count that goes on is no news

    def __enter__(self) -> Self:
        if self._status:
            self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._status:
            self._status.stop()

    def __call__(self, step: Step) -> None:
        text = described(step)
        shape = re.sub(r"\d+", "#", text)
        if self._status:
            self._status.update(screen.encodable(text, self._stream))
        elif shape != self._last:
            self._stream.write(screen.encodable(f"{text}\n", self._stream))
            self._stream.flush()
        self._last = shape


def described(step: Step) -> str:
    """`measure: launch 3 of 8`."""
    counted = f" ({step.done} of {step.total})" if step.done and step.total else ""
    return visible(f"{step.stage}: {step.message}{counted}")
