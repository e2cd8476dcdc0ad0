"""Recursion: which calls a function makes of itself, how many on one path, and whether it does nothing else."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from afterburner.rules._names import PURE_FUNCTIONS, PURE_MODULES, READING_METHODS, STORING_METHODS, root
from afterburner.rules._view import View

_LOOPED = 2
"""A call in a loop counts as this many."""


def own_calls(view: View) -> list[ast.Call]:
    """The calls of the target in its own body; none when it is used in another way or called unusually."""
    name, count = view.target.name, len(view.target.parameters)
    calls, mentions = [], 0
    for node in view.own:
        mentions += (isinstance(node, ast.Name) and node.id == name) or (
            isinstance(node, ast.Attribute) and node.attr == name
        )
        if isinstance(node, ast.Call) and _is_self(view, node.func):
            plain = len(node.args) <= count and not any(isinstance(a, ast.Starred) for a in node.args)
            calls += [node] if plain and not node.keywords else []
    return calls if mentions == len(calls) else []


def _is_self(view: View, function: ast.expr) -> bool:
    name = view.target.name
    if view.target.kind == "method":
        me = view.function.args.args[:1]
        return (
            isinstance(function, ast.Attribute)
            and function.attr == name
            and root(function) == (me[0].arg if me else "")
        )
    return isinstance(function, ast.Name) and function.id == name


def works_alone(view: View, calls: Sequence[ast.Call]) -> bool:
    """Whether the function only computes: no effects, no state but its own locals."""
    return not any(_has_effect(view, node, calls) for node in view.own)


def _has_effect(view: View, node: ast.AST, calls: Sequence[ast.Call]) -> bool:
    match node:
        case ast.Attribute(ctx=ast.Store() | ast.Del()) | ast.Subscript(ctx=ast.Store() | ast.Del()):
            return True
        case ast.Global() | ast.Nonlocal() | ast.Lambda() | ast.FunctionDef() | ast.ClassDef() | ast.With():
            return True
        case ast.Call(func=ast.Name(id=name)):
            return not (any(node is call for call in calls) or name in PURE_FUNCTIONS)
        case ast.Call(func=ast.Attribute(value=value, attr=attr)):
            if any(node is call for call in calls) or root(value) in PURE_MODULES or attr in READING_METHODS:
                return False
            return attr not in STORING_METHODS or root(value) not in view.locals - view.parameters
        case ast.Call():
            return True
    return False


def most_calls(body: Sequence[ast.stmt], view: View, calls: Sequence[ast.Call]) -> int:
    """The most own calls on any path through the body; a call in a loop counts twice."""
    places = {(call.lineno, call.col_offset, call.end_col_offset) for call in calls}
    return _block(list(body), places)


_Places = set[tuple[int, int, int | None]]


def _block(body: list[ast.stmt], calls: _Places) -> int:
    total = 0
    for place, node in enumerate(body):
        match node:
            case ast.If(test=test, body=then, orelse=otherwise):
                rest = _block(body[place + 1 :], calls)
                ends = isinstance(then[-1], ast.Return | ast.Raise)
                taken, left = _block(then, calls) + (0 if ends else rest), _block(otherwise, calls) + rest
                return total + _expression(test, calls) + max(taken, left)
            case ast.For() | ast.While():
                total += _LOOPED * (_block(node.body, calls) + _block(node.orelse, calls))
                total += (
                    _LOOPED * _expression(node.test, calls)
                    if isinstance(node, ast.While)
                    else _expression(node.iter, calls)
                )
            case ast.Try():
                total += _block(node.body, calls) + max([_block(h.body, calls) for h in node.handlers], default=0)
            case _:
                total += _expression(node, calls)
    return total


def _expression(node: ast.AST, calls: _Places) -> int:
    match node:
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return _expression(test, calls) + max(_expression(body, calls), _expression(orelse, calls))
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
            return _LOOPED * sum(_expression(child, calls) for child in ast.iter_child_nodes(node))
    mine = isinstance(node, ast.Call) and (node.lineno, node.col_offset, node.end_col_offset) in calls
    return mine + sum(_expression(child, calls) for child in ast.iter_child_nodes(node))
