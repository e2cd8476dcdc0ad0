"""Hover: numbers and evidence on the name of a function that was optimised."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from afterburner.report import markdown

if TYPE_CHECKING:
    from afterburner.lsp.session import Session

METHOD = types.TEXT_DOCUMENT_HOVER


async def handle(session: Session, params: types.HoverParams) -> types.Hover | None:
    uri, line = params.text_document.uri, params.position.line + 1
    document = session.documents.get(uri)
    reading = await session.reading_soon(document) if document and session.settings(uri).hover.enable else None
    function = reading.outline.at(line) if reading else None
    if function is None or line > function.name_line:
        return None
    result, job = session.result(uri, function), session.jobs.of(uri, function.qualname)
    if job is not None:
        text = f"Afterburner is at work: {job.message}"
    elif result is not None:
        text = result.found.summary
    else:
        return None
    kind = types.MarkupKind.Markdown if session.client.markdown_hover else types.MarkupKind.PlainText
    content = text if session.client.markdown_hover else markdown.plain(text)
    return types.Hover(types.MarkupContent(kind, content))
