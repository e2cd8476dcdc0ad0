"""Slow patterns, for clients that ask for diagnostics; answered at once with what is known."""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING

from lsprotocol import types

from afterburner.lsp import diagnostics
from afterburner.lsp.analysis import Reading
from afterburner.lsp.capabilities import Client

if TYPE_CHECKING:
    from afterburner.lsp.documents import Document
    from afterburner.lsp.session import Session

METHOD = types.TEXT_DOCUMENT_DIAGNOSTIC
_PATIENCE_S = 0.03
"""A client that can be told to ask again does not wait longer for the latest text to be read."""
Report = types.RelatedFullDocumentDiagnosticReport | types.RelatedUnchangedDocumentDiagnosticReport


def is_wanted(client: Client) -> bool:
    return client.pulls_diagnostics


def options(client: Client) -> types.DiagnosticOptions:
    return types.DiagnosticOptions(
        inter_file_dependencies=False, workspace_diagnostics=False, identifier=diagnostics.SOURCE
    )


async def handle(session: Session, params: types.DocumentDiagnosticParams) -> Report:
    uri, known = params.text_document.uri, params.previous_result_id
    document = session.documents.get(uri)
    if document is None:
        return types.RelatedFullDocumentDiagnosticReport(items=[])
    reading = await _reading(session, document)
    document = session.documents.get(uri)
    if document is None or reading is None or reading.problem or reading.version != document.version:
        return _as_before(known)
    found = diagnostics.shown(session, document, reading)
    name = hashlib.sha256(repr(found).encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return _as_before(known) if name == known else types.RelatedFullDocumentDiagnosticReport(found, result_id=name)


def _as_before(known: str | None) -> Report:
    """What the client shows stays, moved along with the text by the client itself."""
    if known is None:
        return types.RelatedFullDocumentDiagnosticReport(items=[])
    return types.RelatedUnchangedDocumentDiagnosticReport(known)


async def _reading(session: Session, document: Document) -> Reading | None:
    """The whole reading; None where the client will be told to ask again."""
    reading = session.background(session.whole_reading(document))
    if not session.client.refreshes_diagnostics:
        return await asyncio.shield(reading)
    try:
        return await asyncio.wait_for(asyncio.shield(reading), _PATIENCE_S)
    except TimeoutError:
        session.ask_again(document.uri)
        return None
