"""The client listens: settings are asked for, and what went wrong until now is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from afterburner.lsp.session import Session

METHOD = types.INITIALIZED
_ID = "afterburner-configuration"


async def handle(session: Session, params: types.InitializedParams) -> None:
    if session.client.registers_configuration:
        registration = types.Registration(_ID, types.WORKSPACE_DID_CHANGE_CONFIGURATION)
        session.background(session.server.client_register_capability_async(types.RegistrationParams([registration])))
    if session.client.configuration:
        await session.configuration.pulled(session.server, session.folders)
    session.tell_problems()
    session.window.status("ok")
