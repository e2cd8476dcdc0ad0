"""Slow patterns as the client shows them: hints that a key can prove, unless settings or comments say no."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from lsprotocol import types

from afterburner.core.slow_pattern import SlowPattern
from afterburner.lsp.analysis import Reading
from afterburner.lsp.capabilities import Client
from afterburner.lsp.documents import Document
from afterburner.settings import places

if TYPE_CHECKING:
    from afterburner.lsp.session import Session

SOURCE = "afterburner"


def shown(session: Session, document: Document, reading: Reading) -> list[types.Diagnostic]:
    """A hint for each slow pattern; the reading must be of the document's own version."""
    table = session.settings(document.uri).diagnostics
    if not table.enable:
        return []
    return [_hint(session.client, document, item) for item in reading.patterns if item.rule not in table.ignore]


def publish(session: Session, document: Document, reading: Reading) -> None:
    """Send the hints to a client that cannot ask for them; those of a text that cannot be read stay."""
    if not session.client.is_pushed or reading.problem or reading.version != document.version:
        return
    version = document.version if session.client.versions_diagnostics else None
    _send(session, document.uri, shown(session, document, reading), version)


def withdraw(session: Session, uri: str) -> None:
    """Take the hints of a closed document from a client that cannot ask for them."""
    if session.client.is_pushed:
        _send(session, uri, [], None)


def _send(session: Session, uri: str, found: list[types.Diagnostic], version: int | None) -> None:
    params = types.PublishDiagnosticsParams(uri, found, version)
    session.server.text_document_publish_diagnostics(params)


@cache
def _page(rule: str) -> str:
    """The URI of a rule's page, which the reading process has written by now; "" where it could not."""
    page = places.rule_pages() / f"{rule}.md"
    return page.as_uri() if page.is_file() else ""


def _hint(client: Client, document: Document, item: SlowPattern) -> types.Diagnostic:
    starts = document.starts
    place = document.range(starts[item.line - 1] + item.column, starts[item.end_line - 1] + item.end_column)
    hint = types.Diagnostic(place, item.message, types.DiagnosticSeverity.Hint, item.rule, source=SOURCE)
    if client.links_codes and (page := _page(item.rule)):
        hint.code_description = types.CodeDescription(page)
    if client.keeps_diagnostic_data:
        hint.data = {"rule": item.rule, "qualname": item.qualname}
    return hint
