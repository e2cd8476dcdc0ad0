"""Looking for a divisor ends at the square root.

Why it is slow
--------------
If `n` has a divisor at all, apart from 1 and itself, its smallest one is at most √n. Numbers beyond that need no test.

Example
-------
```python
def is_prime(n):
    if n < 2:
        return False
    for i in range(2, n):
        if n % i == 0:
            return False
    return True
```

becomes

```python
from math import isqrt

def is_prime(n):
    if n < 2:
        return False
    for i in range(2, isqrt(n) + 1):
        if n % i == 0:
            return False
    return True
```

When it changes behaviour
-------------------------
It does not for whole numbers: the first divisor found is the same one, or none.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from afterburner.core.facts import Facts
from afterburner.core.rewrite import Rewrite, Safety
from afterburner.core.target import Target
from afterburner.rules._canonical import same
from afterburner.rules._draft import Draft
from afterburner.rules._names import constant, stored
from afterburner.rules._pattern import match_expression
from afterburner.rules._view import View

id = "trial-division"
improves = "time"
safety = Safety.NEEDS_PROOF
group = "numeric"

_DIVIDES = ("N % i == 0", "not N % i")
_FREE_OF = ("N % i != 0", "0 < N % i", "N % i")
_STOPS = ("N", "N - 1", "N // 2 + 1", "int(N / 2) + 1")


def find(target: Target, facts: Facts) -> Iterator[Rewrite]:
    view = View(target, facts)
    for loop in view.nodes(ast.For):
        match loop:
            case ast.For(target=ast.Name(id=i), body=[ast.If(test=test, body=[*_, last], orelse=[])]):
                number = _divided(test, i, _DIVIDES)
                ends = isinstance(last, ast.Return | ast.Break | ast.Raise)
                if number and ends and number.id not in stored(loop) and not view.used_after(i, loop):
                    yield from _rewrite(view, loop, number)
    for call in view.nodes(ast.Call):
        match call:
            case ast.Call(
                func=ast.Name(id="any" | "all" as name),
                args=[ast.GeneratorExp(elt=elt, generators=[ast.comprehension(target=ast.Name(id=i), ifs=[]) as part])],
            ):
                number = _divided(elt, i, _DIVIDES if name == "any" else _FREE_OF)
                if number:
                    yield from _rewrite(view, part, number)


def _divided(test: ast.expr, i: str, patterns: tuple[str, ...]) -> ast.Name | None:
    """`n` of `n % i == 0`."""
    for pattern in patterns:
        found = match_expression(pattern, test)
        if found and found["i"].id == i and isinstance(found["N"], ast.Name) and found["N"].id != i:
            number: ast.Name = found["N"]
            return number
    return None


def _rewrite(view: View, loop: ast.For | ast.comprehension, number: ast.Name) -> Iterator[Rewrite]:
    match loop.iter:
        case ast.Call(func=ast.Name(id="range"), args=[first, stop], keywords=[]) if constant(first, 2):
            founds = [found for pattern in _STOPS if (found := match_expression(pattern, stop))]
        case _:
            return
    if not any(same(found["N"], number) for found in founds) or not view.typing.only(number, "int", "bool"):
        return
    draft = Draft(view.target, id, safety)
    assert isinstance(loop.target, ast.Name)
    if hasattr(loop, "counter"):
        draft.replace(loop.iter, f"{loop.target.id} * {loop.target.id} <= {number.id}")
    else:
        inner = number.id if _not_negative(view, loop, number) else f"max({number.id}, 0)"
        draft.replace(stop, f"{draft.imported('math', 'isqrt')}({inner}) + 1")
    yield from draft.finish(f"divisors of `{number.id}` are looked for up to its square root{view.evidence(number)}")


def _not_negative(view: View, loop: ast.For | ast.comprehension, number: ast.Name) -> bool:
    """Whether the number is known to be at least 0 here: by an early end, a condition around, or a range."""
    here: ast.AST = loop
    for above in view.around(loop):
        if isinstance(here, ast.stmt) and any(_ends_below(node, number) for node in view.before(here)):
            return True
        match above:
            case ast.If(test=test, body=body) if any(s is here for s in body):
                if any(_least(found, "M < N") or _least(found, "M <= N") for found in _parts(test, ast.And, number)):
                    return True
            case ast.For(target=ast.Name(id=name), iter=over) | ast.comprehension(target=ast.Name(id=name), iter=over):
                if name == number.id and (match_expression("range(M)", over) or _range_from(over)):
                    return True
        here = above
    return False


def _ends_below(node: ast.stmt, number: ast.Name) -> bool:
    """`if n < 2: return False`."""
    match node:
        case ast.If(test=test, body=[*_, ast.Return() | ast.Raise() | ast.Continue()]):
            return any(_least(part, "N < M") or _least(part, "N <= M") for part in _parts(test, ast.Or, number))
    return False


def _parts(test: ast.expr, op: type[ast.boolop], number: ast.Name) -> list[ast.expr]:
    parts = test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, op) else [test]
    return [part for part in parts if any(same(n, number) for n in ast.walk(part))]


def _least(test: ast.expr, pattern: str) -> bool:
    found = match_expression(pattern, test)
    return found is not None and _counts(found["M"])


def _range_from(over: ast.expr) -> bool:
    found = match_expression("range(M, STOP)", over)
    return found is not None and _counts(found["M"])


def _counts(limit: ast.expr) -> bool:
    return isinstance(limit, ast.Constant) and isinstance(limit.value, int) and limit.value >= 0
