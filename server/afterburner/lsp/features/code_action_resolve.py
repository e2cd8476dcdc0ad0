"""The edit of an action that was chosen; it only formats what is stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcContentModified

from afterburner.lsp import convert
from afterburner.lsp.capabilities import Client

if TYPE_CHECKING:
    from afterburner.lsp.session import Session

METHOD = types.CODE_ACTION_RESOLVE


def is_wanted(client: Client) -> bool:
    return client.resolves_edits


async def handle(session: Session, action: types.CodeAction) -> types.CodeAction:
    data = action.data
    if not isinstance(data, Mapping):
        return action
    document = session.documents.get(str(data.get("uri")))
    result = session.results.of(str(data.get("uri")), str(data.get("qualname")))
    offer = result.offer(str(data.get("key"))) if result else None
    if document is None or result is None or offer is None or document.version != data.get("version"):
        raise JsonRpcContentModified()
    function = (await session.reading(document)).outline.of(result.qualname)
    edits = result.edits(offer, document) if function and function.reach_key == result.key else None
    if edits is None:
        raise JsonRpcContentModified("The function has changed since it was measured.")
    action.edit = convert.workspace_edit(session.client, document, edits, action.title, to_confirm=not offer.is_strong)
    return action
