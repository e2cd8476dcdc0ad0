"""A search for two equal elements by comparing all pairs becomes a comparison with a set.

Why it is slow
--------------
Two nested loops over one list compare n² / 2 pairs to learn whether any two are equal. A set of the elements is smaller
than the list exactly when there are, and takes n steps; a `Counter` says how many pairs there are.

Example
-------
```python
def has_duplicate(items):
    for i in range(len(items)):
        for j in range(i + 1, len(items)):
            if items[i] == items[j]:
                return True
    return False
```

becomes

```python
def has_duplicate(items):
    if len(set(items)) < len(items):
        return True
    return False
```

When it changes behaviour
-------------------------
Elements must be hashable, with a hash that agrees with `==`. One NaN object is equal to itself for a set, but not for
`==`. An exception that a comparison raises is gone.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from afterburner.core.facts import Facts
from afterburner.core.rewrite import Rewrite, Safety
from afterburner.core.target import Target
from afterburner.rules._canonical import same
from afterburner.rules._draft import Draft
from afterburner.rules._names import constant, mentioned, uses
from afterburner.rules._pattern import Found, find_statements
from afterburner.rules._view import Block, View

id = "equal-pairs"
improves = "time"
safety = Safety.NEEDS_PROOF
group = "algorithm"

_SHAPES = (
    "for i in range(N):\n    for j in range(i + 1, M):\n        if a[i] == a[j]:\n            REST",
    "for i in range(N):\n    for j in range(i):\n        if a[i] == a[j]:\n            REST",
    "for i in range(N):\n    for j in range(M):\n        if i != j and a[i] == a[j]:\n            REST",
    "for i in range(N):\n    for j in range(M):\n        if a[i] == a[j] and i != j:\n            REST",
    "for i, x in enumerate(a):\n    for y in a[i + 1:]:\n        if x == y:\n            REST",
    "for i, x in enumerate(a):\n    for j in range(i + 1, M):\n        if x == a[j]:\n            REST",
    "for i, x in enumerate(a):\n    for j, y in enumerate(a):\n        if i != j and x == y:\n            REST",
    "for i, x in enumerate(a):\n    for j, y in enumerate(a):\n        if i < j and x == y:\n            REST",
    "for x in a:\n    if 1 < a.count(x):\n        REST",
    "for x in a:\n    if a.count(x) != 1:\n        REST",
    "for x in a:\n    if 2 <= a.count(x):\n        REST",
)
_BOTH_WAYS = 2, 3, 6
"""Shapes that meet each pair twice."""


def find(target: Target, facts: Facts) -> Iterator[Rewrite]:
    """A rewrite for each search."""
    view = View(target, facts)
    for number, shape in enumerate(_SHAPES):
        for found, run in find_statements(shape, view):
            if _is_search(view, found, run[0]):
                yield from _rewrite(view, found, run[0], number)


def _is_search(view: View, found: Found, loop: ast.stmt) -> bool:
    """Whether all pairs of one list are looked at, and the counters are of no further interest."""
    items = found["a"]
    counters = [found[name].id for name in "ijxy" if name in found]
    inner = [n for n in ast.walk(loop) if isinstance(n, ast.For) and n.orelse]
    if inner or not all(_reaches_end(view, found[n], items, n) for n in "NM" if n in found):
        return False
    if any(mentioned(name, *found["REST"]) or view.used_after(name, loop) for name in counters):
        return False
    plain = view.typing.could_be(items, "list", "tuple", "str", "bytes")
    return plain and not mentioned(items.id, *found["REST"]) and view.typing.items_hashable(items)


def _reaches_end(view: View, stop: ast.expr, items: ast.expr, which: str) -> bool:
    """`len(a)`; for the outer loop also `len(a) - 1`."""
    match stop:
        case ast.BinOp(left=left, op=ast.Sub(), right=right) if which == "N" and constant(right, 1):
            return _is_length(view, left, items)
    return _is_length(view, stop, items)


def _is_length(view: View, node: ast.expr, items: ast.expr) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="len"), args=[measured]):
            return same(measured, items)
        case ast.Name(id=name) if name not in view.parameters:
            bound = [n for n in uses(name, view.function) if not isinstance(n.ctx, ast.Load)]
            above = view.parents[bound[0]] if len(bound) == 1 else None
            return isinstance(above, ast.Assign) and _is_length(view, above.value, items)
    return False


def _rewrite(view: View, found: Found, loop: ast.stmt, number: int) -> Iterator[Rewrite]:
    draft = Draft(view.target, id, safety)
    name, rest = found["a"].id, found["REST"]
    if isinstance(loop, ast.For) and hasattr(loop, "counter"):
        draft.delete(loop.counter)
    if once := _once(rest):
        body = "\n".join(f"    {line}" for line in draft.text(once).splitlines())
        draft.replace_statements(loop, loop, f"if len(set({name})) < len({name}):\n{body}")
        yield from draft.finish(f"a set says whether two elements of `{name}` are equal{view.evidence(found['a'])}")
    elif (count := _counted(rest)) and "a.count" not in _SHAPES[number]:
        counter = draft.imported("collections", "Counter")
        pairs = "n * (n - 1)" + ("" if number in _BOTH_WAYS else " // 2")
        draft.replace_statements(loop, loop, f"{count} += sum({pairs} for n in {counter}({name}).values())")
        seen = view.evidence(found["a"])
        yield from draft.finish(f"equal pairs of `{name}` are counted from how often each element occurs{seen}")


def _once(rest: Block) -> ast.stmt | None:
    """The consequence, when it is the same however often it happens."""
    match rest:
        case [ast.Return(value=None | ast.Constant() | ast.Name()) | ast.Raise() as only]:
            return only
        case [ast.Assign(targets=[ast.Name()], value=ast.Constant()) as only, *breaks]:
            return only if all(isinstance(statement, ast.Break) for statement in breaks) else None
    return None


def _counted(rest: Block) -> str:
    match rest:
        case [ast.AugAssign(target=ast.Name(id=name), op=ast.Add(), value=value)] if constant(value, 1):
            return name
    return ""
