"""What reading a text tells: asked of one process beside the server, so that the server's loop stays free."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from afterburner import reading
from afterburner.core.outline import Outline
from afterburner.core.slow_pattern import SlowPattern
from afterburner.lsp.documents import path_of

log = logging.getLogger(__name__)

_LONGEST = 1 << 28
"""Bytes of one answer."""
_TRIES = 2
_CRASHED = "Reading this file ended the process that reads, twice; it is read again when it changes."
_CLOSED = "The server ends."
_FORGOTTEN = "The document was closed."
_PATIENCE_S = 2.0


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known of one version of a document."""

    version: int
    outline: Outline
    """Of the last version that could be read, where this one cannot."""
    patterns: tuple[SlowPattern, ...] = ()
    problem: str = ""
    """Why it could not be read."""
    is_whole: bool = False
    """Whether the patterns are all there, or will not be had."""

    def patterns_at(self, first: int, last: int) -> tuple[SlowPattern, ...]:
        """The slow patterns that touch these lines, counted from 1, one for each rule and function."""
        touching = [item for item in self.patterns if item.line <= last and item.end_line >= first]
        return tuple({(item.rule, item.qualname): item for item in touching}.values())


@dataclass(eq=False, slots=True)
class _Asked:
    """A text that was sent and is not answered in full."""

    uri: str
    version: int
    text: str
    outlined: asyncio.Future[Reading]
    whole: asyncio.Future[Reading]
    tries: int = 0


class Analyst:
    """Reads texts; whoever waits for an older one gets the newer one's reading once that was sent."""

    def __init__(self, command: Sequence[str] = reading.COMMAND) -> None:
        self._command = command
        self._numbers = itertools.count(1)
        self._asked: dict[int, _Asked] = {}
        self._last: dict[str, Reading] = {}
        self._sending: set[asyncio.Future[None]] = set()
        self._starting = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None
        self._listening: asyncio.Task[None] | None = None
        self._is_closed = False

    @property
    def process_id(self) -> int | None:
        """The process that reads, while there is one."""
        return self._process.pid if self._process is not None else None

    async def read(self, uri: str, version: int, text: str) -> Reading:
        """The outline, within a fraction of a second; the patterns are there where they were known already."""
        last = self._last.get(uri)
        if last is not None and last.version == version:
            return last
        return await asyncio.shield(self._ask(uri, version, text).outlined)

    async def whole(self, uri: str, version: int, text: str) -> Reading:
        """Outline and patterns; a large file that was never read takes seconds."""
        last = self._last.get(uri)
        if last is not None and last.version == version and last.is_whole:
            return last
        return await asyncio.shield(self._ask(uri, version, text).whole)

    def forget(self, uri: str) -> None:
        """Drop what is kept of a document, and what is under way: it may be opened with another text."""
        for number, asked in tuple(self._asked.items()):
            if asked.uri == uri:
                del self._asked[number]
                self._give_up(asked, _FORGOTTEN)
        self._last.pop(uri, None)

    async def close(self) -> None:
        """End the process; whoever waits is told so."""
        self._is_closed = True
        for asked in self._asked.values():
            self._give_up(asked, _CLOSED)
        self._asked.clear()
        async with self._starting:
            if self._listening is not None:
                self._listening.cancel()
            if self._process is not None:
                await _ended(self._process)

    def _ask(self, uri: str, version: int, text: str) -> _Asked:
        """The request for this text: the one that is under way, or a new one."""
        for asked in self._asked.values():
            if (asked.uri, asked.version, asked.text) == (uri, version, text):
                return asked
        loop = asyncio.get_running_loop()
        asked = _Asked(uri, version, text, loop.create_future(), loop.create_future())
        if self._is_closed:
            self._give_up(asked, _CLOSED)
            return asked
        self._asked[next(self._numbers)] = asked
        if not self._is_busy_with(uri):
            self._begin(asked)
        return asked

    def _is_busy_with(self, uri: str) -> bool:
        """Whether an older text of a document was sent and has no outline yet: a newer one waits, and then the last."""
        return any(asked.uri == uri and asked.tries and not asked.outlined.done() for asked in self._asked.values())

    def _begin(self, asked: _Asked) -> None:
        asked.tries += 1
        sending = asyncio.ensure_future(self._send(asked))  # whoever asked may be cancelled, and others wait as well
        self._sending.add(sending)
        sending.add_done_callback(self._sending.discard)

    async def _send(self, asked: _Asked) -> None:
        try:
            process = await self._running()
        except OSError as error:
            self._asked = {number: other for number, other in self._asked.items() if other is not asked}
            self._give_up(asked, f"The process that reads cannot be started: {error}.")
            return
        number = next((number for number, other in self._asked.items() if other is asked), None)
        if number is None or process.stdin is None:
            return
        request = {"id": number, "uri": asked.uri, "name": path_of(asked.uri).name, "text": asked.text}
        with contextlib.suppress(ConnectionError):  # the end of the process is seen where it is listened to
            process.stdin.write(json.dumps(request).encode() + b"\n")
            await process.stdin.drain()

    async def _running(self) -> asyncio.subprocess.Process:
        async with self._starting:
            if self._is_closed:
                raise ConnectionAbortedError(_CLOSED)
            if self._process is None:
                pipe = asyncio.subprocess.PIPE
                self._process = await asyncio.create_subprocess_exec(
                    *self._command, stdin=pipe, stdout=pipe, limit=_LONGEST, cwd="/"
                )
                self._listening = asyncio.ensure_future(self._listen(self._process))
            return self._process

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            self._take(json.loads(line))
        log.warning("The process that reads has ended, with status %s.", await process.wait())
        self._process = None
        for number, asked in tuple(self._asked.items()):
            if asked.tries >= _TRIES:
                del self._asked[number]
                self._give_up(asked, _CRASHED)
            elif asked.tries:
                self._begin(asked)

    def _take(self, answer: Mapping[str, Any]) -> None:
        """An answer is for its request, and for older ones about the same document."""
        asked = self._asked.get(answer["id"])
        if asked is None:
            return
        older = [n for n, other in self._asked.items() if other.uri == asked.uri and n <= answer["id"]]
        if "patterns" in answer:
            found = replace(asked.outlined.result(), patterns=reading.patterns_of(answer["patterns"]), is_whole=True)
        elif answer["problem"]:
            found = self._unread(asked, answer["problem"])
        else:
            found = Reading(asked.version, reading.outline_of(answer["outline"]))
        self._last[asked.uri] = found
        for number in older:
            _resolve(self._asked[number].outlined, found)
            if found.is_whole:
                _resolve(self._asked.pop(number).whole, found)
        unsent = [other for other in self._asked.values() if other.uri == asked.uri and not other.tries]
        if unsent and not unsent[-1].outlined.done() and not self._is_busy_with(asked.uri):
            self._begin(unsent[-1])

    def _unread(self, asked: _Asked, problem: str) -> Reading:
        last = self._last.get(asked.uri)
        return Reading(asked.version, last.outline if last else Outline(), problem=problem, is_whole=True)

    def _give_up(self, asked: _Asked, problem: str) -> None:
        found = self._unread(asked, problem)
        self._last[asked.uri] = found
        _resolve(asked.outlined, found)
        _resolve(asked.whole, found)


def _resolve(waiting: asyncio.Future[Reading], found: Reading) -> None:
    if not waiting.done():
        waiting.set_result(found)


async def _ended(process: asyncio.subprocess.Process) -> None:
    if process.stdin is not None:
        process.stdin.close()
    try:
        await asyncio.wait_for(process.wait(), _PATIENCE_S)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
