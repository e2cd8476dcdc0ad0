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


def find(target: Target, facts: Facts) -> Iterator[Rewrite]:
    view = View(target, facts)
    done: list[ast.expr] = []
    for call in view.nodes(ast.Call):
        items = _summed(call)
        if items is None or any(same(items, other) for other in done) or not _whole_numbers(view, items):
            continue
        places = [
            n
            for n in view.nodes(ast.Call)
            if same(_summed(n), items) and _varies(view, n) and _unless(view, n) is not None
        ]
        loops = [view.hoistable(items, place) for place in places]
        above = {loop.statement for loop in loops if loop}
        if places and all(loops) and len(above) == 1:
            done.append(items)
            yield from _rewrite(view, items, above.pop(), places)


def _summed(call: ast.Call) -> ast.expr | None:
    """`a` of `sum(a[i:j])`."""
    match call:
        case ast.Call(
            func=ast.Name(id="sum"), args=[ast.Subscript(value=items, slice=ast.Slice(step=None))], keywords=[]
        ):
            return items if root(items) else None
    return None


def _ends(call: ast.Call) -> tuple[ast.expr | None, ast.expr | None]:
    cut = call.args[0].slice  # type: ignore[attr-defined]
    return (None if constant(cut.lower, 0) else cut.lower), cut.upper


def _whole_numbers(view: View, items: ast.expr) -> bool:
    return view.typing.could_be(items, "list", "tuple") and view.typing.items_only(items, "int", "bool")


def _varies(view: View, call: ast.Call) -> bool:
    return bool(view.loops(call)) and not view.invariant(call, view.loops(call)[0].node)


def _unless(view: View, call: ast.Call) -> str | None:
    """None when the ends may lie outside the list; else the condition that the text leaves open, mostly ''."""
    items = _summed(call)
    assert items is not None
    low, high = _ends(call)
    start, stop = [linear(view, end, items) if end else default for end, default in ((low, {}), (high, {"#": 1}))]
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


def _rewrite(view: View, items: ast.expr, above: ast.stmt, places: list[ast.Call]) -> Iterator[Rewrite]:
    draft = Draft(view.target, id, safety)
    prefix = draft.fresh("prefix")
    draft.insert_before(
        above, f"{prefix} = list({draft.imported('itertools', 'accumulate')}({draft.text(items)}, initial=0))"
    )
    for call in places:
        low, high = _ends(call)
        text = f"{prefix}[{draft.text(high) if high else -1}]"
        if low is not None:
            text += f" - {prefix}[{draft.text(low)}]"
        condition = _unless(view, call)
        if condition:
            text = f"{text} if {condition} >= 0 else {draft.text(call)}"
        above_call = view.parents[call]
        tight = isinstance(above_call, ast.BinOp | ast.UnaryOp | ast.Attribute)
        tighter = tight or isinstance(above_call, ast.Compare | ast.BoolOp | ast.IfExp)
        brackets = tighter if condition else tight and low is not None
        draft.replace(call, f"({text})" if brackets else text)
    seen = view.evidence(items)
    yield from draft.finish(f"sums of slices of `{draft.text(items)}` are differences of running sums{seen}")
