"""Sorting again after each new element becomes an insertion at the right place.

Why it is slow
--------------
`items.append(x); items.sort()` goes through all of an almost sorted list for each new element. `insort` finds the place
by bisection, with log n comparisons, and only moves memory.

Example
-------
```python
def medians(stream):
    seen, out = [], []
    for x in stream:
        seen.append(x)
        seen.sort()
        out.append(seen[len(seen) // 2])
    return out
```

becomes

```python
from bisect import insort

def medians(stream):
    seen, out = [], []
    for x in stream:
        insort(seen, x)
        out.append(seen[len(seen) // 2])
    return out
```

When it changes behaviour
-------------------------
The elements must be totally ordered (no NaN), and the list must be sorted before the first insertion.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from afterburner.core.facts import Facts
from afterburner.core.rewrite import Rewrite, Safety
from afterburner.core.target import Target
from afterburner.rules._draft import Draft
from afterburner.rules._names import uses
from afterburner.rules._pattern import Found, find_statements
from afterburner.rules._view import Block, View

id = "resort-insort"
improves = "time"
safety = Safety.NEEDS_PROOF
group = "algorithm"

_KEEPS_ORDER = {"append", "sort", "pop", "index", "count", "copy", "clear", "remove"}


def find(target: Target, facts: Facts) -> Iterator[Rewrite]:
    """One rewrite with all such places."""
    view = View(target, facts)
    draft = Draft(target, id, safety)
    for found, run, key in _places(view):
        if not view.loops(run[0]) or not _stays_sorted(view, found["a"].id, run):
            continue
        if (view.facts.python < (3, 10)) if key is not None else not view.typing.ordered(found["X"]):
            continue
        insort = draft.imported("bisect", "insort")
        option = f", key={draft.text(key)}" if key is not None else ""
        text = f"{insort}({found['a'].id}, {draft.text(found['X'])}{option})"
        draft.replace_statements(run[0], run[-1], text)
    yield from draft.finish("new elements are inserted at their place instead of sorting again")


def _places(view: View) -> Iterator[tuple[Found, Block, ast.expr | None]]:
    for found, run in find_statements("a.append(X)\na.sort()", view):
        yield found, run, None
    for found, run in find_statements("a.append(X)\na.sort(key=K)", view):
        yield found, run, found["K"]
    for pattern in ("a.append(X)\na = sorted(a)", "a = sorted(a + [X])"):
        for found, run in find_statements(pattern, view):
            yield found, run, None


def _stays_sorted(view: View, name: str, run: Block) -> bool:
    """Whether the list belongs to the function, starts sorted, and nothing else puts elements into it."""
    if name not in view.locals - view.parameters - view.captured:
        return False
    inside = {n for statement in run for n in ast.walk(statement)}
    others = [use for use in uses(name, view.function) if use not in inside]
    starts = [use for use in others if not isinstance(use.ctx, ast.Load)]
    if not starts or not all(_starts_sorted(view, use) for use in starts):
        return False
    aliased = any(isinstance(n, ast.Assign) and n.value is use for use in others for n in [view.parents[use]])
    rebound = isinstance(run[-1], ast.Assign)
    return not aliased and all(_keeps_order(view, use, rebound) for use in others if use not in starts)


def _starts_sorted(view: View, use: ast.Name) -> bool:
    above = view.parents[use]
    match above:
        case ast.Assign(targets=[ast.Name()], value=value):
            return _is_sorted(value)
        case ast.Tuple(elts=names):
            pair = view.parents[above]
            if isinstance(pair, ast.Assign) and isinstance(pair.value, ast.Tuple):
                return _is_sorted(dict(zip(names, pair.value.elts, strict=False)).get(use, pair.value))
    return False


def _is_sorted(value: ast.expr) -> bool:
    match value:
        case ast.List(elts=[]) | ast.List(elts=[_]) | ast.Call(func=ast.Name(id="list"), args=[]):
            return True
        case ast.Call(func=ast.Name(id="sorted"), args=[_], keywords=[]):
            return True
    return False


def _keeps_order(view: View, use: ast.Name, rebound: bool) -> bool:
    """Whether a use leaves the list sorted and, where each round made a new one, does not keep it."""
    above = view.parents[use]
    match above:
        case ast.Attribute(attr=attr):
            call = view.parents[above]
            ordered = attr != "append" and not (isinstance(call, ast.Call) and call.keywords)
            return attr in _KEEPS_ORDER and ordered and isinstance(call, ast.Call)
        case ast.Subscript(ctx=ast.Store()):
            return False
        case ast.Tuple():
            return isinstance(view.parents[above], ast.Return)
        case ast.Subscript() | ast.Compare() | ast.Return() | ast.For() | ast.comprehension():
            return True
        case ast.Call(func=ast.Name(id=name)):
            return name in ("len", "sum", "min", "max", "list", "tuple", "set", "sorted", "any", "all", "reversed")
        case ast.If() | ast.While() | ast.UnaryOp() | ast.BoolOp() | ast.IfExp():
            return True
        case ast.Call(func=ast.Attribute(attr="append" | "add")):
            return not rebound
    return False
