"""Hover: numbers and evidence on the name of a function that was optimised."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from afterburner.report import markdown

if TYPE_CHECKING:
    from afterburner.lsp.session import Session

METHOD = types.TEXT_DOCUMENT_HOVER


def handle(session: Session, params: types.HoverParams) -> types.Hover | None:
    uri, line = params.text_document.uri, params.position.line + 1
    document, function = session.documents.get(uri), session.function(uri, line)
    if document is None or function is None or line > function.name_line or not session.settings(uri).hover.enable:
        return None
    result, job = session.result(uri, function), session.jobs.of(uri, function.qualname)
    if job is not None:
        text = f"Afterburner is at work: {job.message}"
    elif result is not None:
        text = markdown.summary(result.outcome)
    else:
        return None
    kind = types.MarkupKind.Markdown if session.client.markdown_hover else types.MarkupKind.PlainText
    content = text if session.client.markdown_hover else markdown.plain(text)
    return types.Hover(types.MarkupContent(kind, content))
