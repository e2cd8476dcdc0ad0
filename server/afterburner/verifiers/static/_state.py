"""Checks on state that outlives a call: caches, counters, tables made at import, attributes used as memory."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from afterburner.core.finding import Finding
from afterburner.core.target import FunctionNode
from afterburner.core.units import Unit
from afterburner.verifiers.static._change import (
    CACHES,
    Change,
    dumps,
    finding,
    last_name,
    local_names,
    own,
    root,
    short,
)
from afterburner.verifiers.static._values import entries, is_constant, is_literal_table, only_read

_HARMLESS = frozenset(
    {
        "abstractmethod", "classmethod", "contextmanager", "dataclass", "deprecated", "final", "getter", "overload",
        "override", "property", "runtime_checkable", "setter", "staticmethod", "total_ordering", "unique", "wraps",
    }
)  # fmt: skip
_MUTATORS = frozenset(
    {
        "add", "append", "appendleft", "clear", "difference_update", "discard", "extend", "extendleft", "insert",
        "intersection_update", "move_to_end", "pop", "popitem", "popleft", "remove", "reverse", "rotate", "setdefault",
        "sort", "subtract", "symmetric_difference_update", "update", "__setitem__", "__delitem__",
    }
)  # fmt: skip
_LARGE = 64
"""A table with more entries than this is worth a look: it may be the answers."""


def values(change: Change) -> Iterator[Finding]:
    """What is bound when the module or a class is loaded."""
    for unit in change.new_parts:
        if isinstance(unit.node, ast.AugAssign):
            said = f"changes `{short(unit.node.target)}` when the module is loaded"
            yield finding("reject", "rebound", said, unit.node)
        elif isinstance(unit.node, ast.Assign | ast.AnnAssign):
            yield from _value(change, unit, unit.node)


def _value(change: Change, unit: Unit, node: ast.Assign | ast.AnnAssign) -> Iterator[Finding]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    for target in targets:
        if isinstance(root(target), ast.Name) and not isinstance(target, ast.Name | ast.Tuple):
            yield finding("reject", "patched", f"overwrites `{short(target)}` when the module is loaded", node)
    if is_constant(node.value):
        if entries(node.value) > _LARGE:
            yield finding("warn", "table", f"spells out {entries(node.value)} values in `{unit.name}`", node)
    elif unit.name != "__slots__" and not (unit.owner and _is_field(node.value)) and not _was_mutable(change, unit):
        yield _lasting(change, unit, node)


def _lasting(change: Change, unit: Unit, node: ast.Assign | ast.AnnAssign) -> Finding:
    where, name = ("class", f"{unit.owner}.{unit.name}") if unit.owner else ("module", unit.name)
    if is_literal_table(node.value) and not unit.owner and only_read(unit.name, change.new.tree):
        if entries(node.value) <= _LARGE:
            return finding("warn", "module-table", f"moves a table to module level as `{unit.name}`", node)
        return finding("reject", "table", f"looks answers up in a table, `{unit.name}`", node)
    if isinstance(node.value, ast.Dict | ast.List | ast.Set):
        return finding("reject", "module-state", f"keeps a {where}-level cache `{name}` between calls", node)
    return finding("reject", "import-time", f"computes `{short(node)}` once, when the module is loaded", node)


def decorated(change: Change) -> Iterator[Finding]:
    """Decorators and defaults by which a helper remembers; inside a function they last one call only."""
    known = {ast.dump(d) for n in ast.walk(change.target.source.tree) for d in getattr(n, "decorator_list", [])}
    for unit in change.new_parts:
        if not isinstance(unit.node, FunctionNode | ast.ClassDef) or unit.node is change.node:
            continue
        before = change.before(unit)
        for decorator in unit.node.decorator_list:
            name, dump = last_name(decorator), ast.dump(decorator)
            if dump in dumps(before.decorator_list if before else []):
                continue
            if name in CACHES and not (name == "cached_property" and unit.owner in change.fresh_classes):
                said = f"keeps results of `{unit.name}` between calls by `@{short(decorator)}`"
                yield finding("reject", "cache", said, decorator)
            elif name not in _HARMLESS and dump not in known and name not in CACHES:
                said = f"wraps `{unit.name}` by `@{short(decorator)}`, which may keep state between calls"
                yield finding("reject", "decorator", said, decorator)


def defaults(change: Change) -> Iterator[Finding]:
    """Default values of helpers that last; the target's own are compared with the original's."""
    for unit in change.new_parts:
        inside = ast.walk(unit.node) if not isinstance(unit.node, FunctionNode | ast.ClassDef) else [unit.node]
        for node in inside:
            if isinstance(node, FunctionNode | ast.Lambda) and node is not change.node:
                before = change.before(unit)
                known = dumps([*before.args.defaults, *before.args.kw_defaults]) if before else []
                for value in [*node.args.defaults, *node.args.kw_defaults]:
                    if not is_constant(value) and ast.dump(value or node) not in known:
                        said = f"keeps `{short(value or node)}` between calls as a default value of `{unit.name}`"
                        yield finding("reject", "default-state", said, value)


def declared_global(change: Change) -> Iterator[Finding]:
    """`global` names that the original did not write."""
    old = {n for u in change.old_parts for node in own(u) if isinstance(node, ast.Global) for n in node.names}
    for unit in change.new_parts:
        for node in own(unit):
            if isinstance(node, ast.Global):
                for name in [n for n in node.names if n not in old]:
                    code = "global-write" if change.old_top[name] else "new-state"
                    yield finding("reject", code, f"writes the global `{name}`, which outlives a call", node)


def mutated(change: Change) -> Iterator[Finding]:
    """Things outside the function that it changes in place, and the original did not."""
    old: set[str] = set()
    for unit in change.old_parts:
        local = local_names(unit.node)
        old.update(_outside(change, local, node) for node in own(unit))
    for _, function in change.functions:
        local = local_names(function)
        for node in ast.walk(function):
            name = _outside(change, local, node)
            if name and name not in old:
                said = f"changes `{name}` by `{short(node)}`, which outlives the call"
                yield finding("reject", "new-state" if _is_new(change, name) else "outer-state", said, node)


def _is_new(change: Change, name: str) -> bool:
    """Whether only the rewrite has that name, so that nobody else can see what happens to it."""
    return bool(change.new_top[name]) and not change.old_top[name] and name not in change.modules


def attributes(change: Change) -> Iterator[Finding]:
    """New attributes on `self`, its class or an argument, used as memory."""
    known = {n.attr for n in ast.walk(change.target.source.tree) if isinstance(n, ast.Attribute) and _stores(n)}
    known |= {u.name for u in change.old_parts if u.owner}
    for unit, function in change.functions:
        if unit.owner in change.fresh_classes:
            continue
        parameters = {a.arg for a in ast.walk(function.args) if isinstance(a, ast.arg)}
        for node in ast.walk(function):
            if isinstance(node, ast.Attribute) and _stores(node) and node.attr not in known and _on(node, parameters):
                said = f"keeps `{short(node)}` on an object between calls, where the original kept nothing"
                yield finding("reject", "attribute-state", said, node)


def _on(node: ast.Attribute, parameters: set[str]) -> bool:
    match node.value:
        case ast.Name(id=name):
            return name in parameters
        case ast.Attribute(attr="__class__") | ast.Call(func=ast.Name(id="type")):
            return True
    return False


def _outside(change: Change, local: frozenset[str], node: ast.AST) -> str:
    """The name that is not local behind something that a node changes in place; '' if none."""
    if isinstance(node, ast.Attribute | ast.Subscript) and _stores(node):
        place: ast.expr = node.value
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _MUTATORS:
        place = node.func.value
        if isinstance(place, ast.Name) and (place.id in change.modules or hasattr(builtins, place.id)):
            return ""  # a function of a module or a type: `np.append`, `dict.update`
    else:
        return ""
    start = root(place)
    return start.id if isinstance(start, ast.Name) and start.id not in local else ""


def _stores(node: ast.Attribute | ast.Subscript) -> bool:
    return not isinstance(node.ctx, ast.Load)


def _was_mutable(change: Change, unit: Unit) -> bool:
    """Whether the original bound the same name to something that was no constant either."""
    for old in change.old_parts:
        if (old.owner, old.name) == (unit.owner, unit.name) and isinstance(old.node, ast.Assign | ast.AnnAssign):
            return not is_constant(old.node.value)
    return False


def _is_field(value: ast.expr | None) -> bool:
    return isinstance(value, ast.Call) and last_name(value.func) in ("field", "auto", "Field")
