"""Calls of a target in other code, and the earlier statements that such a call needs."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterator, Sequence

from afterburner.core.target import Target
from afterburner.core.units import bound_names, loaded_names

OUTSIDE = frozenset(
    {
        "argv", "environ", "getenv", "input", "open", "parse_args", "perf_counter", "process_time", "read_bytes",
        "read_text", "socket", "stdin", "time", "urlopen",
    }
)  # fmt: skip
"""Names whose values only exist when the program runs."""


def is_call(node: ast.AST, target: Target) -> bool:
    """Whether a node calls the target by its name (reads it, if it is a property)."""
    if target.kind == "property":
        return isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load) and node.attr == target.name
    if not isinstance(node, ast.Call):
        return False
    if target.name in ("__init__", "__new__"):
        return _last(node.func) == target.class_name.rpartition(".")[2]
    if target.name == "__call__":
        return isinstance(node.func, ast.Name | ast.Call) and _last(node.func) != target.name
    if target.kind != "function" and isinstance(node.func, ast.Name):
        return False
    return _last(node.func) == target.name


def mentions(node: ast.AST, target: Target) -> bool:
    return any(is_call(n, target) for n in ast.walk(node))


def expressions(
    node: ast.AST, target: Target, calls: Callable[[ast.AST, Target], bool] = is_call
) -> Iterator[ast.expr]:
    """The target's calls inside a node; where one needs names that only exist in there, all of the node's value."""
    inner = {n.arg for n in ast.walk(node) if isinstance(n, ast.arg)}
    inner |= {name for n in ast.walk(node) if isinstance(n, ast.comprehension) for name in bound_names([n.target])}
    found = [n for n in ast.walk(node) if isinstance(n, ast.expr) and calls(n, target)]
    if found and not any(loaded_names([n]) & inner for n in found):
        yield from found
    elif found:
        whole = node.value if isinstance(node, ast.Expr | ast.Assign | ast.AnnAssign) else None
        if whole is not None:
            yield whole


def needed(earlier: Sequence[ast.stmt], expression: ast.expr) -> tuple[list[ast.stmt], set[str]]:
    """Those earlier statements on which an expression depends, in order, and every name that they and it read."""
    names = loaded_names([expression])
    kept: list[ast.stmt] = []
    for statement in reversed(earlier):
        if set(bound_names([statement])) & names or _changes(statement) & names:
            kept.insert(0, statement)
            names |= loaded_names([statement])
    return kept, names


def setup_text(statements: Sequence[ast.stmt]) -> str:
    return "\n".join(map(ast.unparse, statements))


def comes_from_outside(node: ast.AST, forbidden: Collection[str] = OUTSIDE) -> bool:
    """Whether a statement needs the command line, a file, the clock or the like."""
    words = {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)} | loaded_names([node])
    return bool(words & set(forbidden))


def _changes(statement: ast.stmt) -> set[str]:
    """Names of the things that a statement may change in place: `xs.sort()`, `shuffle(xs)`, `d[k] = v`."""
    places: list[ast.expr] = []
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        call = statement.value
        shows = isinstance(call.func, ast.Name) and call.func.id == "print"
        places = [] if shows else [*call.args]
        places += [call.func.value] if isinstance(call.func, ast.Attribute) else []
    elif isinstance(statement, ast.Assign | ast.AugAssign):
        places = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return {name for place in places for name in _root(place)}


def _root(node: ast.expr) -> Iterator[str]:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
