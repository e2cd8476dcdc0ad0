"""The job process: one run of `optimize` beside the language server, so that the server goes on answering.

It reads a request as one JSON object in the first line of stdin. Each line that it writes to stdout is one of `{"step":
sentence}`, `{"running": true}` once it has its turn, `{"ask": {"root", "files"}}`, which the next line of stdin answers
with true or false, and at the end `{"found": …}` (`core.found.Found`) or `{"problem": sentence, "foreseen": bool}`. It
stops when stdin ends or on SIGTERM, and then nothing of what it started stays.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from afterburner.core.errors import AfterburnerError
from afterburner.core.request import Request

COMMAND = (sys.executable, "-P", "-m", "afterburner.working")
"""Starts the process; what lies in the current folder is not imported."""
_REPORT_S = 0.1
_LONGEST = 64 * 1024 * 1024
log = logging.getLogger(__name__)

Say = Callable[[Mapping[str, Any]], None]


def request_text(request: Request) -> str:
    """A request as a line of stdin; only what an editor asks for is in it."""
    data = dataclasses.asdict(dataclasses.replace(request, cases=()))
    return json.dumps({**data, "file": str(request.file), "inputs_file": None}) + "\n"


def main() -> None:
    """Do what stdin asks for, then end."""
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever prints must not be taken for a message

    def say(message: Mapping[str, Any]) -> None:
        channel.write(json.dumps(message) + "\n")
        channel.flush()

    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    asyncio.run(_worked(say))


async def _worked(say: Say) -> None:
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    reader = asyncio.StreamReader(limit=_LONGEST)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    answers: asyncio.Queue[bool] = asyncio.Queue()
    listening: asyncio.Task[None] | None = None
    try:
        request = _request(json.loads(await reader.readline()))
        listening = asyncio.ensure_future(_listened(reader, answers, task))
        say({"found": await _found(request, say, answers)})
    except asyncio.CancelledError:
        say({"problem": "It was stopped.", "foreseen": True})
    except AfterburnerError as error:
        say({"problem": f"{error} {error.hint}".strip(), "foreseen": True})
    except Exception as error:  # the one who waits for an answer must get one
        log.error("An internal error.", exc_info=error)
        what = " ".join(f"{type(error).__name__}: {error}".split())
        say({"problem": f"An internal error ({what}); the log has the details.", "foreseen": False})
    finally:
        if listening is not None:
            listening.cancel()


async def _listened(reader: asyncio.StreamReader, answers: asyncio.Queue[bool], task: asyncio.Task[Any]) -> None:
    """Pass on answers; the end of stdin ends the work."""
    while line := await reader.readline():
        answers.put_nowait(json.loads(line) is True)
    task.cancel()


async def _found(request: Request, say: Say, answers: asyncio.Queue[bool]) -> Mapping[str, Any]:
    from afterburner import app  # imported once the request is there, so that a process may be started ahead
    from afterburner.report import found
    from afterburner.report.progress import described
    from afterburner.runner.turn import turn

    plan = await asyncio.to_thread(app.question, request)
    if plan is not None:
        say({"ask": {"root": str(plan.root), "files": len(plan.files)}})
        request = dataclasses.replace(request, tests=await answers.get())
    last = 0.0

    def report(step: Any) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= _REPORT_S:  # no more than a person can read
            last = now
            say({"step": described(step)})

    async with turn(lambda text: say({"step": text})):
        say({"running": True})
        outcome = await app.optimize(request, report)
    return dataclasses.asdict(found.found(outcome))


def _request(data: Mapping[str, Any]) -> Request:
    return Request(**{**data, "file": Path(data["file"]), "calls": tuple(data["calls"]), "cases": ()})


if __name__ == "__main__":
    main()
