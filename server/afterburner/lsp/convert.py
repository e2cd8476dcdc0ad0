"""From the core's data to the protocol's, and back; no other file knows both sides of an edit."""

from __future__ import annotations

from collections.abc import Sequence

from lsprotocol import types

from afterburner.core.patch import Edit
from afterburner.lsp.capabilities import Client
from afterburner.lsp.documents import Document

_CAREFUL = "afterburner.weak"


def text_edits(document: Document, edits: Sequence[Edit]) -> list[types.TextEdit]:
    """The edits in the client's units."""
    return [types.TextEdit(document.range(edit.span.start, edit.span.end), edit.text) for edit in edits]


def workspace_edit(
    client: Client, document: Document, edits: Sequence[Edit], label: str, *, to_confirm: bool = False
) -> types.WorkspaceEdit:
    """One edit of one document as this client takes it; with `to_confirm` it asks first where the client can."""
    found = text_edits(document, edits)
    if not client.versioned_edits:
        return types.WorkspaceEdit(changes={document.uri: found})
    annotates = to_confirm and client.annotates_edits
    parts: list[types.TextEdit | types.AnnotatedTextEdit | types.SnippetTextEdit] = [
        types.AnnotatedTextEdit(_CAREFUL, edit.range, edit.new_text) if annotates else edit for edit in found
    ]
    place = types.OptionalVersionedTextDocumentIdentifier(document.uri, document.version)
    annotations = {_CAREFUL: types.ChangeAnnotation(label, needs_confirmation=True)} if annotates else None
    return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(place, parts)], change_annotations=annotations)


def lines(document: Document, first: int, last: int) -> types.Range:
    """The range of whole lines, numbered from 1, from the first one's indentation to the last one's end."""
    text = document.line(first - 1)
    start = document.starts[min(first - 1, len(document.starts) - 1)] + len(text) - len(text.lstrip())
    end = document.starts[min(last - 1, len(document.starts) - 1)] + len(document.line(last - 1))
    return document.range(start, max(start, end))
