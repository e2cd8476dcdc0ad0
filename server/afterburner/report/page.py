"""A page of styled lines, made without a terminal: wrapping, indentation, tables, and nothing a terminal could obey."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

Style = Literal["", "bold", "dim", "good", "bad", "warn", "added", "removed", "place"]

_HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


@dataclass(frozen=True, slots=True)
class Piece:
    """Some text in one style."""

    text: str
    style: Style = ""


Line = tuple[Piece, ...]


@dataclass(slots=True)
class Page:
    """Lines in the making; `width` is where sentences wrap. Code and calls are never wrapped."""

    width: int = 80
    lines: list[Line] = field(default_factory=list)

    def line(self, *pieces: Piece | str) -> None:
        """One line as it is."""
        self.lines.append(tuple(p if isinstance(p, Piece) else Piece(p) for p in pieces))

    def blank(self) -> None:
        """An empty line, unless one is there already."""
        if self.lines and self.lines[-1]:
            self.lines.append(())

    def heading(self, title: str, aside: str = "") -> None:
        self.blank()
        self.line(Piece(title, "bold"), Piece(f"  {aside}" if aside else "", "dim"))

    def sentence(self, text: str, indent: str = "", *, first: str | None = None, style: Style = "") -> None:
        """Words wrapped to the width; `first` opens the first line instead of `indent`."""
        opening = indent if first is None else first
        wrapped = textwrap.wrap(
            " ".join(text.split()), max(self.width, 40), initial_indent=opening, subsequent_indent=indent,
            break_long_words=False, break_on_hyphens=False,
        )  # fmt: skip
        for line in wrapped or [opening.rstrip()]:
            self.line(Piece(line, style))

    def item(self, text: str, indent: str = "  ", style: Style = "") -> None:
        """A point of a list."""
        self.sentence(text, f"{indent}  ", first=f"{indent}- ", style=style)

    def fact(self, name: str, text: str, *, column: int = 16) -> None:
        """A name, and beside it what is to say about it."""
        self.sentence(text, " " * column, first=f"  {name}".ljust(column - 1) + " ")

    def code(self, text: str, indent: str = "", style: Style = "") -> None:
        """Text of code, line by line and never wrapped."""
        for line in text.splitlines():
            self.line(Piece(indent + line, style))

    def table(self, rows: Sequence[Sequence[str]], aligned: str, indent: str = "  ", *, bold_head: bool = True) -> None:
        """Rows of cells, the first being the heads; `aligned` has `<` or `>` for each column."""
        widths = [max(len(row[i]) for row in rows) for i in range(len(aligned))]
        for number, row in enumerate(rows):
            cells = [f"{cell:{side}{w}}" for cell, side, w in zip(row, aligned, widths, strict=True)]
            self.line(Piece((indent + "  ".join(cells)).rstrip(), "dim" if bold_head and number == 0 else ""))

    def text(self) -> str:
        """The page without styles."""
        return "".join("".join(piece.text for piece in line).rstrip() + "\n" for line in self.visible())

    def visible(self) -> Iterator[Line]:
        """The lines with control and invisible characters spelled out."""
        for line in self.lines:
            yield tuple(Piece(visible(piece.text), piece.style) for piece in line)


def visible(text: str) -> str:
    """The text on one line, with every character that a terminal would obey or hide written as an escape."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escape(c) if unicodedata.category(c) in _HIDDEN else c for c in text)


def shortened(text: str, width: int) -> str:
    """One line of at most `width` characters, the middle left out where it is longer."""
    line = " ".join(text.split())
    if len(line) <= width:
        return line
    head = (width - 1) * 2 // 3
    return f"{line[:head]}…{line[len(line) - (width - 1 - head) :]}"


def _escape(character: str) -> str:
    if character == "\t":
        return "    "
    number = ord(character)
    return f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}" if number < 65536 else f"\\U{number:08x}"
