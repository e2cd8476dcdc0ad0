"""Folders were added to the workspace or taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from afterburner.lsp.session import Session

METHOD = types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS


async def handle(session: Session, params: types.DidChangeWorkspaceFoldersParams) -> None:
    gone = {folder.uri for folder in params.event.removed}
    kept = [folder for folder in session.folders if folder not in gone]
    session.folders = list(dict.fromkeys([*kept, *(folder.uri for folder in params.event.added)]))
    if session.client.configuration:
        await session.configuration.pulled(session.server, session.folders)
        session.tell_problems()
