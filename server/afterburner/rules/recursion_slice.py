"""Recursion on `items[1:]` becomes a loop from the last element to the first.

Why it is slow
--------------
Each call copies all that is left, n²/2 elements altogether, and a call costs as much as some twenty additions. The
results come together from the end, so a loop over the reversed items computes them in the same order, without copies.

Example
-------
```python
def total(prices):
    if not prices:
        return 0
    return prices[0] + total(prices[1:])
```

becomes

```python
def total(prices):
    if not prices:
        return 0
    result = 0
    for item in reversed(prices):
        result = item + result
    return result
```

When it changes behaviour
-------------------------
Items must be a list, a tuple, text or bytes. What is too long for recursion no longer raises `RecursionError`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from afterburner.core.facts import Facts
from afterburner.core.rewrite import Rewrite, Safety
from afterburner.core.target import Target
from afterburner.rules._calls import own_calls, works_alone
from afterburner.rules._canonical import same
from afterburner.rules._draft import Draft
from afterburner.rules._names import mentioned, stored, uses
from afterburner.rules._pattern import match_expression
from afterburner.rules._view import Block, View

id = "recursion-slice"
improves = "time"
safety = Safety.NEEDS_PROOF
group = "algorithm"

_STRAIGHT = ast.BinOp | ast.UnaryOp | ast.Call | ast.keyword | ast.Tuple | ast.List | ast.Attribute | ast.Subscript
_EMPTY = ("not a", "len(a) == 0", "a == []", "a == ''", "a == ()")


@dataclass(frozen=True, slots=True)
class Fold:
    """`if not items: return start`, then `return step` in which the function is called once with `items[1:]`."""

    items: str
    empty: ast.expr
    start: ast.expr
    step: ast.expr
    call: ast.Call
    last: ast.stmt
    """The statement that holds the step."""
    name: str = ""
    """The local that gets the result of the call, where there is one, in the statement before."""


def find(target: Target, facts: Facts) -> Iterator[Rewrite]:
    view = View(target, facts)
    calls = own_calls(view)
    if len(calls) == 1 and not target.node.decorator_list and works_alone(view, calls):
        fold = _fold(view, calls[0])
        if fold is not None and _goes_down(view, fold) and _folds(view, fold):
            yield from _rewrite(view, fold)


def _fold(view: View, call: ast.Call) -> Fold | None:
    body = view.function.body
    docstring = ast.get_docstring(view.function, clean=False) is not None
    match body[1:] if docstring else body:
        case [ast.If(test=test, body=[ast.Return(value=ast.expr() as start)], orelse=[]), *rest]:
            return _ending(test, start, call, rest)
        case [ast.If(test=test, body=[ast.Return(value=ast.expr() as start)], orelse=[*rest])]:
            return _ending(test, start, call, rest)
        case [ast.Return(value=ast.IfExp(test=test, body=start, orelse=step)) as last]:
            return _tested(test, start, step, call, last)
    return None


def _ending(test: ast.expr, start: ast.expr, call: ast.Call, rest: Block) -> Fold | None:
    match rest:
        case [ast.Return(value=ast.expr() as step) as last]:
            return _tested(test, start, step, call, last)
        case [ast.Assign(targets=[ast.Name(id=name)], value=value), ast.Return(value=ast.expr() as step) as last]:
            return _tested(test, start, step, call, last, name) if value is call else None
    return None


def _tested(
    test: ast.expr, start: ast.expr, step: ast.expr, call: ast.Call, last: ast.stmt, name: str = ""
) -> Fold | None:
    for pattern in _EMPTY:
        found = match_expression(pattern, test)
        if found is not None and isinstance(found["a"], ast.Name):
            return Fold(found["a"].id, test, start, step, call, last, name)
    return None


def _goes_down(view: View, fold: Fold) -> bool:
    """Whether the call differs from this one only in leaving the first item out."""
    names = [parameter.arg for parameter in view.target.parameters]
    if fold.items not in names or len(fold.call.args) != len(names) or view.target.node.args.kwonlyargs:
        return False
    for name, argument in zip(names, fold.call.args, strict=True):
        rest = match_expression("a[1:]", argument) if name == fold.items else {"a": argument}
        if rest is None or not same(rest["a"], ast.Name(name, ast.Load())):
            return False
    return not stored(*view.function.body) & set(names)


def _folds(view: View, fold: Fold) -> bool:
    """Whether every step makes the call, and of the items uses the first alone."""
    around = [] if fold.name else list(view.around(fold.call))
    straight = bool(fold.name) or (
        fold.step in around and all(isinstance(above, _STRAIGHT) for above in around[: around.index(fold.step) + 1])
    )
    within = set(ast.walk(fold.call))
    others = [use for use in uses(fold.items, fold.step) if use not in within]
    firsts = all(match_expression("a[0]", view.parents[use]) for use in others)
    listed = view.typing.could_be(ast.Name(fold.items, ast.Load()), "list", "tuple", "str", "bytes")
    return straight and firsts and listed and not mentioned(fold.items, fold.start)


def _rewrite(view: View, fold: Fold) -> Iterator[Rewrite]:
    draft = Draft(view.target, id, safety)
    result, item = fold.name or draft.fresh("result"), draft.fresh("item")
    within = set(ast.walk(fold.call))
    parts: dict[ast.AST, str] = {view.parents[use]: item for use in uses(fold.items, fold.step) if use not in within}
    if not fold.name:
        parts[fold.call] = result
    lines = [
        f"{result} = {draft.text(fold.start)}",
        f"for {item} in reversed({fold.items}):",
        f"    {result} = {draft.substituted(fold.step, parts)}",
        f"return {result}",
    ]
    if isinstance(view.parents[fold.start], ast.IfExp):
        lines = [f"if {draft.text(fold.empty)}:", f"    return {draft.text(fold.start)}", *lines]
    first = view.before(fold.last)[-1] if fold.name else fold.last
    draft.replace_statements(first, fold.last, "\n".join(lines))
    shown = view.evidence(ast.Name(fold.items, ast.Load()))
    yield from draft.finish(f"a loop goes through `{fold.items}` from its end, without copies{shown}")
