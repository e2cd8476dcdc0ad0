"""What a rewrite changed in its module: the statements that only one of the two texts has."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from afterburner.core.finding import Finding, Severity
from afterburner.core.placement import counterpart
from afterburner.core.source import Source
from afterburner.core.target import FunctionNode, Target
from afterburner.core.units import END, Unit, binds, bound_names, units

CACHES = frozenset(
    {"LRUCache", "Memory", "TTLCache", "cache", "cached", "cached_property", "cachedmethod", "lru_cache", "memoize"}
)
"""Decorators that remember results between calls."""


@dataclass(frozen=True)
class Change:
    """The original's and the rewrite's own statements; the target's two versions always count as changed."""

    target: Target
    new: Source
    node: FunctionNode
    """The target in the new text."""
    old_parts: tuple[Unit, ...]
    new_parts: tuple[Unit, ...]

    @cached_property
    def old_names(self) -> frozenset[str]:
        """Every name, attribute and imported name in the statements that were changed."""
        return frozenset(name for unit in self.old_parts for node in own(unit) for name in words(node))

    @cached_property
    def old_top(self) -> Counter[str]:
        return Counter(bound_names(self.target.source.tree.body))

    @cached_property
    def new_top(self) -> Counter[str]:
        return Counter(bound_names(self.new.tree.body))

    @cached_property
    def modules(self) -> frozenset[str]:
        """Names that `import x` binds anywhere in the new text."""
        imports = [n for n in ast.walk(self.new.tree) if isinstance(n, ast.Import)]
        return frozenset(name for node in imports for name in bound_names([node]))

    @cached_property
    def reached(self) -> frozenset[str]:
        """Every word by which the target, or what new code runs at import, comes to other code of the new text."""
        every = units(self.new)
        words_of = [(u, {w for n in own(u) for w in words(n)}) for u in every]
        found = {w for n in ast.walk(self.node) for w in words(n)} | {self.node.name}
        found |= {w for u in self.new_parts for n in _run_at_import(u) for w in words(n)}
        size = -1
        while size != len(found):
            size = len(found)
            for unit, spelled in words_of:
                if self._leads_to(unit, found):
                    found |= spelled
        return frozenset(found)

    def is_reached(self, unit: Unit) -> bool:
        return self._leads_to(unit, self.reached)

    def _leads_to(self, unit: Unit, found: Collection[str]) -> bool:
        """By name; special methods by their class, or when it is the target's own."""
        if unit.node is self.node or any(name in found for name in bound_names([unit.node])):
            return True
        owner = unit.owner.rpartition(".")[2]
        own_class = bool(unit.owner) and unit.owner == self.target.class_name
        return unit.name.startswith("__") and (owner in found or own_class)

    @cached_property
    def functions(self) -> tuple[tuple[Unit, FunctionNode], ...]:
        """The new or changed functions and methods, but not those inside functions."""
        return tuple((u, u.node) for u in self.new_parts if isinstance(u.node, FunctionNode))

    @cached_property
    def fresh_classes(self) -> frozenset[str]:
        """Qualified names of the classes that the rewrite adds."""
        old = {u.owner + "." + u.name for u in units(self.target.source) if isinstance(u.node, ast.ClassDef)}
        new = [u for u in self.new_parts if isinstance(u.node, ast.ClassDef)]
        return frozenset(f"{u.owner}.{u.name}".lstrip(".") for u in new if u.owner + "." + u.name not in old)

    def around(self, line: int) -> Unit | None:
        """The innermost changed statement of the new text at a line."""
        first = [(min([u.node.lineno, *(d.lineno for d in _decorators(u))]), u) for u in self.new_parts]
        inside = [(start, u) for start, u in first if start <= line <= (u.node.end_lineno or 0)]
        return max(inside, key=lambda item: item[0])[1] if inside else None

    def before(self, unit: Unit) -> FunctionNode | None:
        """The original of a changed function, None for an added one."""
        found = [u.node for u in self.old_parts if (u.owner, u.name) == (unit.owner, unit.name)]
        return next((node for node in found if isinstance(node, FunctionNode)), None)


def _decorators(unit: Unit) -> list[ast.expr]:
    return getattr(unit.node, "decorator_list", [])


def _run_at_import(unit: Unit) -> Iterator[ast.AST]:
    """What loading the module evaluates of a statement: not the bodies of functions."""
    node = unit.node
    if isinstance(node, FunctionNode | ast.ClassDef):
        parts: list[ast.AST] = [*node.decorator_list]
        parts += [*node.bases, *(k.value for k in node.keywords)] if isinstance(node, ast.ClassDef) else []
    else:
        parts = [] if unit.header or isinstance(node, ast.Import | ast.ImportFrom) else [node]
    for part in parts:
        yield from (n for n in ast.walk(part) if not isinstance(getattr(n, "ctx", None), ast.Store))


Check = Callable[[Change], Iterator[Finding]]


def compare(target: Target, new: Source) -> Change | None:
    """The change that a new text makes; None when the target is missing in it."""
    node = counterpart(target, new)
    if node is None:
        return None
    old_units = _outside_main(target.source, units(target.source))
    new_units = _outside_main(new, units(new))
    return Change(
        target,
        new,
        node,
        _only(old_units, new_units, target.node),
        _only(new_units, old_units, node),
    )


def finding(severity: Severity, code: str, message: str, node: ast.AST | None = None) -> Finding:
    """A finding at a node of the new text; the line is added to the message."""
    line = getattr(node, "lineno", 0)
    return Finding(severity, code, f"{message} (line {line})" if line else message, line)


def own(unit: Unit) -> Iterator[ast.AST]:
    """The nodes of a unit; of a class or an `if` only those of its head."""
    if not unit.header:
        yield from ast.walk(unit.node)
        return
    for field, value in ast.iter_fields(unit.node):
        if field not in ("body", "orelse", "finalbody", "handlers"):
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, ast.AST):
                    yield from ast.walk(item)


def words(node: ast.AST) -> Iterator[str]:
    """The identifiers that a single node spells."""
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.Attribute):
        yield node.attr
    elif isinstance(node, ast.alias):
        yield node.name


def local_names(function: ast.AST) -> frozenset[str]:
    """Names that a function or anything inside it binds, those that it declares global left out."""
    names: set[str] = set()
    outside: set[str] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.Global):
            outside.update(node.names)
        elif node is not function:
            names.update(binds(node))
    return frozenset(names - outside)


def root(node: ast.expr) -> ast.expr:
    """The leftmost part of `a.b[c].d`."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node


def last_name(node: ast.expr) -> str:
    """The name that an expression ends in: `lru_cache` of `functools.lru_cache(maxsize=None)`; '' if none."""
    if isinstance(node, ast.Call):
        return last_name(node.func)
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def dumps(nodes: Iterable[ast.AST | None]) -> list[str]:
    return [ast.dump(node) if node is not None else "" for node in nodes]


def short(node: ast.AST, limit: int = 60) -> str:
    """Code on one line for a message."""
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _only(these: list[Unit], others: list[Unit], always: FunctionNode) -> tuple[Unit, ...]:
    known, rest = Counter((u.owner, u.key) for u in others), []
    for unit in these:
        shared = known[unit.owner, unit.key] > 0
        known[unit.owner, unit.key] -= shared
        if unit.key != END and (not shared or unit.node is always):
            rest.append(unit)
    return tuple(rest)


def _outside_main(source: Source, statements: list[Unit]) -> list[Unit]:
    """Without `if __name__ == "__main__":` blocks, which an import does not run."""
    blocks = [n for n in source.tree.body if isinstance(n, ast.If) and is_main(n)]
    ranges = [(n.lineno, n.end_lineno or 0) for n in blocks]
    return [u for u in statements if not any(first <= u.node.lineno <= last for first, last in ranges)]


def is_main(node: ast.If) -> bool:
    return isinstance(node.test, ast.Compare) and "__name__" in dict.fromkeys(words(node.test.left))
