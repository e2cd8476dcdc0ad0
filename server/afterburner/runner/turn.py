"""One measuring run at a time on this machine, whichever process asks: two would disturb each other's timing."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from platformdirs import user_cache_path

_POLL_S = 0.1


@contextlib.asynccontextmanager
async def turn(say: Callable[[str], None], file: Path | None = None) -> AsyncIterator[None]:
    """Waits until no other run has its turn; `say` is told once when there is something to wait for.

    The turn ends with the block, or with the process. Where no lock can be had at all, nobody waits.
    """
    try:
        lock = os.open(file or _file(), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        yield
        return
    try:
        waited = False
        while not _taken(lock):
            if not waited:
                say("waiting for another run on this machine, so that neither disturbs the other's timing")
            waited = True
            await asyncio.sleep(_POLL_S)
        yield
    finally:
        os.close(lock)


def _taken(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return True
    return True


def _file() -> Path:
    folder = user_cache_path("afterburner")
    folder.mkdir(parents=True, exist_ok=True)
    return folder / "turn.lock"
