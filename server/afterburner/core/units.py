"""The statements of a module as units that can be compared, and the names that they bind."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from afterburner.core.source import Source
from afterburner.core.target import FunctionNode

Owner = str
"""Qualified name of the class in which a statement stands; '' at the module's top level."""

END = "end of block"
"""The key of the unit that closes a block, so that no statement leaves it unnoticed."""
_COMPOUND = (ast.If, ast.Try, ast.TryStar, ast.For, ast.While, ast.With)


@dataclass(frozen=True, slots=True)
class Unit:
    """A statement that counts as one when two modules are compared."""

    owner: Owner
    node: ast.stmt
    key: str
    """Equal keys mean equal code; the body of a class or an `if` counts by its own units."""
    name: str
    """What it defines, for people; '' when it defines nothing."""
    header: bool = False
    """True for the head of a class, `if`, `try` …, whose body's units follow."""


def units(source: Source, without: FunctionNode | None = None) -> list[Unit]:
    """A module's statements in text order, imports split by name; of `without` only that it stands there."""
    return list(_units(source.tree.body, "", without))


def described(unit: Unit) -> str:
    """A unit for people: `method `C.m``, `the import of `re``."""
    name = f"{unit.owner}.{unit.name}".lstrip(".")
    match unit.node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return f"{'method' if unit.owner else 'function'} `{name}`"
        case ast.ClassDef():
            return f"class `{name}`"
        case ast.Import() | ast.ImportFrom():
            return f"`{unit.name}`"
    return f"`{name}`" if unit.name else f"the statement at line {unit.node.lineno}"


def bound_names(statements: Iterable[ast.AST]) -> Iterator[str]:
    """The names that statements bind in their own scope, each as often as they are bound."""
    for statement in statements:
        waiting = [statement]
        while waiting:
            node = waiting.pop()
            yield from binds(node)
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
                waiting.extend(ast.iter_child_nodes(node))


def loaded_names(nodes: Iterable[ast.AST]) -> set[str]:
    return {n.id for node in nodes for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def bare_arguments(arguments: ast.arguments) -> str:
    """The parameters with their kinds and defaults, without annotations, for comparing."""
    copy = ast.arguments(
        [ast.arg(a.arg) for a in arguments.posonlyargs],
        [ast.arg(a.arg) for a in arguments.args],
        arguments.vararg and ast.arg(arguments.vararg.arg),
        [ast.arg(a.arg) for a in arguments.kwonlyargs],
        arguments.kw_defaults,
        arguments.kwarg and ast.arg(arguments.kwarg.arg),
        arguments.defaults,
    )
    return ast.dump(copy)


def _units(body: Sequence[ast.stmt], owner: Owner, without: FunctionNode | None) -> Iterator[Unit]:
    for node in body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from _imports(node, owner)
        elif isinstance(node, ast.ClassDef):
            yield Unit(owner, node, _emptied(node), node.name, header=True)
            yield from _units(node.body, f"{owner}.{node.name}".lstrip("."), without)
        elif isinstance(node, _COMPOUND):
            yield Unit(owner, node, _emptied(node), "", header=True)
            for block in _blocks(node):
                yield from _units(block, owner, without)
                yield Unit(owner, node, END, "", header=True)
        elif node is without:
            yield Unit(owner, node, "the target", node.name)
        else:
            yield Unit(owner, node, ast.dump(node), "__doc__" if _is_text(node) else next(bound_names([node]), ""))


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _imports(node: ast.Import | ast.ImportFrom, owner: Owner) -> Iterator[Unit]:
    for alias in node.names:
        if isinstance(node, ast.Import):
            one: ast.stmt = ast.Import([alias])
        else:
            one = ast.ImportFrom(node.module, [alias], node.level)
        yield Unit(owner, ast.copy_location(one, node), ast.dump(one), ast.unparse(one))


def _emptied(node: ast.stmt) -> str:
    """The dump of a compound statement without its blocks."""
    kept: dict[str, object] = {}
    for name, value in ast.iter_fields(node):
        if name == "handlers":
            kept[name] = [ast.ExceptHandler(h.type, h.name, []) for h in value]
        else:
            kept[name] = [] if name in ("body", "orelse", "finalbody") else value
    return ast.dump(type(node)(**kept))  # type: ignore[arg-type]


def _blocks(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    for field in ("body", "orelse", "finalbody"):
        yield getattr(node, field, [])
    for handler in getattr(node, "handlers", []):
        yield handler.body


def binds(node: ast.AST) -> Iterator[str]:
    """The names that this node alone binds."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id
    elif isinstance(node, ast.alias):
        yield node.asname or node.name.partition(".")[0]
    elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
        yield node.name
