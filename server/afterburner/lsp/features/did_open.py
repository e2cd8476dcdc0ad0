"""A document is opened: the client's text counts from now on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from afterburner.lsp.session import Session

METHOD = types.TEXT_DOCUMENT_DID_OPEN


def handle(session: Session, params: types.DidOpenTextDocumentParams) -> None:
    document = session.documents.opened(params.text_document)
    session.background(session.reading(document))
    session.reread(params.text_document.uri)
