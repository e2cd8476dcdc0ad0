"""What a call does to the outside: audit events, output, log records and warnings, gathered while it runs."""

from __future__ import annotations

import contextlib
import io
import sys
import warnings
from typing import Any, Dict, Iterator, List, Tuple

_MAX_OUTPUT = 1 << 20
_MAX_EVENTS = 50
_WATCHED = (
    "os.", "shutil.", "subprocess.", "socket.", "tempfile.", "_thread.start_new_thread", "ctypes.", "sqlite3.",
    "signal.", "urllib.", "ftplib.", "smtplib.", "fcntl.", "mmap.", "resource.", "sys.setprofile", "sys.settrace",
    "builtins.input", "gc.", "code.__new__", "webbrowser.", "time.sleep",
)  # fmt: skip
_HARMLESS = ("os.listdir", "os.scandir", "os.walk", "os.fwalk", "ctypes.dlopen/None", "tempfile.gettempdir")


class Recorder:
    """Collects audit events while `active`; an audit hook can never be removed, so there is one a process."""

    def __init__(self) -> None:
        self.active = False
        self.events: List[str] = []
        sys.addaudithook(self._hook)

    def _hook(self, event: str, args: Tuple[Any, ...]) -> None:
        if self.active and len(self.events) < _MAX_EVENTS:
            if event == "open":
                self._opened(args)
            elif event.startswith(_WATCHED) and event not in _HARMLESS:
                self._add(event)

    def _opened(self, args: Tuple[Any, ...]) -> None:
        mode, flags = args[1], args[2]
        writes = any(mark in mode for mark in "wax+") if type(mode) is str else bool(flags & 3)
        if writes:
            self._add("open for writing")

    def _add(self, event: str) -> None:
        if event not in self.events:
            self.events.append(event)


class Output(io.StringIO):
    """Stands in for stdout or stderr; keeps the first MiB and counts the rest."""

    def __init__(self) -> None:
        super().__init__()
        self.lost = 0

    def write(self, text: str) -> int:
        room = _MAX_OUTPUT - self.tell()
        if len(text) > room:
            self.lost += len(text) - max(room, 0)
            super().write(text[: max(room, 0)])
        else:
            super().write(text)
        return len(text)

    def text(self) -> str:
        return self.getvalue() + (" …and %d characters more" % self.lost if self.lost else "")


class Captured:
    """What was gathered around one call."""

    def __init__(self) -> None:
        self.out, self.err = Output(), Output()
        self.logs: List[Tuple[str, int, str]] = []
        self.warned: List[Tuple[str, str]] = []
        self.effects: List[str] = []

    def roots(self) -> Dict[str, Any]:
        """Channels that hold something, as plain values."""
        found: Dict[str, Any] = {"stdout": self.out.text(), "stderr": self.err.text()}
        if self.logs:
            found["logging"] = self.logs
        if self.warned:
            found["warnings"] = self.warned
        return found


@contextlib.contextmanager
def captured(recorder: Recorder) -> Iterator[Captured]:
    """Redirect output, logging and warnings and watch audit events for the duration of the block."""
    seen = Captured()
    recorder.events = []
    redirected = contextlib.redirect_stdout(seen.out), contextlib.redirect_stderr(seen.err)
    with redirected[0], redirected[1], _logged(seen.logs), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        recorder.active = True
        try:
            yield seen
        finally:
            recorder.active = False
            seen.effects = list(recorder.events)
            seen.warned = [(w.category.__name__, str(w.message)) for w in caught or ()]


@contextlib.contextmanager
def _logged(records: List[Tuple[str, int, str]]) -> Iterator[None]:
    """Record what reaches the root logger, if the program uses logging at all."""
    logging = sys.modules.get("logging")
    if logging is None:
        yield
        return

    class Keep(logging.Handler):  # type: ignore[name-defined,misc]
        def emit(self, record: Any) -> None:
            records.append((record.name, record.levelno, record.getMessage()))

    handler = Keep()
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
