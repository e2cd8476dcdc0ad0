"""One client's connection: what it can do, what it has open, what was found out for it, and what is being worked on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from afterburner.core.errors import AfterburnerError
from afterburner.core.outline import Outlined
from afterburner.lsp import diagnostics
from afterburner.lsp.analysis import Analyst, Reading
from afterburner.lsp.capabilities import Client
from afterburner.lsp.configuration import Configuration
from afterburner.lsp.documents import Document, Documents
from afterburner.lsp.jobs import Job, Jobs
from afterburner.lsp.results import Result, Results
from afterburner.lsp.trust import Trust
from afterburner.lsp.window import Window

if TYPE_CHECKING:
    from pygls.lsp.server import LanguageServer

    from afterburner.settings.editor import EditorTable

log = logging.getLogger(__name__)

_PATIENCE_S = 0.015
"""A menu does not wait longer for the latest text to be read."""
_FIRST_S = 5.0
"""The same where nothing was read of the document before."""
_APART_S = 0.05
"""Between a command's answer and what it leads to: lsp-mode 9 loses what arrives together with an answer."""
_QUIET_S = 0.2
"""After an edit, this long without another one, the text is read again."""


class Session:
    """The state of the server between two messages; made when the client says what it can do."""

    def __init__(self, server: LanguageServer, params: types.InitializeParams) -> None:
        options = params.initialization_options if isinstance(params.initialization_options, Mapping) else {}
        trusted = options.get("trusted")
        self.server = server
        self.client = Client.of(params)
        self.window = Window(server, self.client)
        self.documents = Documents(self.client.encoding)
        self.trust = Trust(trusted if isinstance(trusted, bool) else None)
        self.problems: list[str] = []
        """Sentences to be told once the client listens."""
        self.configuration = Configuration(options.get("settings"), self.problems.append)
        self.folders = [folder.uri for folder in params.workspace_folders or ()]
        self.results = Results()
        self.jobs = Jobs()
        self.analyst = Analyst()
        self.readings: dict[str, Reading] = {}
        """The latest reading of each open document, which may be of an earlier version."""
        self.calls: dict[tuple[str, str], tuple[str, ...]] = {}
        """Calls that the user typed, by document and function."""
        self._profiles: dict[str, Sequence[str]] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._rereading: dict[str, asyncio.Task[Any]] = {}
        self._asking: set[str] = set()
        """Documents whose diagnostics the client will be told to ask for."""

    def settings(self, uri: str) -> EditorTable:
        return self.configuration.of(uri)

    def tell_problems(self) -> None:
        """Show what is wrong with the settings, each thing once."""
        self.configuration.everywhere()
        for problem in self.problems:
            self.window.say(problem, "warning")
        self.problems.clear()

    def profiles(self, uri: str) -> Sequence[str]:
        """The names of the profiles that can be chosen for a document, as of its latest reading."""
        return self._profiles.get(uri, ())

    def background(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Have something done that no request waits for; its errors go to the log."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def after_answer(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """The same for what a command leads to, once the command is answered."""

        async def later() -> None:
            try:
                await self.apart()
            except asyncio.CancelledError:
                work.close()
                raise
            await work

        return self.background(later())

    async def apart(self) -> None:
        """Wait for a moment, so that what follows does not arrive together with a command's answer."""
        await asyncio.sleep(_APART_S)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("A background task failed.", exc_info=task.exception())

    async def reading(self, document: Document) -> Reading:
        """What reading says of exactly this version, or of a later one."""
        known = self.readings.get(document.uri)
        if known is None or known.version != document.version:
            known = self._kept(document, await self.analyst.read(document.uri, document.version, document.text))
        return known

    async def whole_reading(self, document: Document) -> Reading:
        """The same with all slow patterns, which takes seconds for a large document that was never read."""
        known = self.readings.get(document.uri)
        if known is None or known.version != document.version or not known.is_whole:
            known = self._kept(document, await self.analyst.whole(document.uri, document.version, document.text))
        return known

    def _kept(self, document: Document, reading: Reading) -> Reading:
        """Keeps a reading unless a later one is known, or the document was closed since, and maybe opened anew."""
        now, known = self.documents.get(document.uri), self.readings.get(document.uri)
        is_open = now is not None and (now is document or now.version > document.version)
        if is_open and (known is None or (known.version, known.is_whole) <= (reading.version, reading.is_whole)):
            self.readings[document.uri] = reading
        return reading

    def ask_again(self, uri: str) -> None:
        """Have the client ask for diagnostics once a document is read in full."""
        if uri not in self._asking:
            self._asking.add(uri)
            self.background(self._ask_again(uri))

    async def _ask_again(self, uri: str) -> None:
        try:
            while (document := self.documents.get(uri)) is not None:
                reading = await self.whole_reading(document)
                if reading.version == document.version:
                    break
        finally:
            self._asking.discard(uri)
        await self.window.refresh_diagnostics()

    async def reading_soon(self, document: Document) -> Reading | None:
        """The reading of this version if it is there in a moment, else what is known of the one before.

        Where nothing is known yet, as the file was just opened, it waits: an empty menu would be wrong.
        """
        patience = _PATIENCE_S if document.uri in self.readings else _FIRST_S
        try:
            reading = asyncio.shield(self.background(self.reading(document)))
            return await asyncio.wait_for(reading, patience)
        except TimeoutError:
            return self.readings.get(document.uri)

    def reread(self, uri: str) -> None:
        """Read a document soon, and withdraw what no longer holds."""
        waiting = self._rereading.pop(uri, None)
        if waiting is not None:
            waiting.cancel()
        self._rereading[uri] = self.background(self._reread(uri))

    async def _reread(self, uri: str) -> None:
        await asyncio.sleep(_QUIET_S)
        document = self.documents.get(uri)
        if document is None:
            return
        self._profiles[uri] = await asyncio.to_thread(_profiles, document.path.parent)
        reading = await self.reading(document)
        for job in [job for job in self.jobs if job.uri == uri]:
            self._stop_if_stale(job, reading)
        if self.results.names(uri):
            await self.window.refresh()
        diagnostics.publish(self, document, await self.whole_reading(document))

    def _stop_if_stale(self, job: Job, reading: Reading) -> None:
        found = reading.outline.of(job.qualname)
        if not reading.problem and (found is None or found.reach_key != job.key):
            job.cancel(f"{job.qualname} was edited")

    def result(self, uri: str, function: Outlined) -> Result | None:
        """What is known of a function as it is now."""
        result = self.results.of(uri, function.qualname)
        return result if result is not None and result.key == function.reach_key else None

    def job_of_token(self, token: object) -> Job | None:
        """The job behind a progress bar."""
        return next((job for job in self.jobs if token in job.tokens), None)

    def closed(self, uri: str) -> None:
        """Forget a document; its results stay until it is opened with other text."""
        self.documents.closed(uri)
        self.readings.pop(uri, None)
        self.analyst.forget(uri)
        diagnostics.withdraw(self, uri)
        waiting = self._rereading.pop(uri, None)
        if waiting is not None:
            waiting.cancel()

    async def close(self) -> None:
        """End every job and process."""
        await self.jobs.close()
        for task in tuple(self._tasks):
            task.cancel()
        await self.analyst.close()


def _profiles(folder: Path) -> Sequence[str]:
    """The profiles of a folder; none where its settings cannot be read, which a job will say."""
    from afterburner import around  # it takes long to import, and `initialize` should not wait for it

    try:
        return tuple(around.settings(folder).profiles)
    except AfterburnerError:
        return ()
