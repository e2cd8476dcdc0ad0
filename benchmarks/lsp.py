"""How fast the language server answers on a large file while it optimises, how fast it starts and what it holds.

    python benchmarks/lsp.py [--requests 300] [--starts 10] [--markdown FILE]

An editor with one file of 10,000 lines and 600 functions asks for code actions, lenses, hovers and diagnostics in
turn, at random functions. Between them it types, so that every few answers are about a text that was never read.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path

from _bench import below_mark, machine, table

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests/lsp"))
from _editor import ABLE, Editor, Json
from _house import House

FUNCTIONS, LINES = 600, 10_000
PULLS: Json = {
    **ABLE,
    "textDocument": {**ABLE["textDocument"], "diagnostic": {}},
    "workspace": {**ABLE["workspace"], "diagnostics": {"refreshSupport": True}},
}
TRUSTED = {"initializationOptions": {"trusted": True}}
BARS = {"latency": 50.0, "initialize": 0.5, "memory": 120.0}
KEYSTROKES = 7
"""One after every so many requests."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=300, help="of each kind, in each of the two rounds")
    parser.add_argument("--starts", type=int, default=10)
    parser.add_argument("--markdown", type=Path, metavar="FILE")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="afterburner-bench-") as folder:
        text = asyncio.run(measured(Path(folder), options.requests, options.starts))
    print(text)
    if options.markdown:
        below_mark(options.markdown, "benchmarks/lsp.py", text)


async def measured(folder: Path, requests: int, starts: int) -> str:
    """Everything, as Markdown."""
    house = House(folder)
    house.environment["PATH"] = os.environ["PATH"]
    try:
        seconds = [await _start(house) for _ in range(starts)]
        answers, held = await _at_work(house, requests)
    finally:
        await house.close()
    load = ", ".join(f"{number:.1f}" for number in os.getloadavg())
    begun = f"{statistics.median(seconds):.2f} s, at most {max(seconds):.2f} s in {starts} starts"
    return "\n\n".join(
        [
            f"{machine()}; load {load}. A file of {LINES:,} lines and {FUNCTIONS} functions.",
            table(["milliseconds", "p50", "p99", "most", "requests"], [_row(*item) for item in answers.items()]),
            f"`initialize`, with the start of the process: {begun} (bar: {BARS['initialize']} s).",
            table(["megabytes", "server", "process that reads"], [[name, *found] for name, found in held.items()]),
            f"Bars: p99 of each answer {BARS['latency']:.0f} ms; the idle server {BARS['memory']:.0f} MB.",
        ]
    )


def _row(name: str, found: list[float]) -> list[object]:
    cuts = statistics.quantiles(found, n=100)
    return [name, f"{statistics.median(found):.1f}", f"{cuts[98]:.1f}", f"{max(found):.1f}", len(found)]


async def _start(house: House) -> float:
    """Seconds from the start of a process to its answer to `initialize`."""
    began = time.perf_counter()
    editor = await house.editor()
    await editor.initialize(PULLS, **TRUSTED)
    seconds = time.perf_counter() - began
    await editor.request("shutdown")
    editor.notify("exit")
    await editor.closed
    return seconds


async def _at_work(house: House, requests: int) -> tuple[dict[str, list[float]], dict[str, list[str]]]:
    """Milliseconds of each kind of answer, and megabytes held, in the states that a server goes through."""
    editor = await house.editor()
    await editor.initialize(PULLS, **TRUSTED)
    await asyncio.sleep(2)
    held = {"started": _held(house, editor)}
    names = [f"f{number}" for number in range(FUNCTIONS)]
    uri = editor.open(house.file("large.py", large()), large())
    await _read(editor, uri)
    held["the file is read"] = _held(house, editor)
    await editor.optimized(uri, names[0])
    asked = Asked(editor, uri)
    answers = {f"{kind}, a result is there": found for kind, found in (await asked.round(requests)).items()}
    await editor.command("optimize", uri=uri, qualname=names[10], profile="thorough")
    await editor.progress("report", after=len(editor.received))
    answers |= {f"{kind}, a job runs": found for kind, found in (await asked.round(requests)).items()}
    await editor.command("cancel", uri=uri, qualname=names[10])
    await asyncio.sleep(3)
    held["a job has ended"] = _held(house, editor)
    return answers, held


async def _read(editor: Editor, uri: str) -> None:
    """Returns when the slow patterns of the whole file are known."""
    deadline = time.monotonic() + 120
    while "resultId" not in (await editor.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})):
        assert time.monotonic() < deadline, "the file is not read"
        await asyncio.sleep(0.2)


class Asked:
    """An editor at a file: asks at random functions, and types now and then."""

    def __init__(self, editor: Editor, uri: str) -> None:
        self._editor, self._uri = editor, uri
        self._version = 1
        self._random = random.Random(7)
        self._previous: str | None = None

    async def round(self, requests: int) -> Mapping[str, list[float]]:
        """Milliseconds of so many answers of each kind."""
        kinds: dict[str, Callable[[int], Awaitable[object]]] = {
            "codeAction": lambda line: self._editor.actions(self._uri, line),
            "codeLens": lambda line: self._editor.lenses(self._uri),
            "hover": lambda line: self._editor.hover(self._uri, line),
            "diagnostic": lambda line: self._diagnostic(),
        }
        found: dict[str, list[float]] = {kind: [] for kind in kinds}
        for number in range(requests):
            for kind, ask in kinds.items():
                if (number * len(kinds) + len(found)) % KEYSTROKES == 0:
                    self._type()
                line = self._random.randrange(LINES - 20)
                began = time.perf_counter()
                await ask(line)
                found[kind].append((time.perf_counter() - began) * 1e3)
                await asyncio.sleep(self._random.uniform(0, 0.02))
        return found

    async def _diagnostic(self) -> None:
        params = {"textDocument": {"uri": self._uri}, "previousResultId": self._previous}
        answer = await self._editor.request("textDocument/diagnostic", params)
        self._previous = answer.get("resultId", self._previous)

    def _type(self) -> None:
        """One letter more in a comment at the end of the file."""
        self._version += 1
        end = {"line": LINES - 1, "character": 1}
        change = {"range": {"start": end, "end": end}, "text": "x"}
        document = {"uri": self._uri, "version": self._version}
        self._editor.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})


def large() -> str:
    """A module of `LINES` lines with `FUNCTIONS` functions; every tenth has a slow pattern and a doctest."""
    lines = ['"""A large module."""', "", "import os"]
    for number in range(FUNCTIONS):
        lines += ["", "", *(_slow(number) if number % 10 == 0 else _plain(number))]
    return "\n".join([*lines, *["# filler"] * (LINES - len(lines) - 1), "#", ""])


def _slow(number: int) -> Iterator[str]:
    yield f"def f{number}(old: list[str], new: list[str]) -> list[str]:"
    yield '    """'
    yield f"    >>> f{number}([str(i) for i in range(600)], [str(i) for i in range(598, 900)])"
    yield "    ['598', '599']"
    yield '    """'
    yield from ("    found = []", "    for one in new:", "        if one in old:", "            found.append(one)")
    yield "    return found"


def _plain(number: int) -> Iterator[str]:
    yield f"def f{number}(a, b=({number}, 1)):"
    for step in range(11):
        yield f"    c{step} = (a + {step}) * b[0] if a > {step} else os.path.join('x', str(a))"
    yield "    return c0, c10"


def _held(house: House, editor: Editor) -> list[str]:
    """Megabytes that are resident: the server, and the process that reads."""
    reading = [pid for pid, line in house.alive().items() if "afterburner.reading" in line]
    return (
        [_resident(editor.server), *(_resident(pid) for pid in reading)] if reading else [_resident(editor.server), "–"]
    )


def _resident(pid: int) -> str:
    kilobytes = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True).stdout
    return f"{int(kilobytes) / 1024:.0f}"


if __name__ == "__main__":
    main()
