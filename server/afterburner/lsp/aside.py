"""A job's own process, as the server sees it: asked once, listened to, and gone when the job is."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from afterburner import working
from afterburner.core.errors import RunFailed
from afterburner.core.found import Found
from afterburner.core.request import Request

_LONGEST = 256 * 1024 * 1024
_END_S = 3.0


class Unforeseen(Exception):
    """The job ran into an error of ours; its text is a sentence for the user."""


@dataclass(frozen=True, slots=True)
class Ears:
    """Who is told what while a job works."""

    step: Callable[[str], None]
    running: Callable[[], None]
    """The job has its turn."""
    ask: Callable[[Path, int], Awaitable[bool]]
    """Whether the tests below a root, so many files, may run."""


async def found(request: Request, ears: Ears) -> Found:
    """What came of a request, worked out in a process of its own, which is gone when this returns, however it does.

    Raises RunFailed or Unforeseen with a sentence.
    """
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*working.COMMAND, stdin=pipe, stdout=pipe, limit=_LONGEST)
    try:
        return await _heard(process, request, ears)
    finally:
        await asyncio.shield(_ended(process))


async def _heard(process: asyncio.subprocess.Process, request: Request, ears: Ears) -> Found:
    assert process.stdin is not None and process.stdout is not None
    with contextlib.suppress(ConnectionError):  # that it ended is seen below
        process.stdin.write(working.request_text(request).encode())
        await process.stdin.drain()
    async for line in process.stdout:
        message: Mapping[str, Any] = json.loads(line)
        match message:
            case {"found": data}:
                return Found.of(data)
            case {"problem": str(sentence), "foreseen": bool(foreseen)}:
                raise RunFailed(sentence) if foreseen else Unforeseen(sentence)
            case {"step": str(text)}:
                ears.step(text)
            case {"running": True}:
                ears.running()
            case {"ask": {"root": str(root), "files": int(files)}}:
                allowed = await ears.ask(Path(root), files)
                process.stdin.write(json.dumps(allowed).encode() + b"\n")
    raise RunFailed(f"The process of the job ended by itself ({_status(await process.wait())}).", "Try it again.")


async def _ended(process: asyncio.subprocess.Process) -> None:
    """End it gently, so that it ends what it started, else by force."""
    if process.stdin is not None:
        process.stdin.close()
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
    try:
        await asyncio.wait_for(process.wait(), _END_S)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _status(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"status {code}"
