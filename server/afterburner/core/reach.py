"""What a function can reach inside its module, by reading: the functions it can call, and the data they mention."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from afterburner.core.source import Source
from afterburner.core.target import FunctionNode, functions

_DEFINITIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def reachable_functions(source: Source, qualname: str) -> list[FunctionNode]:
    """The function and, transitively, every function of the module whose name (or attribute name) they mention."""
    by_name: dict[str, list[tuple[str, FunctionNode]]] = {}
    for path, node, _ in functions(source):
        by_name.setdefault(node.name, []).append((path, node))
    dunders = {path: node for name, found in by_name.items() if is_dunder(name) for path, node in found}
    waiting = [(path, node) for path, node, _ in functions(source) if path == qualname]
    reached: dict[str, FunctionNode] = {}
    while waiting:
        path, node = waiting.pop()
        if path not in reached:
            reached[path] = node
            names = set(mentioned(node))
            waiting += [pair for name in names for pair in by_name.get(name, [])]
            waiting += [
                pair for pair in dunders.items() if pair[0].split(".")[-2:-1] and pair[0].split(".")[-2] in names
            ]
    return list(reached.values())


def reachable_data(source: Source, qualname: str) -> tuple[str, ...]:
    """Names of the module's data (not functions, classes, imports) that the function or its callees mention."""
    nodes = reachable_functions(source, qualname)
    return tuple(sorted({name for node in nodes for name in mentioned(node)} & module_data(source)))


def module_data(source: Source) -> set[str]:
    """Names that the module binds to data, at import or by a `global` statement."""
    data = {name for node in _top_level(source.tree.body) for name in _assigned(node)}
    return data | {name for node in ast.walk(source.tree) if isinstance(node, ast.Global) for name in node.names}


def private_constants(source: Source) -> set[str]:
    """Private names of the module that hold one immutable value for ever: no call can do anything to it."""
    bound = [(name, node) for node in _top_level(source.tree.body) for name in _assigned(node)]
    once = Counter(name for name, _ in bound)
    rebound = {n for node in ast.walk(source.tree) if isinstance(node, ast.Global) for n in node.names}
    return {
        name
        for name, node in bound
        if name.startswith("_") and once[name] == 1 and name not in rebound
        if isinstance(node, ast.Assign | ast.AnnAssign) and _is_immutable(node.value)
    }


def mentioned(node: ast.AST) -> Iterator[str]:
    """Every name that stands in a node, as a name or behind a dot; as often as it does."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name):
            yield inner.id
        elif isinstance(inner, ast.Attribute):
            yield inner.attr
        elif isinstance(inner, ast.Global):
            yield from inner.names


def is_dunder(name: str) -> bool:
    """Whether Python itself calls it."""
    return name.startswith("__") and name.endswith("__")


def _is_immutable(value: ast.expr | None) -> bool:
    if isinstance(value, ast.Tuple):
        return all(map(_is_immutable, value.elts))
    if isinstance(value, ast.Call):
        return ast.unparse(value.func) in ("re.compile", "frozenset")
    return isinstance(value, ast.Constant)


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
