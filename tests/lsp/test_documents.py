"""Open documents: the client's edits, in the client's units, whatever the lines hold."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types

from afterburner.lsp.documents import ENCODINGS, Document, Documents, path_of, uri_of

URI = "file:///a.py"
UNITS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}
TEXTS = st.text(st.sampled_from("ab\n\r\f\x0b\x1c\x85\u2028é€𝒳\ud800"), max_size=12)


def document(text: str, encoding: str = "utf-16") -> Document:
    return Document(URI, 1, text, encoding)


def at(line: int, character: int) -> types.Position:
    return types.Position(line, character)


def partial(start: types.Position, end: types.Position, text: str) -> types.TextDocumentContentChangePartial:
    return types.TextDocumentContentChangePartial(types.Range(start, end), text)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("a", ["a"]),
        ("a\n", ["a", ""]),
        ("a\r\nb\rc\nd", ["a", "b", "c", "d"]),
        ("a\r\r\nb", ["a", "", "b"]),
        ("a\n\rb", ["a", "", "b"]),
        ("a\fb\x0bc\x1cd\x85e\u2028f\u2029g\n", ["a\fb\x0bc\x1cd\x85e\u2028f\u2029g", ""]),
    ],
)
def test_only_the_three_line_ends_of_the_protocol_end_a_line(text: str, lines: list[str]) -> None:
    found = document(text)
    assert [found.line(number) for number in range(len(found.starts))] == lines
    assert found.line(len(lines)) == found.line(99) == ""


@given(TEXTS, st.sampled_from(ENCODINGS), st.data())
def test_a_position_leads_back_to_its_index_and_counts_in_the_clients_units(
    text: str, encoding: str, data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(text)))
    if text[index - 1 : index + 1] == "\r\n":
        return  # no client can point there
    found = document(text, encoding)
    position = found.position(index)
    codec, size = UNITS[encoding]
    start = found.starts[position.line]
    assert position.character == len(text[start:index].encode(codec, "surrogatepass")) // size
    assert found.index(position) == index


@pytest.mark.parametrize(
    ("line", "character", "index"), [(0, 99, 2), (1, 99, 6), (2, 0, 7), (3, 0, 7), (99, 99, 7), (1, 4, 6)]
)
def test_a_position_outside_of_the_text_counts_as_the_nearest_inside(line: int, character: int, index: int) -> None:
    assert document("ab\r\na𝒳\n").index(at(line, character)) == index


@pytest.mark.parametrize(("encoding", "inside"), [("utf-8", (2, 3, 4)), ("utf-16", (2,))])
def test_a_place_inside_of_a_character_counts_as_its_start(encoding: str, inside: tuple[int, ...]) -> None:
    for column in inside:
        assert document("a𝒳b", encoding).index(at(0, column)) == 1


@given(TEXTS, st.sampled_from(ENCODINGS), st.data())
def test_an_incremental_change_is_the_same_as_cutting_the_text(text: str, encoding: str, data: st.DataObject) -> None:
    found = document(text, encoding)
    places = [i for i in range(len(text) + 1) if text[i - 1 : i + 1] != "\r\n" or i == 0]
    start, end = sorted(data.draw(st.tuples(st.sampled_from(places), st.sampled_from(places))))
    new = data.draw(TEXTS)
    after = found.changed([partial(found.position(start), found.position(end), new)], 2)
    assert (after.text, after.version) == (text[:start] + new + text[end:], 2)
    assert (found.text, found.version) == (text, 1)


def test_each_change_builds_upon_the_one_before() -> None:
    whole = types.TextDocumentContentChangeWholeDocument("one\ntwo\n")
    changes = [whole, partial(at(1, 0), at(1, 3), "2\n3"), partial(at(2, 1), at(9, 9), "!")]
    assert document("old").changed(changes, 5).text == "one\n2\n3!"


def test_a_range_that_is_turned_around_deletes_nothing() -> None:
    assert document("abcdef").changed([partial(at(0, 4), at(0, 2), "-")], 2).text == "abcd-ef"


def test_documents_are_the_clients_from_open_to_close() -> None:
    documents = Documents("utf-16")
    identifier = types.VersionedTextDocumentIdentifier(2, URI)
    change = types.DidChangeTextDocumentParams(identifier, [types.TextDocumentContentChangeWholeDocument("b")])
    assert documents.changed(change) is None and documents.get(URI) is None
    documents.opened(types.TextDocumentItem(URI, "python", 1, "a"))
    assert documents.changed(change) == documents.get(URI) == Document(URI, 2, "b", "utf-16")
    assert [item.uri for item in documents] == [URI]
    documents.opened(types.TextDocumentItem(URI, "python", 1, "again"))
    documents.closed(URI)
    documents.closed(URI)
    assert list(documents) == []


@pytest.mark.parametrize("path", ["/a/b.py", "/with space/ä#?%41.py", "/𝒳.py"])
def test_paths_come_back_from_their_uris(path: str) -> None:
    assert path_of(uri_of(Path(path))) == Path(path)


@pytest.mark.parametrize("uri", ["untitled:Untitled-1", "", "vscode-notebook-cell:/a.ipynb#x", "nonsense"])
def test_other_uris_have_a_path_to_name_them_by(uri: str) -> None:
    assert isinstance(path_of(uri), Path) and path_of(uri).name
