"""Whose call an expression is, by reading: of the target, or of something else that has the same name."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from afterburner.core.target import Target, functions
from afterburner.inputs._calls import is_call


def calls_target(node: ast.AST, target: Target, earlier: Sequence[ast.stmt]) -> bool:
    """Whether a node calls the target, as far as imports and the classes of the module tell; `earlier` comes before."""
    if target.kind == "function":
        return isinstance(node, ast.Call) and _is_target(_full_name(node.func, earlier), target, earlier)
    if not isinstance(node, ast.expr) or not is_call(node, target):
        return False
    called = node.func if isinstance(node, ast.Call) else node
    base = called.value if isinstance(called, ast.Attribute) else called
    if _is_module(base, target, earlier):
        return False
    kind = _class_of(base, earlier)
    return kind is None or kind not in _others(target)


def _is_target(name: str, target: Target, earlier: Sequence[ast.stmt]) -> bool:
    """Whether a dotted name, with its import resolved, is that of the function; a bare one is the module's own."""
    module, _, last = name.rpartition(".")
    if last != target.name:
        return False
    return _may_be(module, target.module) if module else last not in _defined(earlier)


def _may_be(module: str, mine: str) -> bool:
    """Whether a function of module `mine` may be imported from `module`: the same, a package around it, or nearer."""
    return mine == module or mine.startswith(f"{module}.") or mine.endswith(f".{module}") or module.endswith(f".{mine}")


def _is_module(node: ast.expr, target: Target, earlier: Sequence[ast.stmt]) -> bool:
    """Whether a dotted name is the target's module rather than an object in it."""
    name = _full_name(node, earlier) if _is_imported(node, earlier) else ""
    return bool(name) and (name == target.module or target.module.endswith(f".{name}"))


def _full_name(node: ast.expr, earlier: Sequence[ast.stmt]) -> str:
    """`a.b.f` for what is imported under that name, `f` for what is not imported, '' for what is no name."""
    if isinstance(node, ast.Name):
        return _imported(node.id, earlier) or node.id
    if isinstance(node, ast.Attribute) and (base := _full_name(node.value, earlier)):
        return f"{base}.{node.attr}" if "." in base or _imported(base, earlier) or _is_imported(node, earlier) else ""
    return ""


def _is_imported(node: ast.expr, earlier: Sequence[ast.stmt]) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and bool(_imported(node.id, earlier))


def _imported(name: str, earlier: Sequence[ast.stmt]) -> str:
    """Under which full name a name was imported; '' when it was not."""
    for statement in reversed(earlier):
        if isinstance(statement, ast.Import | ast.ImportFrom):
            for alias in statement.names:
                if isinstance(statement, ast.ImportFrom) and name == (alias.asname or alias.name):
                    return f"{statement.module}.{alias.name}" if statement.module else alias.name
                if isinstance(statement, ast.Import) and name == (alias.asname or alias.name.partition(".")[0]):
                    return alias.name if alias.asname else name
    return ""


def _defined(earlier: Sequence[ast.stmt]) -> set[str]:
    return {s.name for s in earlier if isinstance(s, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)}


def _class_of(node: ast.expr, earlier: Sequence[ast.stmt]) -> str | None:
    """The class that `C(…)`, `C`, or a variable that holds a `C(…)`, evidently belongs to; None when nothing tells."""
    if isinstance(node, ast.Name):
        for statement in reversed(earlier):
            if isinstance(statement, ast.Assign) and any(_names(one, node.id) for one in statement.targets):
                return _class_of(statement.value, earlier) if isinstance(statement.value, ast.Call) else None
    if isinstance(node, ast.Call):
        node = node.func
    return _full_name(node, earlier).rpartition(".")[2] or None


def _names(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _others(target: Target) -> set[str]:
    """The other classes of the module that have a method of this name."""
    found = {path for path, _, _ in functions(target.source) if path.endswith(f".{target.name}")}
    return {path.split(".")[-2] for path in found} - {target.class_name.rpartition(".")[2]}
