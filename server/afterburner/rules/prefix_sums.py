"""The sum of a slice inside a loop becomes the difference of two running sums.

Why it is slow
--------------
`sum(a[i:j])` copies the slice and adds all of it, for each pair of ends anew. With the running sums of the list, built
once, the sum of any slice is one subtraction.

Example
-------
```python
def totals(a):
    return [sum(a[:i + 1]) for i in range(len(a))]
```

becomes

```python
from itertools import accumulate

def totals(a):
    prefix = list(accumulate(a, initial=0))
    return [prefix[i + 1] for i in range(len(a))]
```

When it changes behaviour
-------------------------
Exact for whole numbers. Floats round differently, so it is not proposed where they were seen.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from afterburner.core.facts import Facts
from afterburner.core.rewrite import Rewrite, Safety
from afterburner.core.target import Target
from afterburner.rules._bounds import Linear, counter, linear, plus
from afterburner.rules._canonical import same
from afterburner.rules._draft import Draft
from afterburner.rules._names import constant, root
from afterburner.rules._view import View

id = "prefix-sums"
improves = "time"
safety = Safety.NEEDS_PROOF
group = "algorithm"


@dataclass(frozen=True, slots=True)
class Sum:
    """`sum(items[low:high])`."""

    call: ast.Call
    items: ast.expr
    low: ast.expr | None
    high: ast.expr | None


def find(target: Target, facts: Facts) -> Iterator[Rewrite]:
    view = View(target, facts)
    done: list[ast.expr] = []
    for call in view.nodes(ast.Call):
        one = _summed(call)
        if one is None or any(same(one.items, other) for other in done) or not _whole_numbers(view, one.items):
            continue
        sums = [s for n in view.nodes(ast.Call) if (s := _summed(n)) and same(s.items, one.items)]
        sums = [s for s in sums if _varies(view, s.call) and _unless(view, s) is not None]
        loops = [view.hoistable(s.items, s.call) for s in sums]
        above = {loop.statement for loop in loops if loop}
        if sums and all(loops) and len(above) == 1:
            done.append(one.items)
            yield from _rewrite(view, one.items, above.pop(), sums)


def _summed(call: ast.Call) -> Sum | None:
    match call:
        case ast.Call(
            func=ast.Name(id="sum"),
            args=[ast.Subscript(value=items, slice=ast.Slice(lower=low, upper=high, step=None))],
            keywords=[],
        ):
            return Sum(call, items, None if constant(low, 0) else low, high) if root(items) else None
    return None


def _whole_numbers(view: View, items: ast.expr) -> bool:
    return view.typing.could_be(items, "list", "tuple") and view.typing.items_only(items, "int", "bool")


def _varies(view: View, call: ast.Call) -> bool:
    return bool(view.loops(call)) and not view.invariant(call, view.loops(call)[0].node)


def _unless(view: View, one: Sum) -> str | None:
    """None when the ends may lie outside the list; else the condition that the text leaves open, mostly ''."""
    call, items = one.call, one.items
    start = linear(view, one.low, items) if one.low else {}
    stop = linear(view, one.high, items) if one.high else {"#": 1}
    if start is None or stop is None:
        return None
    width = plus(stop, start, -1)
    if not _at_least(view, start, call, items) or not _at_least(view, plus({"#": 1}, stop, -1), call, items):
        return None
    if _at_least(view, width, call, items):
        return ""
    names = [name for name in width if name]
    return names[0] if width == {names[0]: 1} and names[0] in view.locals else None


def _at_least(view: View, value: Linear, at: ast.AST, items: ast.expr, depth: int = 4) -> bool:
    """Whether a sum is surely not negative: each counter in it is replaced by its least favourable end."""
    if all(name in ("", "#") and number >= 0 for name, number in value.items()):
        return True
    for name, number in value.items():
        found = counter(view, name, at, items) if name not in ("", "#") and depth else None
        if found is not None:
            end = found.start if number > 0 else plus(found.stop, {"": 1}, -1)
            rest = {other: n for other, n in value.items() if other != name}
            if _at_least(view, plus(rest, {k: n * number for k, n in end.items()}), at, items, depth - 1):
                return True
    return False


def _rewrite(view: View, items: ast.expr, above: ast.stmt, sums: list[Sum]) -> Iterator[Rewrite]:
    draft = Draft(view.target, id, safety)
    prefix = draft.fresh("prefix")
    draft.insert_before(
        above, f"{prefix} = list({draft.imported('itertools', 'accumulate')}({draft.text(items)}, initial=0))"
    )
    for one in sums:
        text = f"{prefix}[{draft.text(one.high) if one.high else -1}]"
        if one.low is not None:
            text += f" - {prefix}[{draft.text(one.low)}]"
        condition = _unless(view, one)
        if condition:
            text = f"{text} if {condition} >= 0 else {draft.text(one.call)}"
        above_call = view.parents[one.call]
        tight = isinstance(above_call, ast.BinOp | ast.UnaryOp | ast.Attribute)
        tighter = tight or isinstance(above_call, ast.Compare | ast.BoolOp | ast.IfExp)
        brackets = tighter if condition else tight and one.low is not None
        draft.replace(one.call, f"({text})" if brackets else text)
    seen = view.evidence(items)
    yield from draft.finish(f"sums of slices of `{draft.text(items)}` are differences of running sums{seen}")
