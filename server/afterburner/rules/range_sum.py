"""Adding up the numbers of a range, their squares or cubes becomes a formula.

Why it is slow
--------------
The sum of the first n numbers is n(n − 1)/2, that of their squares (n − 1)n(2n − 1)/6: no loop is needed.

Example
-------
```python
def total(n):
    s = 0
    for i in range(n):
        s += i
    return s
```

becomes

```python
def total(n):
    s = 0
    terms = len(range(n))
    s += terms * (terms - 1) // 2
    return s
```

When it changes behaviour
-------------------------
It does not: `len(range(n))` treats negative numbers and wrong types as the loop does, and whole numbers are exact.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from afterburner.core.facts import Facts
from afterburner.core.rewrite import Rewrite, Safety
from afterburner.core.target import Target
from afterburner.rules._draft import Draft
from afterburner.rules._names import constant, mentioned
from afterburner.rules._pattern import match_expression
from afterburner.rules._view import View

id = "range-sum"
improves = "time"
safety = Safety.PRESERVING
group = "numeric"

_FORMULAS = {
    (0, 1): "{t} * ({t} - 1) // 2",
    (0, 2): "({t} - 1) * {t} * (2 * {t} - 1) // 6",
    (0, 3): "({t} * ({t} - 1) // 2) ** 2",
    (1, 1): "{t} * ({t} + 1) // 2",
    (1, 2): "{t} * ({t} + 1) * (2 * {t} + 1) // 6",
    (1, 3): "({t} * ({t} + 1) // 2) ** 2",
}
"""By first number and power, for `t` numbers."""

_POWERS = {"i": 1, "i * i": 2, "i ** 2": 2, "i * i * i": 3, "i ** 3": 3}


def find(target: Target, facts: Facts) -> Iterator[Rewrite]:
    view = View(target, facts)
    for loop in view.nodes(ast.For):
        match loop:
            case ast.For(
                target=ast.Name(id=i),
                body=[ast.AugAssign(target=ast.Name(id=name), op=ast.Add(), value=term)],
                orelse=[],
            ) if not hasattr(loop, "counter"):
                start = view.start(name, loop)
                formula = _formula(loop.iter, i, term)
                if formula and start and _whole(start.value) and i != name and not view.used_after(i, loop):
                    yield from _loop(view, loop, name, formula)
    for call in view.nodes(ast.Call):
        summed = _of_call(call)
        if summed and _evaluated_once(view, call):
            yield from _call(view, call, *summed)


def _whole(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int


def _formula(over: ast.expr, i: str, term: ast.expr) -> str:
    """The sum of `term` over a range of `{t}` numbers; '' when there is no formula for it."""
    match over:
        case ast.Call(func=ast.Name(id="range"), args=[_], keywords=[]):
            first = 0
        case ast.Call(func=ast.Name(id="range"), args=[start, _], keywords=[]) if constant(start, 1):
            first = 1
        case _:
            return ""
    for pattern, power in _POWERS.items():
        found = match_expression(pattern, term)
        if found and found["i"].id == i:
            return _FORMULAS[first, power]
    return ""


def _of_call(call: ast.Call) -> tuple[ast.expr, str] | None:
    """The range that a call of `sum` goes through, and the formula."""
    over: ast.expr
    match call:
        case ast.Call(func=ast.Name(id="sum"), args=[ast.Call() as over], keywords=[]):
            formula = _formula(over, "i", ast.Name("i", ast.Load()))
        case ast.Call(
            func=ast.Name(id="sum"),
            args=[ast.GeneratorExp(elt=term, generators=[part]) | ast.ListComp(elt=term, generators=[part])],
            keywords=[],
        ) if isinstance(part.target, ast.Name) and not part.ifs:
            over, formula = part.iter, _formula(part.iter, part.target.id, term)
        case _:
            return None
    return (over, formula) if formula else None


def _evaluated_once(view: View, call: ast.Call) -> bool:
    """Whether the statement around always computes the sum, once."""
    for above in view.around(call):
        match above:
            case ast.Return() | ast.Assign() | ast.AugAssign() | ast.Expr():
                return True
            case ast.BinOp() | ast.Call() | ast.Tuple() | ast.List() | ast.UnaryOp() | ast.keyword():
                continue
        return False
    return False


def _loop(view: View, loop: ast.For, name: str, formula: str) -> Iterator[Rewrite]:
    if mentioned(name, loop.iter):
        return
    draft = Draft(view.target, id, safety)
    terms = draft.fresh("terms")
    text = f"{terms} = len({draft.text(loop.iter)})\n{name} += {formula.format(t=terms)}"
    draft.replace_statements(loop, loop, text)
    yield from draft.finish(f"`{name}` is computed by a formula")


def _call(view: View, call: ast.Call, over: ast.expr, formula: str) -> Iterator[Rewrite]:
    draft = Draft(view.target, id, safety)
    terms = draft.fresh("terms")
    draft.insert_before(view.statement(call), f"{terms} = len({draft.text(over)})")
    text = formula.format(t=terms)
    draft.replace(call, f"({text})" if isinstance(view.parents[call], ast.BinOp | ast.UnaryOp) else text)
    yield from draft.finish("the sum over the range is computed by a formula")
