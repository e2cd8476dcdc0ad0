"""A job's own process, by stand-ins that say what they are told to, and by the real one."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import pytest

from afterburner import working
from afterburner.core.errors import RunFailed
from afterburner.core.found import Found
from afterburner.core.request import Request
from afterburner.lsp import aside

pytestmark = pytest.mark.asyncio

FOUND = json.dumps({"found": asdict(Found("f", "", "s", "", "", "nothing"))})


class Heard:
    """What a job's process said, and what it is answered."""

    def __init__(self, *, tests: bool = True) -> None:
        self.said: list[str] = []
        self._tests = tests

    def ears(self) -> aside.Ears:
        return aside.Ears(self.said.append, lambda: self.said.append("running"), self._asked)

    async def _asked(self, root: Path, files: int) -> bool:
        self.said.append(f"{files} in {root}")
        return self._tests


def stand_in(monkeypatch: pytest.MonkeyPatch, *statements: str) -> None:
    """A process that runs these statements, with the request's line read."""
    text = "\n".join(["import sys, os, time", "line = sys.stdin.readline()", *statements])
    monkeypatch.setattr(working, "COMMAND", (sys.executable, "-c", text))


def said(*lines: str) -> Sequence[str]:
    return [f"print({line!r}, flush=True)" for line in lines]


REQUEST = Request(Path("/nowhere/m.py"), "f", text="def f(): pass\n")


async def test_steps_turn_and_result_come_through(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch, *said('{"step": "one"}', '{"running": true}', '{"step": "two"}', FOUND))
    heard = Heard()
    assert (await aside.found(REQUEST, heard.ears())).short == "s"
    assert heard.said == ["one", "running", "two"]


@pytest.mark.parametrize("allowed", [True, False])
async def test_a_question_is_answered(monkeypatch: pytest.MonkeyPatch, *, allowed: bool) -> None:
    ask = said('{"ask": {"root": "/p", "files": 3}}')
    stand_in(
        monkeypatch,
        *ask,
        "answer = sys.stdin.readline().strip()",
        "print('{\"step\": \"' + answer + '\"}')",
        *said(FOUND),
    )
    heard = Heard(tests=allowed)
    await aside.found(REQUEST, heard.ears())
    assert heard.said == ["3 in /p", str(allowed).lower()]


async def test_problems_are_errors_with_their_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch, *said('{"problem": "No such function.", "foreseen": true}'))
    with pytest.raises(RunFailed, match="No such function"):
        await aside.found(REQUEST, Heard().ears())
    stand_in(monkeypatch, *said('{"problem": "An internal error.", "foreseen": false}'))
    with pytest.raises(aside.Unforeseen, match="internal"):
        await aside.found(REQUEST, Heard().ears())


@pytest.mark.parametrize(("statement", "what"), [("sys.exit(7)", "status 7"), ("os.kill(os.getpid(), 9)", "SIGKILL")])
async def test_a_process_that_ends_by_itself_is_said_so(
    monkeypatch: pytest.MonkeyPatch, statement: str, what: str
) -> None:
    stand_in(monkeypatch, statement)
    with pytest.raises(RunFailed, match=what):
        await aside.found(REQUEST, Heard().ears())


async def test_cancelling_ends_the_process_first(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch, "print('{\"step\": \"' + str(os.getpid()) + '\"}', flush=True)", "time.sleep(600)")
    heard = Heard()
    task = asyncio.ensure_future(aside.found(REQUEST, heard.ears()))
    deadline = time.monotonic() + 30
    while not heard.said and time.monotonic() < deadline:
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(ProcessLookupError):
        os.kill(int(heard.said[0]), 0)


async def test_the_real_process_answers_what_cannot_be_done_with_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "m.py"
    with pytest.raises(RunFailed, match="no function 'g'"):
        await aside.found(Request(file, "g", text="def f():\n    return 1\n", tests=False), Heard().ears())
