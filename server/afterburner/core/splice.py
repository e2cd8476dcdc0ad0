"""The text of one function put in place of another: decorators, head, docstring and margin kept where they can be."""

from __future__ import annotations

import ast
import io
import re
import tokenize

from afterburner.core import patch
from afterburner.core.source import Source, Span
from afterburner.core.target import FunctionNode, Target
from afterburner.core.units import bare_arguments

_DEF = re.compile(r"(?:async[ \t]+)?def[ \t]+")


def replaced(target: Target, source: Source, node: FunctionNode) -> patch.Edit:
    """The edit of the target's module that puts another text's function there.

    The original's decorators and docstring stay unless the function has its own, and its head (with annotations) where
    both take the same parameters.
    """
    margin = patch.indentation(target.source, target.node)
    return patch.Edit(whole_lines(target.source, target.node), _function(target, source, node, margin))


def whole_lines(source: Source, node: ast.stmt) -> Span:
    """From the start of a statement's first line, decorators included, to the end of its last, with its comment."""
    span = source.span(node)
    end = source.text.find("\n", span.end)
    end = len(source.text) if end < 0 else end
    tail = source.text[span.end : end].strip()
    stop = end if not tail or tail.startswith("#") else span.end
    return Span(source.text.rfind("\n", 0, span.start) + 1, stop)


def remargined(source: Source, span: Span, old: str, new: str) -> str:
    """A range of the text with the margin `old` of its lines replaced by `new`; what stands in strings stays."""
    first = source.text.count("\n", 0, span.start) + 1
    inside = _inside_strings(source)
    lines = span.of(source.text).split("\n")
    moved = []
    for number, line in enumerate(lines, first):
        if number in inside or (number == first and not _starts_line(source, span.start)):
            moved.append(line)
        else:
            moved.append(new + line.removeprefix(old) if line.strip() else line.strip(" \t"))
    return "\n".join(moved)


def renamed(source: Source, node: FunctionNode, new: str) -> Source:
    """The text with a function called `new`, in its own `def` and wherever the text calls it by name or on `self`."""
    old, start = node.name, source.index(node.lineno, node.col_offset)
    match = _DEF.match(source.text, start)
    edits = [patch.Edit(Span(match.end(), match.end() + len(old)), new)] if match else []
    for found in ast.walk(source.tree):
        if isinstance(found, ast.Name) and found.id == old:
            edits.append(patch.replace(source, found, new))
        elif isinstance(found, ast.Attribute) and found.attr == old and isinstance(found.value, ast.Name):
            end = source.span(found).end
            edits.append(patch.Edit(Span(end - len(old), end), new))
    return patch.apply(source, edits)


def _function(target: Target, source: Source, node: FunctionNode, margin: str) -> str:
    """The whole lines of the function, shaped for the target's place."""
    own_margin, end = patch.indentation(source, node), whole_lines(source, node).end
    head, colon = source.line_starts[node.lineno - 1], _head_end(source, node)
    old_head = target.source.line_starts[target.node.lineno - 1]
    decorators = Span(whole_lines(target.source, target.node).start, old_head).of(target.source.text)
    if node.decorator_list:
        decorators = remargined(source, Span(whole_lines(source, node).start, head), own_margin, margin)
    if type(node) is type(target.node) and bare_arguments(node.args) == bare_arguments(target.node.args):
        definition = Span(old_head, _head_end(target.source, target.node)).of(target.source.text)
    else:
        definition = remargined(source, Span(head, colon), own_margin, margin)
    body = remargined(source, Span(colon, end), own_margin, margin)
    return decorators + definition + _with_docstring(target, source, node, body)


def _with_docstring(target: Target, source: Source, node: FunctionNode, body: str) -> str:
    """The body with the original's docstring when it has none; `body` begins after the colon of the head."""
    if not _has_docstring(target.node) or _has_docstring(node) or node.body[0].lineno == node.lineno:
        return body
    text = target.source.segment(target.node.body[0])
    rest_of_line, _, rest = body.partition("\n")
    own = patch.indentation(source, node.body[0]).removeprefix(patch.indentation(source, node))
    return f"{rest_of_line}\n{patch.indentation(target.source, target.node)}{own}{text}\n{rest}"


def _has_docstring(node: FunctionNode) -> bool:
    return ast.get_docstring(node, clean=False) is not None


def _head_end(source: Source, node: FunctionNode) -> int:
    """Index just after the colon of the `def` line."""
    start = source.index(node.lineno, node.col_offset)
    piece = Source("", source.text[start : source.span(node.body[0]).start])
    depth = 0
    for token in tokenize.generate_tokens(io.StringIO(piece.text, newline="").readline):
        if token.type == tokenize.OP:
            depth += (token.string in "([{") - (token.string in ")]}")
            if token.string == ":" and depth == 0:
                line, column = token.end
                return start + piece.line_starts[line - 1] + column
    raise AssertionError("a function without a colon does not parse")


def _starts_line(source: Source, index: int) -> bool:
    return index == 0 or source.text[index - 1] == "\n"


def _inside_strings(source: Source) -> frozenset[int]:
    """Lines that begin inside a string literal: their white space is content."""
    strings = [n for n in ast.walk(source.tree) if isinstance(n, ast.JoinedStr | ast.Constant)]
    return frozenset(line for n in strings for line in range(n.lineno + 1, (n.end_lineno or 0) + 1))
