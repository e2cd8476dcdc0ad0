"""One spelling for many: a function's tree with guards, loops and comparisons brought to one form each.

Nodes keep their positions in the text; those that mean something else than the text there carry `synthetic = True`.
"""

from __future__ import annotations

import ast
import copy
from functools import lru_cache
from typing import TypeVar

from afterburner.core.target import FunctionNode

Node = TypeVar("Node", bound=ast.AST)

_OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip


@lru_cache(maxsize=32)
def canonical(function: FunctionNode) -> FunctionNode:
    """A copy in which

    - `a > b` is `b < a`, `not a in b` is `a not in b`;
    - `x = x + y` is `x += y` with `plain = True`, and `x = y * x` also with `swapped = True`;
    - `if c: continue` before other statements is `if not c:` around them;
    - `len(q) > 0`, `q != []` as a condition is `q`; `range(0, n, 1)` is `range(n)`;
    - `i = 0; while i < n: …; i += 1` is `for i in range(n): …` with `counter` and `step`, the two statements.
    """
    found: FunctionNode = _Canonical(function).visit(copy.deepcopy(function))
    return found


def canonical_part(tree: ast.AST) -> ast.AST:
    """The same for a piece of code on its own, which this call may change."""
    found: ast.AST = _Canonical(tree).visit(tree)
    return found


def negated(test: ast.expr) -> ast.expr:
    """The opposite condition, where `not` has a shorter form in that form."""
    match test:
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _OPPOSITE:
            new: ast.expr = ast.Compare(left, [_OPPOSITE[type(op)]()], [right])
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return operand
        case _:
            new = ast.UnaryOp(ast.Not(), test)
    return _made(new, test)


def same(a: ast.AST | None, b: ast.AST | None) -> bool:
    """Whether two pieces of code are the same, wherever they stand."""
    if isinstance(a, ast.Name) and isinstance(b, ast.Name):
        return a.id == b.id
    if a is None or b is None or type(a) is not type(b):
        return a is b
    return _plain(a) == _plain(b)


def _plain(node: ast.AST) -> str:
    return ast.dump(node).replace("Store()", "Load()").replace("Del()", "Load()")


def _made(new: Node, place: ast.AST) -> Node:
    return ast.copy_location(_marked(new, synthetic=True), place)


def _marked(node: Node, **marks: object) -> Node:
    """The node with attributes of ours."""
    vars(node).update(marks)
    return node


class _Canonical(ast.NodeTransformer):
    def __init__(self, whole: ast.AST) -> None:
        names = (n for n in ast.walk(whole) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load))
        self.loads = [(n.id, n.lineno) for n in names]

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                setattr(node, field, self._counted(block))
        return node

    def visit_For(self, node: ast.For) -> ast.AST:
        self.generic_visit(node)
        node.body = _without_continue(node.body) or node.body
        return node

    def visit_While(self, node: ast.While) -> ast.AST:
        self.generic_visit(node)
        node.body = _without_continue(node.body) or node.body
        node.test = _condition(node.test)
        return node

    def visit_If(self, node: ast.If) -> ast.AST:
        self.generic_visit(node)
        node.test = _condition(node.test)
        if all(isinstance(statement, ast.Pass) for statement in node.orelse):
            node.orelse = []
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.UnaryOp(op=ast.Not(), operand=ast.Compare(left=left, ops=[op], comparators=[right])):
                if type(op) in _OPPOSITE:
                    return ast.copy_location(ast.Compare(left, [_OPPOSITE[type(op)]()], [right]), node)
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.Compare(left=left, ops=[ast.Gt()], comparators=[right]):
                return ast.copy_location(ast.Compare(right, [ast.Lt()], [left]), node)
            case ast.Compare(left=left, ops=[ast.GtE()], comparators=[right]):
                return ast.copy_location(ast.Compare(right, [ast.LtE()], [left]), node)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.Call(func=ast.Name(id="range"), args=[ast.Constant(value=0), stop]):
                node.args = [stop]
            case ast.Call(func=ast.Name(id="range"), args=[start, stop, ast.Constant(value=1)]):
                node.args = [stop] if isinstance(start, ast.Constant) and start.value == 0 else [start, stop]
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.Assign(
                targets=[ast.Name() | ast.Subscript() as to], value=ast.BinOp(left=left, op=op, right=right)
            ):
                swapped = not same(to, left)
                if swapped and not (same(to, right) and isinstance(op, ast.Add | ast.Mult)):
                    return node
                new = ast.copy_location(ast.AugAssign(to, op, left if swapped else right), node)
                return _marked(new, plain=True, **({"swapped": True} if swapped else {}))
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.target, ast.Name) and node.value is not None:
            new = ast.copy_location(ast.Assign([node.target], node.value), node)
            return _marked(new, annotation=node.annotation)
        return node

    def _counted(self, block: list[ast.stmt]) -> list[ast.stmt]:
        """`while` loops that only count made `for` loops over a range."""
        for place, node in enumerate(block):
            if isinstance(node, ast.While) and (found := self._count(block, place, node)):
                block[place] = found
        return block

    def _count(self, block: list[ast.stmt], place: int, loop: ast.While) -> ast.For | None:
        match loop.test, loop.body[-1]:
            case (
                ast.Compare(left=ast.Name(id=name), ops=[ast.Lt()], comparators=[stop]),
                ast.AugAssign(target=ast.Name(id=stepped), op=ast.Add(), value=ast.Constant(value=1)) as step,
            ) if name == stepped and len(loop.body) > 1:
                pass
            case _:
                return None
        starts = [(i, s) for i, s in enumerate(block[:place]) if name in _stored(s)]
        if not starts or not self._is_counter(name, loop, block[place + 1 :]):
            return None
        at, start = starts[-1]
        if not isinstance(start, ast.Assign) or not isinstance(start.targets[0], ast.Name) or len(start.targets) > 1:
            return None
        if any(name in _loaded(statement) for statement in block[at + 1 : place]):
            return None
        if _stored_any(loop.body[:-1]) & ({name} | _loaded(stop) | _loaded(start.value)) or _resized(loop, stop):
            return None
        zero = isinstance(start.value, ast.Constant) and start.value.value == 0
        arguments = [stop] if zero else [start.value, stop]
        numbers = ast.Call(ast.Name("range", ast.Load()), arguments, [])
        new = ast.For(ast.Name(name, ast.Store()), numbers, loop.body[:-1], loop.orelse)
        for part in (new.target, numbers.func, numbers):
            _made(part, loop.test)
        return _made(_marked(new, counter=start, step=step), loop)

    def _is_counter(self, name: str, loop: ast.While, rest: list[ast.stmt]) -> bool:
        """Whether nothing reads the counter after the loop, and nothing jumps over its step."""
        if any(isinstance(node, ast.Continue) for node in ast.walk(loop)):
            return False
        for statement in rest:
            if name in _loaded(statement):
                return False
            if name in _stored(statement) and isinstance(statement, ast.Assign | ast.For):
                return True
        lines = range(loop.lineno, (loop.end_lineno or 0) + 1)
        return all(line in lines for loaded, line in self.loads if loaded == name)


def _without_continue(body: list[ast.stmt]) -> list[ast.stmt]:
    kept: list[ast.stmt] = []
    for place, node in enumerate(body):
        if isinstance(node, ast.If) and not node.orelse and isinstance(node.body[-1], ast.Continue):
            head, rest = node.body[:-1], _without_continue(body[place + 1 :])
            if not head and not rest:
                return kept
            test = node.test if head else negated(node.test)
            new = _made(ast.If(test, head or rest, rest if head else []), node)
            last = (head + rest)[-1]
            new.end_lineno, new.end_col_offset = last.end_lineno, last.end_col_offset
            return [*kept, new]
        if not isinstance(node, ast.Continue):
            kept.append(node)
    return kept


def _condition(test: ast.expr) -> ast.expr:
    """`q` for the ways to ask whether `q` holds something."""
    match test:
        case ast.BoolOp():
            test.values = [_condition(value) for value in test.values]
        case ast.Compare(left=ast.Constant(value=0), ops=[ast.Lt()], comparators=[size]):
            return _measured(size) or test
        case ast.Compare(left=ast.Constant(value=1), ops=[ast.LtE()], comparators=[size]):
            return _measured(size) or test
        case ast.Compare(left=size, ops=[ast.NotEq()], comparators=[ast.Constant(value=0)]):
            return _measured(size) or test
        case ast.Compare(left=q, ops=[ast.NotEq()], comparators=[ast.List(elts=[]) | ast.Constant(value="")]):
            return q
    return _measured(test) or test


def _measured(node: ast.expr) -> ast.expr | None:
    """`q` of `len(q)`."""
    match node:
        case ast.Call(func=ast.Name(id="len"), args=[q]):
            return q
    return None


def _stored(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}


def _stored_any(nodes: list[ast.stmt]) -> set[str]:
    return {name for node in nodes for name in _stored(node)}


def _loaded(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


_RESIZING = {
    "append",
    "pop",
    "remove",
    "insert",
    "extend",
    "clear",
    "add",
    "discard",
    "popleft",
    "appendleft",
    "update",
}


def _resized(loop: ast.While, stop: ast.expr) -> bool:
    """Whether the loop may change the length that bounds it."""
    measured = _loaded(stop) - {"len"}
    for node in ast.walk(loop):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attr)) if attr in _RESIZING:
                if name in measured:
                    return True
            case ast.Delete():
                return True
    return False
