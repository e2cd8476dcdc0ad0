"""Which module globals a function can reach, by reading: its own names and those of the functions it can call."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from afterburner.core.source import Source

_DEFINITIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def reachable_data(source: Source, qualname: str) -> tuple[str, ...]:
    """Names of the module's data (not functions, classes, imports) that the function or its callees mention."""
    definitions = {node.name: node for node in _top_level(source.tree.body) if isinstance(node, _DEFINITIONS)}
    data = {name for node in _top_level(source.tree.body) for name in _assigned(node)}
    data |= {name for node in ast.walk(source.tree) if isinstance(node, ast.Global) for name in node.names}
    waiting, seen, found = [qualname.split(".")[0]], set[str](), set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen or name not in definitions:
            continue
        seen.add(name)
        mentioned = set(_mentioned(definitions[name]))
        found |= mentioned & data
        waiting.extend(mentioned & definitions.keys())
    return tuple(sorted(found))


def _top_level(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements that run at import, those inside `if` and `try` included."""
    for node in body:
        yield node
        for field in ("body", "orelse", "finalbody"):
            if not isinstance(node, _DEFINITIONS):
                yield from _top_level(getattr(node, field, []))
        for handler in getattr(node, "handlers", []):
            yield from _top_level(handler.body)


def _assigned(node: ast.stmt) -> Iterator[str]:
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign | ast.AugAssign | ast.For):
        targets = [node.target]
    for target in targets:
        yield from (n.id for n in ast.walk(target) if isinstance(n, ast.Name))


def _mentioned(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name):
            yield inner.id
        elif isinstance(inner, ast.Global):
            yield from inner.names
