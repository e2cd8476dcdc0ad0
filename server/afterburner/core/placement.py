"""How a rewritten module can be put in place of the original: by the target's code alone, or only as a whole."""

from __future__ import annotations

import ast
import builtins
import symtable
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from afterburner.core.errors import UsageError
from afterburner.core.source import Source
from afterburner.core.target import FunctionNode, Target, functions
from afterburner.core.units import END, Owner, Unit, bare_arguments, bound_names, described, loaded_names, units

_TRANSPARENT = {"staticmethod", "classmethod", "property", "abstractmethod", "override", "final"}
"""Decorators through which the function itself stays reachable and replaceable."""


@dataclass(frozen=True, slots=True)
class Placement:
    """`code`: run the additions in the module, then swap the target's code; `module`: load the whole text afresh."""

    kind: Literal["code", "module"]
    additions: tuple[str, ...] = ()
    """Texts of the added top-level statements, in the order of the new text."""
    lines: tuple[int, ...] = ()
    """For each addition the line in the new text on which its text begins."""
    changed_elsewhere: tuple[str, ...] = ()
    """What else differs from the original module, one phrase each: `function `helper` was changed`."""
    reason: str = ""
    """Why the code alone cannot be swapped; '' for `code`."""


@dataclass(frozen=True, slots=True)
class Unplaceable:
    """The rewrite cannot be put in place faithfully; `reason` is a sentence."""

    reason: str


def place(target: Target, new: Source) -> Placement | Unplaceable:
    """How `new` can be put in place of the target's module; `UsageError` when the target is missing in it."""
    node = counterpart(target, new)
    if node is None:
        raise UsageError(
            f"{new.path} has no function {target.qualname!r}.", f"The rewrite must define {target.signature()}."
        )
    if target.kind == "closure":
        outer = target.qualname.split(".<locals>")[0]
        return Unplaceable(
            f"`{target.qualname}` is built anew by each call of `{outer}`: it cannot be replaced from outside. "
            f"Ask about `{outer}` instead."
        )
    old_units, new_units = units(target.source, target.node), units(new, node)
    elsewhere = [*_changes(old_units, new_units), *_docstring(target.source, new)]
    added = _added(old_units, new_units)
    elsewhere += _unclean(target.source, new, old_units, added)
    reason = next(iter([*_head_changes(target, node), *elsewhere]), "") or _obstacle(target, new)
    if reason:
        return Placement("module", changed_elsewhere=tuple(elsewhere), reason=reason)
    texts = tuple(_addition_text(new, unit) for unit in added)
    return Placement("code", texts, tuple(_first_line(unit.node) for unit in added))


def counterpart(target: Target, new: Source) -> FunctionNode | None:
    """The target's definition in another text of its module (the same one of several), None if it has none."""
    old_nodes = [node for name, node, _ in functions(target.source) if name == target.qualname]
    new_nodes = [node for name, node, _ in functions(new) if name == target.qualname]
    if len(old_nodes) != len(new_nodes):
        return new_nodes[-1] if new_nodes else None
    spans = [(node.lineno, node.col_offset) for node in old_nodes]
    return new_nodes[spans.index((target.node.lineno, target.node.col_offset))]


def _head_changes(target: Target, node: FunctionNode) -> Iterator[str]:
    """What changed about the target apart from its body."""
    old = target.node
    if type(old) is not type(node):
        yield f"`{target.qualname}` changed between `def` and `async def`"
    if bare_arguments(old.args) != bare_arguments(node.args):
        yield f"the signature of `{target.qualname}` was changed"
    elif ast.dump(old.args) != ast.dump(node.args) or _dump(old.returns) != _dump(node.returns):
        yield f"the annotations of `{target.qualname}` were changed"
    if [ast.dump(d) for d in old.decorator_list] != [ast.dump(d) for d in node.decorator_list]:
        yield f"the decorators of `{target.qualname}` were changed"


def _dump(node: ast.AST | None) -> str:
    return ast.dump(node) if node is not None else ""


def _changes(old: list[Unit], new: list[Unit]) -> Iterator[str]:
    """Units of the original that the new text changed, removed or moved."""
    present, defined = Counter((u.owner, u.key) for u in new), {(u.owner, u.name) for u in new if u.name}
    lost = []
    for unit in old:
        if present[unit.owner, unit.key]:
            present[unit.owner, unit.key] -= 1
        elif unit.key != END:
            lost.append(unit)
    for unit in lost:
        yield f"{described(unit)} was {'changed' if (unit.owner, unit.name) in defined else 'removed'}"
    if not lost and not _in_order(old, new):
        yield "the order of statements was changed"


def _in_order(old: list[Unit], new: list[Unit]) -> bool:
    rest = iter([(u.owner, u.key) for u in new])
    return all((u.owner, u.key) in rest for u in old)


def _added(old: list[Unit], new: list[Unit]) -> list[Unit]:
    """What only the new text has; a new class counts once, with all that is in it."""
    known = Counter((u.owner, u.key) for u in old)
    added: list[Unit] = []
    fresh: set[Owner] = set()
    for unit in new:
        if known[unit.owner, unit.key]:
            known[unit.owner, unit.key] -= 1
        elif unit.owner in fresh or unit.key == END:
            pass
        else:
            added.append(unit)
        if isinstance(unit.node, ast.ClassDef) and (unit.owner in fresh or unit in added):
            fresh.add(f"{unit.owner}.{unit.name}".lstrip("."))
    return added


def _unclean(source: Source, new: Source, old: list[Unit], added: list[Unit]) -> Iterator[str]:
    """Additions that do more than add a name of their own."""
    taken, now = Counter(bound_names(source.tree.body)), Counter(bound_names(new.tree.body))
    shadowable, known = loaded_names([source.tree]) & set(dir(builtins)), {u.key for u in old}
    for unit in added:
        if unit.owner:
            yield f"class `{unit.owner}` has a new member{f' `{unit.name}`' if unit.name else ''}"
        elif not _only_binds(unit.node):
            yield f"a top-level statement was added (line {unit.node.lineno})"
        elif unit.key not in known:
            for name in bound_names([unit.node]):
                if now[name] > taken[name] > 0:
                    yield f"`{name}` is defined a second time (line {unit.node.lineno})"
                elif name in shadowable and not taken[name]:
                    yield f"`{name}`, which the module already uses, is defined anew (line {unit.node.lineno})"


def _only_binds(node: ast.stmt) -> bool:
    """Whether a statement does nothing but define names of its own."""
    match node:
        case ast.Import() | ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return True
        case ast.ImportFrom():
            return node.module != "__future__" and node.names[0].name != "*"
        case ast.Assign():
            return all(isinstance(n, ast.Name) for n in node.targets)
        case ast.AnnAssign():
            return isinstance(node.target, ast.Name)
    return False


def _docstring(old: Source, new: Source) -> Iterator[str]:
    if ast.get_docstring(old.tree, clean=False) and not ast.get_docstring(new.tree, clean=False):
        yield "the module's docstring was lost"


def _obstacle(target: Target, new: Source) -> str:
    """Why the code cannot be swapped although nothing else changed; '' when it can."""
    if sum(name == target.qualname for name, _, _ in functions(target.source)) > 1:
        return f"`{target.qualname}` is defined more than once"
    for decorator in target.node.decorator_list:
        if ast.unparse(decorator).rpartition(".")[2] not in _TRANSPARENT:
            return f"`{target.qualname}` is decorated by `@{ast.unparse(decorator)}`"
    if _free(target.source, target.qualname) != _free(new, target.qualname):
        return f"the free variables of `{target.qualname}` were changed"
    return ""


def _free(source: Source, qualname: str) -> frozenset[str]:
    """A function's free variables (`__class__` when it uses `super()`)."""
    table = symtable.symtable(source.text, source.path, "exec")
    for part in qualname.split("."):
        table = next(child for child in reversed(table.get_children()) if child.get_name() == part)
    return frozenset(symbol.get_name() for symbol in table.get_symbols() if symbol.is_free())


def _addition_text(new: Source, unit: Unit) -> str:
    return unit.name if isinstance(unit.node, ast.Import | ast.ImportFrom) else new.segment(unit.node)


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(d.lineno for d in decorators)])
