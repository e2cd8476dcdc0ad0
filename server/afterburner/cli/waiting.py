"""Runs asynchronous work to its end, or ends it within a second of SIGINT or SIGTERM."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, TypeVar

from afterburner.report.exit_codes import INTERRUPTED

if TYPE_CHECKING:
    import asyncio

    from afterburner.report.progress import Ticker

Result = TypeVar("Result")

_GENTLY_S = 0.4
_HARD_S = 0.9


class Interrupted(Exception):
    """The user asked to stop, and everything was stopped."""


def run(work: Callable[[Ticker], Coroutine[Any, Any, Result]]) -> Result:
    """The result of the work, with its progress on stderr. Raises Interrupted."""
    import asyncio

    from afterburner.report.progress import Ticker

    try:
        with Ticker(sys.stderr) as report:
            return asyncio.run(_stoppable(work(report)))
    except (asyncio.CancelledError, KeyboardInterrupt):
        raise Interrupted from None


async def _stoppable(work: Coroutine[Any, Any, Result]) -> Result:
    import asyncio

    task = asyncio.ensure_future(work)
    with _signals(_Stop(asyncio.get_running_loop(), task)):
        return await task


class _Stop:
    """A signal handler: the first signal cancels the work, the second interrupts what does not listen.

    The second comes by itself when the first does not help in time, and then the process ends at once.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, task: asyncio.Future[Any]) -> None:
        self._loop = loop
        self._task = task
        self._asked = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        if self._asked:
            raise KeyboardInterrupt
        self._asked = True
        self._loop.call_soon_threadsafe(self._task.cancel)
        _later(_GENTLY_S, self._insist)
        _later(_HARD_S, _end)

    def _insist(self) -> None:
        if not self._task.done():
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)


@contextlib.contextmanager
def _signals(handler: _Stop) -> Iterator[None]:
    """The handler in place, where signals can be handled at all."""
    numbers = (signal.SIGINT, signal.SIGTERM) if threading.current_thread() is threading.main_thread() else ()
    before = {number: signal.signal(number, handler) for number in numbers}
    try:
        yield
    finally:
        for number, previous in before.items():
            signal.signal(number, previous)


def _later(seconds: float, action: Callable[[], None]) -> None:
    timer = threading.Timer(seconds, action)
    timer.daemon = True
    timer.start()


def _end() -> None:
    """The last resort: end the children, then this process."""
    for pid in _children():
        with contextlib.suppress(OSError):
            os.killpg(pid, signal.SIGKILL)
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)
    os.write(2, b"\nafterburner: Interrupted; what did not end by itself was killed.\n")
    os._exit(INTERRUPTED)


def _children() -> list[int]:
    """Process ids of the direct children, where the system tells them."""
    listed = Path("/proc/self/task").glob("*/children")
    with contextlib.suppress(OSError):
        return [int(pid) for file in listed for pid in file.read_text().split()]
    return []
