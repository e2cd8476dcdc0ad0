"""A function as rules look at it: its canonical tree, what stands around each node, its loops, its local names."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TypeVar

from afterburner.core.facts import Facts
from afterburner.core.patch import bound_names
from afterburner.core.source import Source
from afterburner.core.target import FunctionNode, Target, own_nodes
from afterburner.rules._canonical import canonical, same
from afterburner.rules._kinds import telling
from afterburner.rules._names import PURE_FUNCTIONS, binds, calls_unknown, changed, loaded, mentioned, pure, stored
from afterburner.rules._typing import Typing

Node = TypeVar("Node", bound=ast.AST)
Statement = TypeVar("Statement", bound=ast.stmt)
Block = list[ast.stmt]
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
Repeating = ast.For | ast.While | Comprehension | ast.Lambda

_CALLED_PER_ITEM = {"sorted", "min", "max", "map", "filter", "sort", "reduce", "groupby", "takewhile", "dropwhile"}


@dataclass(frozen=True, slots=True)
class Loop:
    """Something that evaluates a node again and again, and the statement above which more can be done once."""

    node: Repeating
    statement: ast.stmt


class View:
    """One target with the questions that rules ask about it."""

    def __init__(self, target: Target, facts: Facts) -> None:
        self.target = target
        self.facts = facts
        self.function: FunctionNode = canonical(target.node)
        self.parents = _parents(self.function)
        self.foreign = _foreign_builtins(target, self.function)

    @cached_property
    def typing(self) -> Typing:
        return Typing(self.function, self.facts)

    def evidence(self, *nodes: ast.expr) -> str:
        """Which types the given calls showed of parameters and attributes, where no hint says it; '' where none did.

        For the idea of a rewrite whose precondition rests on it: " (`a` was `list[int]` in each of 14 calls)".
        """
        told = {}
        for name in map(ast.unparse, nodes):
            calls, types = self.facts.calls.get(name, 0), telling(self.facts.types.get(name, ()))
            if calls and types and not self.typing.hinted(name):
                many = f"each of {calls} calls" if calls > 1 else "the one call"
                told[name] = f"`{name}` was {' or '.join(f'`{text}`' for text in types)} in {many}"
        return f" ({'; '.join(told.values())})" if told else ""

    @cached_property
    def own(self) -> list[ast.AST]:
        """The nodes of the function's own body in text order; lambdas count as part of it, inner functions not.

        None where the function calls something of a builtin's name that is not the builtin: nothing is known of it.
        """
        return [] if self.foreign else _own_nodes(self.function)

    @cached_property
    def locals(self) -> frozenset[str]:
        """Names that belong to this call alone, parameters included."""
        declared = {
            name for n in ast.walk(self.function) if isinstance(n, ast.Global | ast.Nonlocal) for name in n.names
        }
        own = {name for n in own_nodes(self.function) for name in binds(n)}
        return (self.parameters | own) - declared

    @property
    def module_names(self) -> frozenset[str]:
        """Every name that something in the module binds."""
        return _module_names(self.target.source)

    @cached_property
    def parameters(self) -> frozenset[str]:
        return stored(self.function.args)

    @cached_property
    def captured(self) -> frozenset[str]:
        """Names that functions or lambdas inside use: whoever holds those may read them at any time."""
        inner = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
        found = [n for n in ast.walk(self.function) if isinstance(n, inner) and n is not self.function]
        return frozenset(name for n in found for name in loaded(n) - stored(n))

    def nodes(self, kind: type[Node]) -> Iterator[Node]:
        """The nodes of one type in the function's own body, in text order."""
        return (n for n in self.own if isinstance(n, kind))

    @cached_property
    def loop_statements(self) -> list[ast.For | ast.While]:
        """The `for` loops in text order, then the `while` loops."""
        return [*self.nodes(ast.For), *self.nodes(ast.While)]

    def blocks(self) -> Iterator[Block]:
        """Every list of statements in the function's own body."""
        return iter(self._all_blocks)

    @cached_property
    def _all_blocks(self) -> list[Block]:
        inner = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        nodes = [] if self.foreign else [self.function, *(n for n in self.own if not isinstance(n, inner))]
        return [block for node in nodes for block in _blocks(node)]

    def around(self, node: ast.AST) -> Iterator[ast.AST]:
        """What a node stands in, from the inside out, up to the function."""
        while node is not self.function and (above := self.parents.get(node)) is not None:
            yield above
            node = above

    def statement(self, node: ast.AST) -> ast.stmt:
        """The statement that a node belongs to: itself, if it is one."""
        return next(n for n in [node, *self.around(node)] if isinstance(n, ast.stmt))

    def block(self, statement: ast.stmt) -> Block:
        """The list of statements that a statement stands in."""
        return next(block for block in _blocks(self.parents[statement]) if any(s is statement for s in block))

    def after(self, statement: ast.stmt) -> Block:
        """The statements below, in the same block."""
        block = self.block(statement)
        return block[[s is statement for s in block].index(True) + 1 :]

    def before(self, statement: ast.stmt) -> Block:
        block = self.block(statement)
        return block[: [s is statement for s in block].index(True)]

    def loops(self, node: ast.AST) -> list[Loop]:
        """The loops that evaluate a node more than once, innermost first."""
        found: list[Loop] = []
        below = node
        for above in self.around(node):
            if self._repeats(above, below):
                owner = self.parents[above] if isinstance(above, ast.comprehension) else above
                assert isinstance(owner, Repeating)
                if not found or found[-1].node is not owner:
                    found.append(Loop(owner, self.statement(owner)))
            below = above
        return found

    def _repeats(self, above: ast.AST, below: ast.AST) -> bool:
        match above:
            case ast.For(body=body):
                return any(s is below for s in body)
            case ast.While(orelse=orelse):
                return not any(s is below for s in orelse)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                return not isinstance(below, ast.comprehension)
            case ast.comprehension(iter=over):
                owner = self.parents[above]
                first = isinstance(owner, Comprehension) and owner.generators[0] is above
                return not (first and below is over)
            case ast.Lambda():
                call = self.parents[above]
                call = self.parents[call] if isinstance(call, ast.keyword) else call
                name = call.func if isinstance(call, ast.Call) else None
                return getattr(name, "id", getattr(name, "attr", "")) in _CALLED_PER_ITEM
        return False

    def invariant(self, node: ast.expr, loop: ast.AST) -> bool:
        """Whether an expression has the same value all through a loop, as far as its text tells."""
        names = loaded(node)
        if not pure(node) or names & (stored(loop) | changed(loop)):
            return False
        inside = any(
            isinstance(n, ast.Attribute) and not isinstance(self.parents.get(n), ast.Call) for n in ast.walk(node)
        )
        held = bool(names - self.locals) or inside or bool(names & self._shared)
        return not (held and calls_unknown(loop) and any(self._is_data(n) for n in names))

    @cached_property
    def _shared(self) -> frozenset[str]:
        """Names that other code may change between two statements: those of inner functions."""
        return self.captured & changed(
            *(n for n in own_nodes(self.function) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda))
        )

    def _is_data(self, name: str) -> bool:
        return name in self.locals or not hasattr(builtins, name)

    def hoistable(self, node: ast.expr, at: ast.AST) -> Loop | None:
        """The outermost loop around `at` in which `node` stays the same all the way in; None if it does in none."""
        found = None
        for loop in self.loops(at):
            if not self.invariant(node, loop.node):
                break
            found = loop
        return found

    def start(self, name: str, statement: ast.stmt) -> ast.Assign | None:
        """The assignment to a local name above a statement in its block, when nothing in between uses the name."""
        if name not in self.locals:
            return None
        for above in reversed(self.before(statement)):
            if mentioned(name, above):
                match above:
                    case ast.Assign(targets=[ast.Name(id=found)], value=value) if found == name:
                        return None if mentioned(name, value) else above
                return None
        return None

    def used_after(self, name: str, statement: ast.stmt) -> bool:
        """Whether the value that a name has at the end of a statement may be read later."""
        if name in self.captured or name not in self.locals:
            return True
        here: ast.AST = statement
        for above in [self.parents[statement], *self.around(self.parents[statement])]:
            if isinstance(here, ast.stmt):
                for later in self.after(here):
                    if self._reads(name, later) and not _rebinds(later, name):
                        return True
                    if _rebinds(later, name):
                        return False
            is_read = isinstance(above, ast.For | ast.While) and self._reads(name, above)
            if is_read and not self._set_first(above, name, statement):
                return True
            if above is self.function:
                return False
            here = above
        return False

    def _reads(self, name: str, node: ast.AST) -> bool:
        """Whether a node reads the function's own variable of that name, not one of a comprehension."""
        inside = set(ast.walk(node))
        return any(use in inside and isinstance(use.ctx, ast.Load) for use in self.plain_uses(name))

    def _set_first(self, loop: ast.AST, name: str, statement: ast.stmt) -> bool:
        """Whether each round of a loop gives the name a new value before it reads it."""
        assert isinstance(loop, ast.For | ast.While)
        if isinstance(loop, ast.While) and self._reads(name, loop.test):
            return False
        for inside in loop.body:
            if _rebinds(inside, name):
                return True
            if self._reads(name, inside) and not self._starts_anew(inside, name, statement):
                return inside is statement and _rebinds(inside, name)
        return True

    def _starts_anew(self, inside: ast.stmt, name: str, statement: ast.stmt) -> bool:
        """Whether a loop in a loop gives the name a new value in each of its own rounds before it reads it."""
        match inside:
            case ast.For(iter=over, orelse=[]):
                return not self._reads(name, over) and self._set_first(inside, name, statement)
        return False

    def plain_uses(self, name: str) -> list[ast.Name]:
        """Where a name stands for the function's own variable (or a global), not for one of a comprehension."""
        found = []
        for use in (n for n in self.own if isinstance(n, ast.Name) and n.id == name):
            inner = [n for n in self.around(use) if isinstance(n, Comprehension | ast.Lambda)]
            if not any(_binds_inside(n, name) for n in inner):
                found.append(use)
        return found

    def original(self, node: Statement) -> Statement:
        """The node of the user's own tree that stands where a canonical statement does."""
        place = (node.lineno, node.col_offset)
        found = (n for n in ast.walk(self.target.node) if isinstance(n, ast.stmt) and (n.lineno, n.col_offset) == place)
        there: Statement = next(n for n in found if isinstance(n, type(node)))
        return there

    def length_of(self, node: ast.AST, items: ast.expr) -> bool:
        """Whether an expression is `len(items)`, or a name that is only ever that."""
        match node:
            case ast.Call(func=ast.Name(id="len"), args=[measured]):
                return same(measured, items)
            case ast.Name(id=name) if name in self.locals - self.parameters:
                bound = [
                    n for n in self.own if isinstance(n, ast.Name) and n.id == name and not isinstance(n.ctx, ast.Load)
                ]
                above = self.parents[bound[0]] if len(bound) == 1 else None
                return isinstance(above, ast.Assign) and self.length_of(above.value, items)
        return False

    def in_try(self, statement: ast.stmt) -> bool:
        """Whether an exception here may be caught in this very function."""
        return any(isinstance(n, ast.Try | ast.With | ast.AsyncWith) for n in self.around(statement))


def _binds_inside(node: Comprehension | ast.Lambda, name: str) -> bool:
    if isinstance(node, ast.Lambda):
        return name in stored(node.args)
    return any(name in stored(part.target) for part in node.generators)


def _rebinds(statement: ast.stmt, name: str) -> bool:
    """Whether a statement surely gives a name a new value without reading the old one."""
    match statement:
        case ast.Assign(targets=targets, value=value):
            return any(name in stored(t) for t in targets) and name not in loaded(value)
        case ast.For(target=target, iter=over):
            return name in stored(target) and name not in loaded(over)
    return False


@lru_cache(maxsize=32)
def _parents(function: FunctionNode) -> dict[ast.AST, ast.AST]:
    found: dict[ast.AST, ast.AST] = {}
    for node in ast.walk(function):
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, ast.expr_context | ast.operator | ast.cmpop | ast.boolop | ast.unaryop):
                found[child] = node
    return found


@lru_cache(maxsize=32)
def _own_nodes(function: FunctionNode) -> list[ast.AST]:
    found: list[ast.AST] = []
    waiting: list[ast.AST] = list(function.body[::-1])
    while waiting:
        node = waiting.pop()
        found.append(node)
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            waiting.extend(list(ast.iter_child_nodes(node))[::-1])
    return found


def _foreign_builtins(target: Target, function: FunctionNode) -> frozenset[str]:
    """Builtins' names that the function calls, and that the module or the function binds to something else."""
    shadowed = PURE_FUNCTIONS & _module_names(target.source)
    if not shadowed:
        return shadowed
    return shadowed & {
        n.func.id for n in ast.walk(function) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
    }


@lru_cache(maxsize=4)
def _module_names(source: Source) -> frozenset[str]:
    """Walking a large module takes longer than all rules on one function: it is done once for all of them."""
    return frozenset(bound_names(source.tree))


def _blocks(node: ast.AST) -> Iterator[Block]:
    for field in ("body", "orelse", "finalbody"):
        block = getattr(node, field, None)
        if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
            yield block
