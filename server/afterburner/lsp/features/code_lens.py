"""Code lenses: above functions with a result or a running job, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lsprotocol import types

from afterburner.lsp.capabilities import Client

if TYPE_CHECKING:
    from afterburner.core.outline import Outlined
    from afterburner.lsp.documents import Document
    from afterburner.lsp.session import Session

METHOD = types.TEXT_DOCUMENT_CODE_LENS


def options(client: Client) -> types.CodeLensOptions:
    return types.CodeLensOptions(resolve_provider=False)


async def handle(session: Session, params: types.CodeLensParams) -> list[types.CodeLens] | None:
    uri = params.text_document.uri
    document = session.documents.get(uri)
    if document is None or not session.settings(uri).code_lens.enable:
        return None
    reading = await session.reading_soon(document)
    if reading is None:
        return None
    known = session.results.names(uri) | {job.qualname for job in session.jobs if job.uri == uri}
    shown = [function for function in reading.outline.functions if function.qualname in known]
    return [lens for function in shown for lens in _lenses(session, document, function)]


def _lenses(session: Session, document: Document, function: Outlined) -> Iterator[types.CodeLens]:
    place = document.position(document.starts[min(function.name_line, len(document.starts)) - 1])
    where = types.Range(place, place)
    named = {"uri": document.uri, "qualname": function.qualname}
    job, result = session.jobs.of(document.uri, function.qualname), session.result(document.uri, function)
    if job is not None:
        yield _lens(where, "Optimising… (cancel)", "cancel", named)
    elif result is not None and result.offers:
        best = result.offers[0]
        yield _lens(where, result.found.short, "apply", {**named, "key": best.key})
        yield _lens(where, "preview", "preview", {**named, "key": best.key})
        yield _lens(where, "report", "report", named)
    elif result is not None:
        yield _lens(where, "No faster version proven", "report", named)


def _lens(where: types.Range, title: str, command: str, argument: dict[str, str]) -> types.CodeLens:
    return types.CodeLens(where, types.Command(title, f"afterburner.server.{command}", arguments=[argument]))
