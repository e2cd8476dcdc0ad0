"""A search for a partner with a given sum runs only where a set says that there is one.

Why it is slow
--------------
To find `x + y == target`, an inner loop tries each `y` for each `x`: n × m additions. The partner of `x` can only be
`target - x`, and a set of the elements says at once whether it exists. (Where all pairs of one list are tried, the rule
`pair-sum-seen` does without the inner loop.)

Example
-------
```python
def pairs(a, b, target):
    found = []
    for x in a:
        for y in b:
            if x + y == target:
                found.append((x, y))
    return found
```

becomes

```python
def pairs(a, b, target):
    found = []
    b_set = set(b)
    for x in a:
        if target - x not in b_set:
            continue
        for y in b:
            if x + y == target:
                found.append((x, y))
    return found
```

When it changes behaviour
-------------------------
Exact for integers. With floats `x + y == t` does not imply `t - x == y`, and strings can be added but not subtracted.
Where most elements have a partner and all pairs are wanted, nothing is gained.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from afterburner.core.facts import Facts
from afterburner.core.rewrite import Rewrite, Safety
from afterburner.core.target import Target
from afterburner.rules._draft import Draft
from afterburner.rules._names import flat, loaded, pure, stored, uses
from afterburner.rules._pairs import pair_searches
from afterburner.rules._view import Loop, View

id = "pair-sum-set"
improves = "time"
safety = Safety.NEEDS_PROOF
group = "algorithm"

Term = tuple[int, ast.expr]
"""A part of a sum, with +1 or -1."""


@dataclass(frozen=True, slots=True)
class Search:
    """An inner loop that looks for an element with a known value."""

    inner: ast.For
    items: ast.Name
    wanted: list[Term]
    above: Loop
    """The loop before which the set of the elements is built."""


def find(target: Target, facts: Facts) -> Iterator[Rewrite]:
    """A rewrite for each search."""
    view = View(target, facts)
    without = {found.inner for found in pair_searches(view)}
    for loop in view.nodes(ast.For):
        if loop not in without and (search := _search(view, loop)):
            yield from _rewrite(view, search)


def _search(view: View, inner: ast.For) -> Search | None:
    outer = view.parents[inner]
    match inner:
        case ast.For(body=[ast.If(test=test, orelse=[])], orelse=[]) if isinstance(outer, ast.For):
            pass
        case _:
            return None
    whole = not hasattr(inner, "counter") and not hasattr(outer, "counter") and outer.body[-1] is inner
    if not whole or not pure(test) or any(_escapes(view, name) for name in flat(inner.target)):
        return None
    for part in test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]:
        for items, item in _elements(inner):
            wanted = _wanted(part, item, frozenset(flat(inner.target)))
            above = view.hoistable(items, inner) if wanted and _numbers(view, items, wanted) else None
            free = wanted and not stored(*inner.body) & loaded(*(node for _, node in wanted))
            if wanted and above and free:
                return Search(inner, items, wanted, above)
    return None


def _escapes(view: View, name: str) -> bool:
    """Whether a name is read anywhere but in the loops that bind it."""
    for use in uses(name, view.function):
        loops = [n for n in view.around(use) if isinstance(n, ast.For) and name in flat(n.target)]
        if isinstance(use.ctx, ast.Load) and not loops:
            return True
    return False


def _elements(inner: ast.For) -> Iterator[tuple[ast.Name, str]]:
    """Lists that the loop goes through, each with how the loop names an element."""
    match inner.target, inner.iter:
        case ast.Name(id=y), ast.Name() as items:
            yield items, y
        case ast.Name(id=y), ast.Subscript(value=ast.Name() as items, slice=ast.Slice()):
            yield items, y
        case ast.Tuple(elts=[_, ast.Name(id=y)]), ast.Call(func=ast.Name(id="enumerate"), args=[items, *_]):
            items = items.value if isinstance(items, ast.Subscript) and isinstance(items.slice, ast.Slice) else items
            if isinstance(items, ast.Name):
                yield items, y
        case ast.Name(id=j), ast.Call(func=ast.Name(id="range")):
            for node in ast.walk(inner):
                match node:
                    case ast.Subscript(value=ast.Name() as items, slice=ast.Name(id=index)) if index == j:
                        yield items, f"{items.id}[{j}]"


def _wanted(test: ast.expr, item: str, own: frozenset[str]) -> list[Term] | None:
    """What an element must be for `test` to hold, as a sum; None when the test says no such thing."""
    match test:
        case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
            terms = [*_terms(left, 1), *_terms(right, -1)]
        case _:
            return None
    mine = [sign for sign, node in terms if ast.unparse(node) == item]
    rest = [(sign, node) for sign, node in terms if ast.unparse(node) != item]
    if len(mine) != 1 or len(rest) < 2 or any(loaded(node) & own for _, node in rest):
        return None
    return sorted(((-mine[0] * sign, node) for sign, node in rest), key=lambda term: -term[0])


def _terms(node: ast.expr, sign: int) -> list[Term]:
    match node:
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return [*_terms(left, sign), *_terms(right, sign)]
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            return [*_terms(left, sign), *_terms(right, -sign)]
    return [(sign, node)]


def _numbers(view: View, items: ast.expr, wanted: list[Term]) -> bool:
    """Whether, as far as is known, only whole numbers are added."""
    terms = all(view.typing.only(node, "int", "bool") for _, node in wanted)
    return terms and view.typing.items_only(items, "int", "bool")


def _rewrite(view: View, search: Search) -> Iterator[Rewrite]:
    draft = Draft(view.target, id, safety)
    known = draft.fresh(f"{search.items.id}_set")
    draft.insert_before(search.above.statement, f"{known} = set({search.items.id})")
    text = "".join(f"{' + ' if sign > 0 else ' - '}{draft.atom(node)}" for sign, node in search.wanted)
    text = text.removeprefix(" + ") if text.startswith(" + ") else f"-{text.removeprefix(' - ')}"
    draft.insert_before(search.inner, f"if {text} not in {known}:\n    continue")
    seen = view.evidence(search.items, *(node for _, node in search.wanted))
    yield from draft.finish(f"a set says whether `{search.items.id}` has the element that is looked for{seen}")
