"""Where a capture writes its lines: a file, and never another one, although tests close and patch what they like."""

from __future__ import annotations

import json
import os
from time import perf_counter, thread_time
from typing import Any, Callable, List, Tuple

_SOON_S = 0.2
"""Messages may wait so long for the next one: to write many at once takes a fraction of the time."""


class Journal:
    """Adds one JSON line at a time to a file's end; silent in a forked child.

    Every function of the outside world is held by the instance: tests patch `os`, `json` and `time`, and what they
    look through to do so are the modules.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._open, self._write, self._stat = os.open, os.write, os.fstat
        self._descriptor = -1
        self._identity = (0, 0)
        self._getpid = os.getpid
        self._pid = os.getpid()
        self.text: Callable[[Any], str] = json.JSONEncoder(separators=(",", ":")).encode
        self.clock: Callable[[], float] = perf_counter
        self.effort: Callable[[], float] = thread_time
        """Seconds that this thread was running: on a busy machine others' work counts for nothing."""
        self._waiting: List[Any] = []
        self._written = 0.0

    @property
    def is_ours(self) -> bool:
        """False in a process that a test forked."""
        return self._getpid() == self._pid

    def tell(self, message: Any) -> None:
        """Write a message, at the latest with what is written after a moment."""
        self._waiting.append(message)
        if self.clock() - self._written > _SOON_S:
            self.add("")

    def write(self, message: Any) -> None:
        """Write a message now, after those that wait."""
        self._waiting.append(message)
        self.add("")

    def add(self, line: str) -> None:
        """Write a line that is JSON already now, after the messages that wait."""
        if not self.is_ours:
            return
        waiting, self._waiting = self._waiting, []
        self._written = self.clock()
        lines = [self.text({"kind": type(one).__name__, "body": vars(one)}) + "\n" for one in waiting]
        rest = "".join([*lines, line]).encode("ascii")
        file = self._file()
        while rest:
            rest = rest[self._write(file, rest) :]

    def _file(self) -> int:
        """The descriptor, opened anew where a test closed it, even if it stands for another file by now."""
        try:
            if self._descriptor >= 0 and self._about(self._descriptor) == self._identity:
                return self._descriptor
        except OSError:
            pass
        self._descriptor = self._open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._identity = self._about(self._descriptor)
        return self._descriptor

    def _about(self, descriptor: int) -> Tuple[int, int]:
        found = self._stat(descriptor)
        return found.st_dev, found.st_ino
