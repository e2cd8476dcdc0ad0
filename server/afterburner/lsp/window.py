"""What the user is shown and asked through the client; each falls back to what the client can do."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from afterburner.lsp.capabilities import Client
from afterburner.lsp.documents import uri_of

if TYPE_CHECKING:
    from pygls.lsp.server import LanguageServer

log = logging.getLogger(__name__)

Level = Literal["info", "warning", "error"]
_LEVELS = {"info": types.MessageType.Info, "warning": types.MessageType.Warning, "error": types.MessageType.Error}
_Step = types.WorkDoneProgressBegin | types.WorkDoneProgressReport | types.WorkDoneProgressEnd
_tokens = itertools.count(1)


class Window:
    """One client's screen."""

    def __init__(self, server: LanguageServer, client: Client) -> None:
        self._server = server
        self._client = client

    def say(self, text: str, level: Level = "info") -> None:
        """A message that needs no answer."""
        self._server.window_show_message(types.ShowMessageParams(_LEVELS[level], text))

    def log(self, text: str, level: Level = "info") -> None:
        """A line in the client's log."""
        self._server.window_log_message(types.LogMessageParams(_LEVELS[level], text))

    async def ask(self, text: str, choices: Sequence[str], level: Level = "info", *, unasked: str = "") -> str | None:
        """The choice of the user; None where they chose none. A client that cannot ask is told `unasked` instead."""
        items = [types.MessageActionItem(choice) for choice in choices]
        params = types.ShowMessageRequestParams(_LEVELS[level], text, items)
        try:
            answer = await self._server.protocol.send_request_async(types.WINDOW_SHOW_MESSAGE_REQUEST, params)
        except JsonRpcException as error:
            log.info("The client cannot ask: %s", error)
            if unasked:
                self.say(unasked, level)
            return None
        title = getattr(answer, "title", None)
        return title if title in choices else None

    async def ask_input(self, params: dict[str, str]) -> str | None:
        """A call that the user types (`afterburner/askInput`); None where nothing was typed."""
        answer = await self._asked("afterburner/askInput", params)
        call = answer.get("call") if isinstance(answer, dict) else getattr(answer, "call", None)
        return call if isinstance(call, str) and call.strip() else None

    async def preview(self, params: dict[str, str]) -> None:
        """A difference with its evidence beside it (`afterburner/preview`)."""
        await self._asked("afterburner/preview", params)

    async def open(self, path: Path, place: types.Range | None = None) -> None:
        """Open a file; where the client cannot, tell where it is."""
        if self._client.documents:
            params = types.ShowDocumentParams(uri_of(path), take_focus=True, selection=place)
            answer = await self._asked(types.WINDOW_SHOW_DOCUMENT, params)
            if getattr(answer, "success", False):
                return
        self.say(f"It is in {path}.")

    async def apply(self, edit: types.WorkspaceEdit, label: str) -> str:
        """Apply an edit in the client; "" or why it was not applied."""
        if not self._client.applies_edits:
            return "This editor does not let a server apply edits; use the code action instead."
        params = types.ApplyWorkspaceEditParams(edit, label)
        answer = await self._asked(types.WORKSPACE_APPLY_EDIT, params)
        if getattr(answer, "applied", False):
            return ""
        return getattr(answer, "failure_reason", None) or "The editor did not apply the edit."

    async def refresh(self) -> None:
        """Have lenses and diagnostics asked for anew."""
        if self._client.refreshes_lenses:
            await self._asked(types.WORKSPACE_CODE_LENS_REFRESH, None)
        await self.refresh_diagnostics()

    async def refresh_diagnostics(self) -> None:
        """Have diagnostics asked for anew."""
        if self._client.refreshes_diagnostics:
            await self._asked(types.WORKSPACE_DIAGNOSTIC_REFRESH, None)

    def status(self, health: Literal["ok", "warning", "error"], message: str = "", *, quiescent: bool = True) -> None:
        """rust-analyzer's extension `experimental/serverStatus`, where the client declares it."""
        if self._client.server_status:
            params: dict[str, str | bool] = {"health": health, "quiescent": quiescent}
            if message:
                params["message"] = message
            self._server.protocol.notify("experimental/serverStatus", params)

    async def progress(self, title: str) -> Bar:
        """A progress bar that the user can cancel; without one in the client, it only exists."""
        token = f"afterburner-{next(_tokens)}"
        shown = False
        if self._client.progress:
            params = types.WorkDoneProgressCreateParams(token)
            shown = await self._reached(types.WINDOW_WORK_DONE_PROGRESS_CREATE, params)
        return Bar(self._server, token if shown else None, title)

    async def _asked(self, method: str, params: Any) -> Any:
        """The client's answer; None where it answers with an error."""
        try:
            return await self._server.protocol.send_request_async(method, params)
        except JsonRpcException as error:
            log.info("%s: the client answers: %s", method, error)
            return None

    async def _reached(self, method: str, params: Any) -> bool:
        try:
            await self._server.protocol.send_request_async(method, params)
        except JsonRpcException as error:
            log.info("%s: the client answers: %s", method, error)
            return False
        return True


class Bar:
    """One progress bar, from `begin` to `end`."""

    def __init__(self, server: LanguageServer, token: str | None, title: str) -> None:
        self._server = server
        self.token = token
        self._title = title

    def begin(self, message: str) -> None:
        self._send(types.WorkDoneProgressBegin(self._title, cancellable=True, message=message))

    def report(self, message: str) -> None:
        self._send(types.WorkDoneProgressReport(cancellable=True, message=message))

    def end(self, message: str) -> None:
        self._send(types.WorkDoneProgressEnd(message=message))
        self.token = None

    def _send(
        self, value: types.WorkDoneProgressBegin | types.WorkDoneProgressReport | types.WorkDoneProgressEnd
    ) -> None:
        if self.token is not None:
            self._server.protocol.notify(types.PROGRESS, types.ProgressParams(self.token, value))
