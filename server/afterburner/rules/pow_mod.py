"""Multiplying again and again with a remainder becomes `pow(base, exponent, modulus)`.

Why it is slow
--------------
The loop does as many multiplications as the exponent says; `pow` with three arguments squares, and needs as many as the
exponent has bits.

Example
-------
```python
def power(a, b, m):
    r = 1
    for _ in range(b):
        r = r * a % m
    return r
```

becomes

```python
def power(a, b, m):
    r = pow(a % m, b, m) if b > 0 else 1
    return r
```

When it changes behaviour
-------------------------
It does not for whole numbers, a modulus of 0 included. Floats have no `pow` with a modulus.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from afterburner.core.facts import Facts
from afterburner.core.rewrite import Rewrite, Safety
from afterburner.core.target import Target
from afterburner.rules._draft import Draft
from afterburner.rules._names import constant, loaded, pure
from afterburner.rules._pattern import Found, find_statements
from afterburner.rules._view import View

id = "pow-mod"
improves = "time"
safety = Safety.NEEDS_PROOF
group = "numeric"

_FOR = ("for i in range(B):\n    r = r * A % M", "for i in range(B):\n    r *= A\n    r %= M")
_WHILE = (
    "while b:\n    r = r * A % M\n    b -= 1",
    "while 0 < b:\n    r = r * A % M\n    b -= 1",
    "while 0 < b:\n    r *= A\n    r %= M\n    b -= 1",
)


def find(target: Target, facts: Facts) -> Iterator[Rewrite]:
    view = View(target, facts)
    for pattern in _FOR + _WHILE:
        for found, (loop,) in find_statements(pattern, view):
            start = view.start(found["r"].id, loop)
            if start is not None and constant(start.value, 1) and _steady(view, loop, found):
                yield from _rewrite(view, start, loop, found)


def _steady(view: View, loop: ast.stmt, found: Found) -> bool:
    """Whether base, exponent and modulus stay the same, and the loop leaves nothing else behind."""
    counting = found.get("i") or found["b"]
    own = {counting.id, found["r"].id}
    fixed = [found["A"], found["M"], *([found["B"]] if "B" in found else [])]
    numbers = all(pure(node) and view.typing.only(node, "int", "bool") for node in fixed)
    orelse = isinstance(loop, ast.For | ast.While) and loop.orelse
    return numbers and not own & loaded(*fixed) and not view.used_after(counting.id, loop) and not orelse


def _is_other_than_zero(modulus: ast.expr) -> bool:
    return isinstance(modulus, ast.Constant) and bool(modulus.value)


def _rewrite(view: View, start: ast.Assign, loop: ast.stmt, found: Found) -> Iterator[Rewrite]:
    draft = Draft(view.target, id, safety)
    base, modulus = draft.text(found["A"]), draft.text(found["M"])
    if not _is_other_than_zero(found["M"]):
        base = f"{draft.atom(found['A'])} % {draft.atom(found['M'])}"  # raises what the loop does for a modulus of 0
    exponent = found["B"] if "B" in found else found["b"]
    name = found["r"].id
    text = f"{name} = pow({base}, {draft.text(exponent)}, {modulus}) if {draft.text(exponent)} > 0 else 1"
    if view.before(loop)[-1] is start:
        draft.replace_statements(start, loop, text)
    else:
        draft.replace_statements(loop, loop, text)
    seen = view.evidence(found["A"], exponent, found["M"])
    yield from draft.finish(f"`{name}` is computed by `pow` with a modulus{seen}")
