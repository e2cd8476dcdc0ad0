"""The open files as the client has them: text, version, and positions in the client's own units."""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lsprotocol import types

_BREAK = re.compile("\r\n|\n|\r")
"""What ends a line in the protocol; `str.splitlines` knows others as well."""
_UNITS: dict[str, Callable[[str], int]] = {
    "utf-8": lambda text: len(text.encode("utf-8", "surrogatepass")),
    "utf-16": lambda text: len(text.encode("utf-16-le", "surrogatepass")) // 2,
    "utf-32": len,
}
ENCODINGS: Sequence[str] = tuple(_UNITS)


@dataclass(frozen=True)
class Document:
    """One version of an open file."""

    uri: str
    version: int
    text: str
    encoding: str
    """The units of columns: one of `ENCODINGS`."""

    @cached_property
    def path(self) -> Path:
        """Where the file is or would be; a document that was never saved has the path of its name."""
        return path_of(self.uri)

    @cached_property
    def starts(self) -> Sequence[int]:
        """Index of each line's first character."""
        return [0, *(found.end() for found in _BREAK.finditer(self.text))]

    def line(self, number: int) -> str:
        """A line's text by its number from 0, without its end; '' behind the last one."""
        if number >= len(self.starts):
            return ""
        stop = self.starts[number + 1] if number + 1 < len(self.starts) else len(self.text)
        return self.text[self.starts[number] : stop].rstrip("\r\n")

    def index(self, position: types.Position) -> int:
        """The string index of a position; one outside of the text counts as the nearest inside."""
        if position.line >= len(self.starts):
            return len(self.text)
        text = self.line(position.line)
        if text.isascii():
            column = min(position.character, len(text))
        else:
            column = _column(text, position.character, _UNITS[self.encoding])
        return self.starts[position.line] + column

    def position(self, index: int) -> types.Position:
        """The position of a string index."""
        line = bisect.bisect_right(self.starts, index) - 1
        return types.Position(line, _UNITS[self.encoding](self.text[self.starts[line] : index]))

    def range(self, start: int, end: int) -> types.Range:
        """The range between two string indices."""
        return types.Range(self.position(start), self.position(end))

    def changed(self, changes: Sequence[types.TextDocumentContentChangeEvent], version: int) -> Document:
        """The document after a client's changes, each upon the one before."""
        after = self
        for change in changes:
            text = change.text
            if isinstance(change, types.TextDocumentContentChangePartial):
                start, end = after.index(change.range.start), after.index(change.range.end)
                text = after.text[:start] + change.text + after.text[max(start, end) :]
            after = Document(self.uri, version, text, self.encoding)
        return after


class Documents:
    """Every file that the client has open."""

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding
        self._open: dict[str, Document] = {}

    def __iter__(self) -> Iterator[Document]:
        return iter(tuple(self._open.values()))

    def get(self, uri: str) -> Document | None:
        """The document, or None where it is not open."""
        return self._open.get(uri)

    def opened(self, item: types.TextDocumentItem) -> Document:
        """A document is the client's from here on; opened twice, the later text counts."""
        document = Document(item.uri, item.version, item.text, self._encoding)
        self._open[item.uri] = document
        return document

    def changed(self, params: types.DidChangeTextDocumentParams) -> Document | None:
        """The new version; None for a document that was never opened."""
        before = self._open.get(params.text_document.uri)
        if before is None:
            return None
        after = before.changed(params.content_changes, params.text_document.version)
        self._open[before.uri] = after
        return after

    def closed(self, uri: str) -> None:
        self._open.pop(uri, None)


def path_of(uri: str) -> Path:
    """The local path of a URI; for other schemes its path part, which need not exist."""
    parts = urlsplit(uri)
    return Path(unquote(parts.path) or "/untitled.py")


def uri_of(path: Path) -> str:
    """The `file:` URI of a path."""
    return path.absolute().as_uri()


def _column(text: str, units: int, measure: Callable[[str], int]) -> int:
    """The column in characters; a place inside of a character counts as its start."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if measure(text[:middle]) <= units:
            low = middle
        else:
            high = middle - 1
    return low
