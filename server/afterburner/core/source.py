"""Python source text as data: lines, spans and edits, in string indices."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from afterburner.core.errors import EnvironmentProblem


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of string indices."""

    start: int
    end: int

    def of(self, text: str) -> str:
        return text[self.start : self.end]


@dataclass(frozen=True)
class Source:
    """One module's text and where it lives; `path` is only a name here, nothing is read."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed module; `EnvironmentProblem` with line and reason when it does not parse."""
        try:
            return ast.parse(self.text)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            line = getattr(error, "lineno", None)
            where = f", line {line}" if line else ""
            reason = getattr(error, "msg", None) or str(error) or type(error).__name__
            raise EnvironmentProblem(
                f"{self.path}{where}: this is not valid Python: {reason}.",
                "Fix the syntax error first; nothing was run.",
            ) from None

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        """Index of the first character of each line (as `ast` counts lines)."""
        starts = [0]
        for line in lines_of(self.text):
            starts.append(starts[-1] + len(line))
        return tuple(starts)

    def index(self, line: int, utf8_column: int) -> int:
        """String index of an `ast` position: 1-based line, column in UTF-8 bytes."""
        start = self.line_starts[line - 1]
        stop = self.line_starts[line] if line < len(self.line_starts) else len(self.text)
        return start + len(
            self.text[start:stop].encode("utf-8", "surrogatepass")[:utf8_column].decode("utf-8", "surrogatepass")
        )

    def span(self, node: ast.AST) -> Span:
        """Where a node stands, decorators included."""
        whole: Any = node  # only nodes with a position have a span, and `ast` has no type for those
        first = min([whole, *getattr(node, "decorator_list", [])], key=lambda item: (item.lineno, item.col_offset))
        start_column = first.col_offset - (1 if first is not node else 0)
        start = self.index(first.lineno, max(start_column, 0))
        return Span(start, self.index(whole.end_lineno, whole.end_col_offset))

    def segment(self, node: ast.AST) -> str:
        return self.span(node).of(self.text)

    def replaced(self, span: Span, new: str) -> Source:
        """The same module with one range of its text replaced."""
        return Source(self.path, self.text[: span.start] + new + self.text[span.end :])


def lines_of(text: str) -> list[str]:
    """The lines with their ends, as Python counts them: only \\n, \\r\\n and \\r break."""
    return _ast_lines(text) if _odd_breaks(text) else text.splitlines(keepends=True)


def _odd_breaks(text: str) -> bool:
    return any(mark in text for mark in "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")


def _ast_lines(text: str) -> list[str]:
    lines, start, index = [], 0, 0
    while index < len(text):
        if text[index] == "\r" and text[index + 1 : index + 2] == "\n":
            index += 1
        if text[index] in "\r\n":
            lines.append(text[start : index + 1])
            start = index + 1
        index += 1
    return [*lines, text[start:]] if start < len(text) else lines
