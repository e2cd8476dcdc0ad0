"""A document is edited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from afterburner.lsp.session import Session

METHOD = types.TEXT_DOCUMENT_DID_CHANGE


def handle(session: Session, params: types.DidChangeTextDocumentParams) -> None:
    if session.documents.changed(params) is not None:
        session.reread(params.text_document.uri)
