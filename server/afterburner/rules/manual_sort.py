"""A hand-written sort becomes `list.sort`.

Why it is slow
--------------
Bubble, insertion, selection and exchange sort make about n² comparisons in the interpreter. `sort` makes n log n in C.

Example
-------
```python
def order(a):
    for i in range(len(a)):
        for j in range(len(a) - 1 - i):
            if a[j] > a[j + 1]:
                a[j], a[j + 1] = a[j + 1], a[j]
```

becomes

```python
def order(a):
    a.sort()
```

When it changes behaviour
-------------------------
Elements need a total order. Selection and exchange sort may leave elements that compare equal in another order than
`sort`, which keeps theirs.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from afterburner.core.facts import Facts
from afterburner.core.rewrite import Rewrite, Safety
from afterburner.core.target import Target
from afterburner.rules._bounds import Linear, linear
from afterburner.rules._draft import Draft
from afterburner.rules._names import stored
from afterburner.rules._pattern import Found, find_statements
from afterburner.rules._view import View

id = "manual-sort"
improves = "time"
safety = Safety.NEEDS_PROOF
group = "algorithm"

_SWAPS = (
    "{x}, {y} = {y}, {x}",
    "{y}, {x} = {x}, {y}",
    "t = {x}\n{x} = {y}\n{y} = t",
    "t = {y}\n{y} = {x}\n{x} = t",
)
_BUBBLE = "for i in range(OUTER):\n    for j in range(INNER):\n        if {less}:\n            {swap}"
_FLAGGED = (
    "for i in range(OUTER):\n    s = False\n    for j in range(INNER):\n        if {less}:\n            {swap}\n"
    "            s = True\n    if not s:\n        break"
)
_EXCHANGE = "for i in range(OUTER):\n    for j in range(i + 1, INNER):\n        if {less}:\n            {swap}"
_SELECTION = (
    "for i in range(OUTER):\n    m = i\n    for j in range(i + 1, INNER):\n        if {less}:\n            m = j\n"
    "    {swap}"
)
_INSERTION = (
    "for i in range(1, INNER):\n    k = a[i]\n    j = i - 1\n    while 0 <= j and {less}:\n"
    "        a[j + 1] = a[j]\n        j -= 1\n    a[j + 1] = k"
)
_WHOLE: Linear = {"#": 1}
_PAIRS: Linear = {"#": 1, "": -1}


def find(target: Target, facts: Facts) -> Iterator[Rewrite]:
    view = View(target, facts)
    for reverse in (False, True):
        for pattern, allowed in _patterns(reverse):
            for found, (loop,) in find_statements(pattern, view):
                if _sorts_all(view, found, allowed) and _leaves_nothing(view, loop, found["a"].id):
                    yield from _rewrite(view, loop, found["a"].id, reverse)


def _patterns(reverse: bool) -> Iterator[tuple[str, tuple[Linear, ...]]]:
    """Each form of a sort, with the bounds that its inner loop may have."""
    swaps = ("a[j]", "a[j + 1]"), ("a[i]", "a[j]"), ("a[i]", "a[m]")
    rest: Linear = {"#": 1, "i": -1, "": -1}
    for template in _SWAPS:
        bubble, exchange, selection = (template.format(x=x, y=y) for x, y in swaps)
        for form, indent in ((_BUBBLE, 12), (_FLAGGED, 12)):
            yield _filled(form, "a[j + 1] < a[j]", bubble, indent, reverse), (_PAIRS, rest)
        yield _filled(_EXCHANGE, "a[j] < a[i]", exchange, 12, reverse), (_WHOLE,)
        yield _filled(_SELECTION, "a[j] < a[m]", selection, 4, reverse), (_WHOLE,)
    yield _filled(_INSERTION, "k < a[j]", "", 0, reverse), (_WHOLE,)


def _filled(form: str, less: str, swap: str, indent: int, reverse: bool) -> str:
    left, right = less.split(" < ")
    wanted = f"{right} < {left}" if reverse else less
    return form.format(less=wanted, swap=swap.replace("\n", "\n" + " " * indent))


def _sorts_all(view: View, found: Found, allowed: tuple[Linear, ...]) -> bool:
    """Whether the loops' bounds reach the whole list."""
    items = found["a"]
    outer = linear(view, found["OUTER"], items) if "OUTER" in found else _WHOLE
    inner = linear(view, found["INNER"], items)
    if inner is not None and "i" in found and found["i"].id in inner:
        inner = {"i" if name == found["i"].id else name: number for name, number in inner.items()}
    return outer in (_WHOLE, _PAIRS) and inner in allowed and _sortable(view, items)


def _sortable(view: View, items: ast.expr) -> bool:
    return view.typing.could_be(items, "list") and view.typing.items_ordered(items)


def _leaves_nothing(view: View, loop: ast.stmt, items: str) -> bool:
    return not any(view.used_after(name, loop) for name in stored(loop) - {items})


def _rewrite(view: View, loop: ast.stmt, name: str, reverse: bool) -> Iterator[Rewrite]:
    draft = Draft(view.target, id, safety)
    draft.replace_statements(loop, loop, f"{name}.sort({'reverse=True' if reverse else ''})")
    yield from draft.finish(f"`{name}` is sorted by `sort`")
