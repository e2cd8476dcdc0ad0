"""Settings were changed: they are read again at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from afterburner.lsp.session import Session

METHOD = types.WORKSPACE_DID_CHANGE_CONFIGURATION


async def handle(session: Session, params: types.DidChangeConfigurationParams) -> None:
    if session.client.configuration:
        await session.configuration.pulled(session.server, session.folders)
    else:
        session.configuration.sent(params.settings)
    session.tell_problems()
    for document in session.documents:
        session.reread(document.uri)
    await session.window.refresh()
