"""Classes whose constructor evidently does nothing but keep its arguments, so that calling it makes an equal object."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from afterburner.core.source import Source


def evident(source: Source, module: str) -> dict[str, tuple[str, ...]]:
    """Class "module:qualname" → the parameters of its constructor, each the name of an attribute."""
    return {f"{module}:{name}": fields for name, node in _classes(source.tree.body, "") if (fields := _fields(node))}


def _classes(body: list[ast.stmt], prefix: str) -> Iterator[tuple[str, ast.ClassDef]]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield prefix + node.name, node
            yield from _classes(node.body, f"{prefix}{node.name}.")


def _fields(node: ast.ClassDef) -> tuple[str, ...]:
    methods = {n.name: n for n in node.body if isinstance(n, ast.FunctionDef)}
    if node.bases or node.keywords or methods.keys() & {"__new__", "__post_init__", "__setattr__"}:
        return ()
    if "__init__" in methods:
        return _kept(methods["__init__"]) if not node.decorator_list else ()
    return _dataclass_fields(node)


def _kept(init: ast.FunctionDef) -> tuple[str, ...]:
    """The parameters of an `__init__` that only says `self.x = x` for each of them."""
    a = init.args
    if a.vararg or a.kwarg or a.posonlyargs or init.decorator_list:
        return ()
    names = [p.arg for p in [*a.args[1:], *a.kwonlyargs]]
    body = [s for s in init.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
    said = sorted(ast.unparse(s) if isinstance(s, ast.Assign) else "" for s in body)
    return tuple(names) if said == sorted(f"self.{name} = {name}" for name in names) else ()


def _dataclass_fields(node: ast.ClassDef) -> tuple[str, ...]:
    """The fields of a dataclass that are all parameters."""
    marks = [ast.unparse(d.func if isinstance(d, ast.Call) else d).rpartition(".")[2] for d in node.decorator_list]
    options = [k.arg for d in node.decorator_list if isinstance(d, ast.Call) for k in d.keywords]
    fields = [s for s in node.body if isinstance(s, ast.AnnAssign)]
    special = any(isinstance(f.value, ast.Call) or "ClassVar" in ast.unparse(f.annotation) for f in fields)
    if marks != ["dataclass"] or "init" in options or special:
        return ()
    return tuple(f.target.id for f in fields if isinstance(f.target, ast.Name))
