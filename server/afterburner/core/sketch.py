"""A module's text with all but one function blanked, so that compiling it costs what the function costs."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from afterburner.core.target import FunctionNode

_SMALL = 2_000


@lru_cache(maxsize=64)
def sketch(text: str, qualname: str) -> str:
    """The text in which only the function, the heads of the classes around it and `__future__` imports stand.

    Each stands at its own line and column, so that the function's code comes out the same. '' where that cannot be
    told, or would not pay.
    """
    if len(text) < _SMALL:
        return ""
    try:
        tree = ast.parse(text)
        kept = [*_heads(tree, qualname.split(".")), *_futures(tree)]
        lines = text.splitlines(keepends=True)
        wanted = {number for first, last in kept for number in range(first, last + 1)}
        drawn = "".join(line if number in wanted else "\n" for number, line in enumerate(lines, 1))
        found, known = _function(ast.parse(drawn), qualname), _function(tree, qualname)
    except (SyntaxError, ValueError, LookupError, RecursionError):
        return ""
    return drawn if ast.dump(found, include_attributes=True) == ast.dump(known, include_attributes=True) else ""


def _heads(tree: ast.Module, path: list[str]) -> Iterator[tuple[int, int]]:
    """First and last line of each class's head on the way, and of the function; LookupError off the usual way."""
    body: list[ast.stmt] = tree.body
    for name in path[:-1]:
        holder = _only(body, name, ast.ClassDef)
        assert isinstance(holder, ast.ClassDef)
        if holder.body[0].lineno == holder.lineno:
            raise LookupError(name)
        yield holder.lineno, _first_line(holder.body[0]) - 1
        body = holder.body
    function = _only(body, path[-1], FunctionNode)
    yield _first_line(function), function.end_lineno or function.lineno


def _only(body: list[ast.stmt], name: str, kind: object) -> ast.stmt:
    found = [node for node in body if isinstance(node, kind) and getattr(node, "name", "") == name]  # type: ignore[arg-type]
    if len(found) != 1:
        raise LookupError(name)
    return found[0]


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _futures(tree: ast.Module) -> Iterator[tuple[int, int]]:
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            yield node.lineno, node.end_lineno or node.lineno


def _function(tree: ast.Module, qualname: str) -> ast.stmt:
    *around, name = qualname.split(".")
    body = tree.body
    for outer in around:
        holder = _only(body, outer, ast.ClassDef)
        assert isinstance(holder, ast.ClassDef)
        body = holder.body
    return _only(body, name, FunctionNode)
