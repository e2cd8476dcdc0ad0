"""The settings of each folder, from whichever of the protocol's ways the client has; read again when they change."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

if TYPE_CHECKING:
    from pygls.lsp.server import LanguageServer

    from afterburner.settings.editor import EditorTable

_SECTION = "afterburner"
_PATIENCE_S = 10.0


class Configuration:
    """What holds where; a value that is not understood is told once and not used."""

    def __init__(self, given: object, say: Callable[[str], None]) -> None:
        self._say = say
        self._told: set[str] = set()
        self._folders: dict[str, EditorTable] = {}
        self._given = given
        self._read_once: EditorTable | None = None

    def everywhere(self) -> EditorTable:
        """The settings outside of every folder."""
        if self._read_once is None:
            self._read_once = self._read(self._given)
        return self._read_once

    def of(self, uri: str) -> EditorTable:
        """The settings of the innermost folder around a document."""
        around = [folder for folder in self._folders if uri == folder or uri.startswith(folder.rstrip("/") + "/")]
        return self._folders[max(around, key=len)] if around else self.everywhere()

    def sent(self, settings: object) -> None:
        """What came with `workspace/didChangeConfiguration`: an object that holds the section, or the section itself.

        Clients without settings send an empty object, which says nothing; an empty section means: the defaults.
        """
        if isinstance(settings, dict) and _SECTION in settings:
            self._read_once = self._read(settings[_SECTION])
        elif settings:
            self._read_once = self._read(settings)

    async def pulled(self, server: LanguageServer, folders: Sequence[str]) -> None:
        """Ask the client for every folder's settings.

        Where it has none of its own for a folder, those outside of folders hold; and where it has none at all, those
        that it sent at the start.
        """
        scopes: list[str | None] = [None, *folders]
        items = [types.ConfigurationItem(scope_uri=scope, section=_SECTION) for scope in scopes]
        try:
            request = server.workspace_configuration_async(types.ConfigurationParams(items))
            answers: Sequence[Any] = await asyncio.wait_for(request, _PATIENCE_S)
        except (JsonRpcException, TimeoutError):
            return
        if len(answers) != len(scopes):
            return
        whole, *own = answers
        self._read_once = self._read(self._given if whole is None else whole)
        self._folders = {
            folder: self._read_once if answer is None else self._read(answer)
            for folder, answer in zip(folders, own, strict=True)
        }

    def _read(self, data: object) -> EditorTable:
        from afterburner.settings import editor  # pydantic takes long to import, and `initialize` should not wait

        table, problems = editor.read(data)
        for problem in problems:
            if problem not in self._told:
                self._told.add(problem)
                self._say(problem)
        return table
