"""Sorting everything to take the first or last elements becomes a selection.

Why it is slow
--------------
`sorted(items)` takes n log n comparisons and a copy. The smallest element takes n comparisons and no copy, and the k
smallest about n log k.

Example
-------
```python
def cheapest(offers):
    if not offers:
        return None
    return sorted(offers, key=lambda offer: offer.price)[0]
```

becomes

```python
def cheapest(offers):
    if not offers:
        return None
    return min(offers, key=lambda offer: offer.price)
```

When it changes behaviour
-------------------------
Of equal elements, `sorted(items)[-1]` is the last and `max(items)` the first, which differ for `1` and `1.0`. Where
the text does not show that there are elements, `nsmallest` is used: like an index, it fails with an `IndexError`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from afterburner.core.facts import Facts
from afterburner.core.rewrite import Rewrite, Safety
from afterburner.core.target import Target
from afterburner.rules._canonical import same
from afterburner.rules._draft import Draft
from afterburner.rules._names import changed, constant, loaded, uses
from afterburner.rules._view import View

id = "sorted-first"
improves = "time"
safety = Safety.NEEDS_PROOF
group = "algorithm"


@dataclass(frozen=True, slots=True)
class Pick:
    """A place that takes from a sorted list: `[0]`, `[-1]`, or `[:size]`."""

    place: ast.Subscript
    ordered: ast.Call
    first: bool
    size: ast.expr | None = None


def find(target: Target, facts: Facts) -> Iterator[Rewrite]:
    """One rewrite with all selections."""
    view = View(target, facts)
    draft = Draft(target, id, safety)
    for pick in _direct(view):
        draft.replace(pick.place, _selection(view, draft, pick))
    for assignment, picks in _named(view):
        draft.delete(assignment)
        for pick in picks:
            draft.replace(pick.place, _selection(view, draft, pick))
    yield from draft.finish("what is needed is selected, without sorting all")


def _direct(view: View) -> Iterator[Pick]:
    for node in view.nodes(ast.Subscript):
        if isinstance(node.value, ast.Call) and (pick := _pick(node, node.value)) and _possible(view, pick):
            yield pick


def _named(view: View) -> Iterator[tuple[ast.Assign, list[Pick]]]:
    """`ordered = sorted(items)` of which only the first and the last are used, once each."""
    for node in view.nodes(ast.Assign):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(args=[ast.Name() as items]) as ordered):
                places = [n for n in uses(name, view.function) if n is not node.targets[0]]
            case _:
                continue
        if name not in view.locals - view.captured - view.parameters or not places or _moves(view, items, ordered):
            continue
        above = [view.parents[place] for place in places]
        picks = [p for n in above if isinstance(n, ast.Subscript) and (p := _pick(n, ordered)) and _possible(view, p)]
        once = len({pick.first for pick in picks}) == len(picks) == len(places)
        if once and all(pick.size is None and view.loops(pick.place) == view.loops(node) for pick in picks):
            yield node, picks


def _moves(view: View, items: ast.Name, ordered: ast.Call) -> bool:
    """Whether the collection or what the key reads may be different later on."""
    names = loaded(ordered) & view.locals
    stores = [n for name in names for n in uses(name, view.function) if not isinstance(n.ctx, ast.Load)]
    return bool(stores or names & changed(view.function)) or items.id not in view.parameters


def _pick(node: ast.Subscript, ordered: ast.Call) -> Pick | None:
    match ordered:
        case ast.Call(func=ast.Name(id="sorted"), args=[ast.expr()]):
            pass
        case _:
            return None
    match node.slice:
        case ast.Constant(value=0) if constant(node.slice, 0):
            return Pick(node, ordered, True)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=1)):
            return Pick(node, ordered, False)
        case ast.Slice(lower=None, upper=ast.Constant(value=int(size)) as upper, step=None) if size > 0:
            return Pick(node, ordered, True, upper)
        case ast.Slice(lower=None, upper=ast.Name() as upper, step=None):
            return Pick(node, ordered, True, upper)
    return None


def _possible(view: View, pick: Pick) -> bool:
    """Whether its options are understood, and equal elements come out in the same order."""
    if not isinstance(pick.place.ctx, ast.Load):
        return False
    options = {keyword.arg: keyword.value for keyword in pick.ordered.keywords}
    if not options.keys() <= {"key", "reverse"} or not constant(
        options.get("reverse", ast.Constant(False)), True, False
    ):
        return False
    items = pick.ordered.args[0]
    if "key" not in options and not view.typing.items_ordered(items):
        return False
    if pick.first:
        return True
    if "key" in options:
        return view.typing.surely(items, "list", "tuple", "str", "range")
    kinds = {kind.name for kind in view.typing.items(items)}
    return len(kinds) <= 1 and "float" not in kinds


def _selection(view: View, draft: Draft, pick: Pick) -> str:
    items = pick.ordered.args[0]
    options = {keyword.arg: keyword.value for keyword in pick.ordered.keywords}
    falling = constant(options.get("reverse", ast.Constant(False)), True)
    text = draft.text(items)
    if "key" in options:
        text = f"{text if pick.first else f'reversed({text})'}, key={draft.text(options['key'])}"
    smallest = pick.first is not falling
    if pick.size is None and _filled(view, items, pick.place):
        return f"{'min' if smallest else 'max'}({text})"
    select = draft.imported("heapq", "nsmallest" if smallest else "nlargest")
    size = draft.text(pick.size) if pick.size else "1"
    return f"{select}({size}, {text})" + ("" if pick.size else "[0]")


def _filled(view: View, items: ast.expr, place: ast.AST) -> bool:
    """Whether the text shows that there is at least one element: by a test around or above."""
    if not isinstance(items, ast.Name) or any(not isinstance(n.ctx, ast.Load) for n in uses(items.id, view.function)):
        return False
    if items.id in changed(view.function):
        return False
    below = place
    for above in view.around(place):
        match above:
            case ast.If(test=test, body=[*body]) if any(s is below for s in body):
                if any(same(part, items) for part in _parts(test, ast.And)):
                    return True
            case ast.IfExp(test=test, body=body) if body is below and same(test, items):
                return True
        if isinstance(below, ast.stmt) and any(_leaves_when_empty(s, items) for s in view.before(below)):
            return True
        below = above
    return False


def _leaves_when_empty(statement: ast.stmt, items: ast.Name) -> bool:
    match statement:
        case ast.If(test=test, body=[*_, ast.Return() | ast.Raise() | ast.Continue() | ast.Break()]):
            return any(_says_empty(part, items) for part in _parts(test, ast.Or))
    return False


def _says_empty(test: ast.expr, items: ast.Name) -> bool:
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return same(operand, items)
        case ast.Compare(left=ast.Call(func=ast.Name(id="len"), args=[arg]), ops=[ast.Eq()], comparators=[zero]):
            return same(arg, items) and constant(zero, 0)
        case ast.Compare(left=ast.Call(func=ast.Name(id="len"), args=[arg]), ops=[ast.Lt()], comparators=[size]):
            return same(arg, items) and isinstance(size, ast.Constant) and constant(size, 1, 2, 3)
    return False


def _parts(test: ast.expr, kind: type[ast.boolop]) -> list[ast.expr]:
    return test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, kind) else [test]
