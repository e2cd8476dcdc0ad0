"""Puts pages on a stream: coloured on a terminal, plain elsewhere, readable in any encoding."""

from __future__ import annotations

import os
from typing import TextIO

from rich.console import Console
from rich.text import Text

from afterburner.report.page import Line, Page, Style

_STYLES: dict[Style, str] = {
    "": "", "bold": "bold", "dim": "dim", "good": "bold green", "bad": "bold red", "warn": "yellow",
    "added": "green", "removed": "red", "place": "cyan",
}  # fmt: skip
_ASCII = str.maketrans(
    {"×": "x", "–": "-", "→": "->", "…": "...", "µ": "u", "·": "-", "±": "+/-", "≥": ">=", "≤": "<=", "’": "'",
     "‘": "'", "“": '"', "”": '"', "✓": "ok", "✗": "no"}
)  # fmt: skip
_PLAIN_WIDTH = 80
_WIDEST = 100


def width(stream: TextIO) -> int:
    """Columns to wrap sentences at: the terminal's, up to 100; 80 elsewhere."""
    if not is_terminal(stream):
        return _PLAIN_WIDTH
    return max(40, min(console(stream).width, _WIDEST))


def is_terminal(stream: TextIO) -> bool:
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def is_coloured(stream: TextIO) -> bool:
    """True on a terminal, unless NO_COLOR is set (https://no-color.org)."""
    return is_terminal(stream) and not os.environ.get("NO_COLOR")


def console(stream: TextIO) -> Console:
    """A rich console on the stream; it honours NO_COLOR."""
    return Console(file=stream, highlight=False, markup=False, emoji=False, soft_wrap=True)


def show(page: Page, stream: TextIO) -> None:
    """Write a page."""
    if is_coloured(stream):
        printer = console(stream)
        for line in page.visible():
            printer.print(_styled(line, stream), soft_wrap=True)
    else:
        stream.write(encodable(page.text(), stream))
    stream.flush()


def encodable(text: str, stream: TextIO) -> str:
    """The text with nothing in it that the stream's encoding lacks."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = text.translate(_ASCII).encode(encoding, "backslashreplace").decode(encoding)
    except LookupError:
        text = text.translate(_ASCII).encode("ascii", "backslashreplace").decode("ascii")
    return text


def _styled(line: Line, stream: TextIO) -> Text:
    return Text.assemble(*((encodable(piece.text, stream), _STYLES[piece.style]) for piece in line))
