"""How a function uses a list of its own: what it starts as, what is added, what is asked of it."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from afterburner.rules._canonical import same
from afterburner.rules._names import PURE_FUNCTIONS, constant, flat, loaded, pure, stored, uses
from afterburner.rules._view import View


@dataclass(slots=True)
class ListUse:
    """The places where a list's name stands, by what is done there."""

    tests: list[ast.Compare] = field(default_factory=list)
    """`x in items` and `x not in items`."""
    appends: list[ast.Call] = field(default_factory=list)
    """`items.append(x)` as a statement."""
    lengths: list[ast.Call] = field(default_factory=list)
    reads: list[ast.Name] = field(default_factory=list)
    """Uses that neither change the list nor keep it, but see its order: iterating, indexing, `return`."""
    calls: list[ast.Call] = field(default_factory=list)
    """Other methods of the list."""
    others: list[ast.Name] = field(default_factory=list)


def list_use(view: View, name: str, *nodes: ast.AST) -> ListUse:
    """The uses of a name within some nodes."""
    found = ListUse()
    for use in uses(name, *nodes):
        _sort_in(view, use, found)
    return found


def _sort_in(view: View, use: ast.Name, found: ListUse) -> None:
    above = view.parents[use]
    call = view.parents.get(above)
    match above:
        case ast.Compare(ops=[ast.In() | ast.NotIn()], comparators=[container]) if container is use:
            found.tests.append(above)
        case ast.Attribute() if isinstance(call, ast.Call) and call.func is above:
            is_append = above.attr == "append" and len(call.args) == 1 and isinstance(view.parents[call], ast.Expr)
            (found.appends if is_append else found.calls).append(call)
        case ast.Call(func=ast.Name(id="len")):
            found.lengths.append(above)
        case ast.Call(func=ast.Name(id=function)) if function in PURE_FUNCTIONS:
            found.reads.append(use)
        case ast.Subscript(ctx=ast.Load(), value=value) if value is use:
            found.reads.append(use)
        case ast.Return() | ast.Compare() | ast.comprehension():
            found.reads.append(use)
        case ast.For(iter=over) if over is use:
            found.reads.append(use)
        case ast.If() | ast.While() | ast.IfExp() | ast.BoolOp() | ast.UnaryOp(op=ast.Not()):
            found.reads.append(use)
        case _:
            found.others.append(use)


@dataclass(frozen=True, slots=True)
class Addition:
    """A statement that adds to a list, each time making a new one or moving all that is there."""

    statement: ast.stmt
    name: str
    items: ast.expr
    """The item of `insert`, else the list that is added."""
    at_front: bool

    @property
    def item(self) -> ast.expr | None:
        """What is added, where it is one item."""
        match self.statement, self.items:
            case ast.AugAssign(), ast.List(elts=[item]) if not isinstance(item, ast.Starred):
                return item
            case ast.AugAssign(), _:
                return None
        return self.items


def additions(loop: ast.stmt) -> list[Addition]:
    """`a = a + items`, `a = items + a` and `a.insert(0, item)` in a loop."""
    return [found for node in ast.walk(loop) if isinstance(node, ast.stmt) and (found := _addition(node))]


def _addition(statement: ast.stmt) -> Addition | None:
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="insert"), args=[first, item])):
            return Addition(statement, name, item, True) if constant(first, 0) else None
        case ast.AugAssign(target=ast.Name(id=name), op=ast.Add(), value=items) if hasattr(statement, "plain"):
            return Addition(statement, name, items, hasattr(statement, "swapped"))
    return None


def empty_list(node: ast.AST) -> bool:
    """`[]` or `list()`."""
    match node:
        case ast.List(elts=[]) | ast.Call(func=ast.Name(id="list"), args=[], keywords=[]):
            return True
    return False


def new_list(node: ast.AST) -> bool:
    """Whether an expression makes a list that nobody else holds."""
    match node:
        case ast.List() | ast.ListComp() | ast.Call(func=ast.Name(id="list" | "sorted")):
            return True
        case ast.BinOp(left=left, op=ast.Add() | ast.Mult()):
            return new_list(left)
    return False


def guarded(view: View, append: ast.Call, name: str) -> bool:
    """Whether `items.append(x)` runs only when `x not in items`."""
    item, below = append.args[0], view.statement(append)
    for above in view.around(below):
        match above:
            case ast.If(test=test, body=body) | ast.While(test=test, body=body):
                if _asks(test, item, name) and any(s is below for s in body):
                    return not stored(*view.before(below)) & loaded(item)
        if isinstance(above, ast.stmt):
            if stored(*view.before(below)) & (loaded(item) | {name}):
                return False
            below = above
    return False


def _asks(test: ast.expr, item: ast.expr, name: str) -> bool:
    parts = test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]
    for part in parts:
        match part:
            case ast.Compare(left=left, ops=[ast.NotIn()], comparators=[ast.Name(id=found)]):
                if found == name and same(left, item):
                    return True
    return False


def simple(node: ast.expr) -> bool:
    """Whether an expression can stand once more: pure, and not long to compute."""
    return pure(node) and not any(isinstance(n, ast.ListComp | ast.GeneratorExp | ast.SetComp) for n in ast.walk(node))


def only_a_set(view: View, name: str) -> bool:
    """Whether a local list is only asked for membership, so that a set does the same."""
    use = list_use(view, name, *view.function.body)
    starts = [n for n in use.others if isinstance(view.parents[n], ast.Assign)]
    tidy = not use.reads and not use.calls and len(starts) == 1 == len(use.others)
    counts = not use.lengths or all(guarded(view, call, name) for call in use.appends)
    return bool(tidy and counts and use.tests and use.appends and name not in view.captured)


def comes_from(view: View, item: ast.expr, items: ast.expr) -> bool:
    """Whether a name is surely bound to an element of `items`: by a loop over it, `set(items)`, `sorted(items)`."""
    if not isinstance(item, ast.Name):
        return False
    for above in view.around(item):
        parts = (
            above.generators if isinstance(above, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) else []
        )
        for part in [above, *parts]:
            if isinstance(part, ast.For | ast.comprehension) and item.id in flat(part.target):
                return _gives(part, item, items) and stored_once(view, item.id)
    return False


def _gives(loop: ast.For | ast.comprehension, item: ast.Name, items: ast.expr) -> bool:
    match loop.target, loop.iter:
        case ast.Tuple(elts=[_, second]), ast.Call(func=ast.Name(id="enumerate"), args=[over]):
            return same(second, item) and same(_elements(over), items)
    return same(loop.target, item) and same(_elements(loop.iter), items)


def stored_once(view: View, name: str) -> bool:
    """Whether only one place binds a name."""
    return sum(isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Store) for n in view.own) == 1


def _elements(node: ast.expr) -> ast.expr:
    match node:
        case ast.Call(func=ast.Name(id="set" | "sorted" | "list" | "tuple" | "reversed" | "frozenset"), args=[inner]):
            return _elements(inner)
    return node
