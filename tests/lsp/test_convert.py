"""Edits and ranges as each client takes them."""

from __future__ import annotations

from lsprotocol import types

from afterburner.core.patch import Edit
from afterburner.core.source import Span
from afterburner.lsp import convert
from afterburner.lsp.capabilities import Client
from afterburner.lsp.documents import Document

URI = "file:///a.py"
TEXT = "x = '𝒳'; y = 1\n\n    def f():  \n        pass\n"
AT = TEXT.index("y")
EDITS = [Edit(Span(AT, AT + 1), "z")]


def document(encoding: str = "utf-16") -> Document:
    return Document(URI, 7, TEXT, encoding)


def test_columns_are_counted_as_the_client_does() -> None:
    columns = {"utf-8": 12, "utf-16": 10, "utf-32": 9}
    for encoding, column in columns.items():
        (edit,) = convert.text_edits(document(encoding), EDITS)
        assert edit.range == types.Range(types.Position(0, column), types.Position(0, column + 1))
        assert edit.new_text == "z"


def test_a_client_without_versions_gets_plain_changes_and_is_asked_nothing() -> None:
    found = convert.workspace_edit(Client(annotates_edits=True), document(), EDITS, "label", to_confirm=True)
    assert found.changes == {URI: convert.text_edits(document(), EDITS)}
    assert found.document_changes is found.change_annotations is None


def test_versioned_edits_name_the_version_that_they_are_for() -> None:
    found = convert.workspace_edit(Client(versioned_edits=True), document(), EDITS, "label", to_confirm=True)
    assert found.changes is found.change_annotations is None and found.document_changes
    (part,) = found.document_changes
    assert part.text_document == types.OptionalVersionedTextDocumentIdentifier(URI, 7)
    assert [type(edit) for edit in part.edits] == [types.TextEdit]


def test_what_needs_a_look_is_confirmed_first_and_every_id_is_in_the_map() -> None:
    client = Client(versioned_edits=True, annotates_edits=True)
    found = convert.workspace_edit(client, document(), EDITS, "Look at it", to_confirm=True)
    assert found.document_changes and found.change_annotations
    ids = {edit.annotation_id for part in found.document_changes for edit in part.edits}
    assert ids == set(found.change_annotations)
    assert all(note.needs_confirmation and note.label == "Look at it" for note in found.change_annotations.values())
    strong = convert.workspace_edit(client, document(), EDITS, "label")
    assert strong.change_annotations is None


def test_whole_lines_reach_from_their_indentation_to_their_end() -> None:
    assert convert.lines(document(), 3, 4) == types.Range(types.Position(2, 4), types.Position(3, 12))
    assert convert.lines(document(), 2, 2) == types.Range(types.Position(1, 0), types.Position(1, 0))
    assert convert.lines(document(), 3, 99).end == convert.lines(document(), 99, 99).end == types.Position(4, 0)
