"""Between which numbers a counter runs, and simple arithmetic on such bounds."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from afterburner.rules._lists import stored_once
from afterburner.rules._view import View

Linear = dict[str, int]
"""A sum of names and a constant: `n - i - 1` is `{"n": 1, "i": -1, "": -1}`; the length in question is `#`."""


@dataclass(frozen=True)
class Counter:
    """What a name counts through: from `start` up to, not including, `stop`."""

    start: Linear
    stop: Linear


def linear(view: View, node: ast.expr, items: ast.expr) -> Linear | None:
    """An expression as a sum of names, with the length of `items` as `#`; None when it is no such sum."""
    if view.length_of(node, items):
        return {"#": 1}
    match node:
        case ast.Constant(value=int(value)):
            return _tidy({"": value})
        case ast.Name(id=name):
            return {name: 1}
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
            a, b = linear(view, left, items), linear(view, right, items)
            return None if a is None or b is None else plus(a, b, 1 if isinstance(op, ast.Add) else -1)
    return None


def plus(a: Linear, b: Linear, sign: int = 1) -> Linear:
    """a + b, or a - b with sign -1."""
    return _tidy({name: a.get(name, 0) + sign * b.get(name, 0) for name in {**a, **b}})


def counter(view: View, name: str, at: ast.AST, items: ast.expr) -> Counter | None:
    """What a name counts through where `at` stands; None when that is not known or the name is bound twice."""
    for above in view.around(at):
        parts = (
            above.generators if isinstance(above, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) else []
        )
        for part in [above, *parts]:
            if isinstance(part, ast.For | ast.comprehension):
                found = _counted(view, part, name, items)
                if found is not None:
                    return found if stored_once(view, name) else None
    return None


def _counted(view: View, loop: ast.For | ast.comprehension, name: str, items: ast.expr) -> Counter | None:
    match loop.target, loop.iter:
        case ast.Name(id=found), ast.Call(func=ast.Name(id="range"), args=[*ends], keywords=[]) if found == name:
            sums = [linear(view, end, items) for end in ends]
            if len(ends) > 2 or any(end is None for end in sums):
                return None
            return Counter({} if len(sums) == 1 else sums[0] or {}, sums[-1] or {})
        case (
            ast.Tuple(elts=[ast.Name(id=found), _]),
            ast.Call(func=ast.Name(id="enumerate"), args=[over], keywords=[]),
        ) if found == name and ast.unparse(over) == ast.unparse(items):
            return Counter({}, {"#": 1})
    return None


def _tidy(found: Linear) -> Linear:
    return {name: number for name, number in found.items() if number}
