"""A search for the place in a sorted list, from its start, becomes `bisect`.

Why it is slow
--------------
The place for a new element is looked for from the front: n²/4 comparisons in the interpreter. In a sorted list `bisect`
finds it in log n steps; moving the elements behind is a single copy of memory. A loop that does nothing but insert is
`sorted`.

Example
-------
```python
def medians(a):
    kept = []
    found = []
    for x in a:
        i = 0
        while i < len(kept) and kept[i] <= x:
            i += 1
        kept.insert(i, x)
        found.append(kept[len(kept) // 2])
    return found
```

becomes

```python
from bisect import insort

def medians(a):
    kept = []
    found = []
    for x in a:
        insort(kept, x)
        found.append(kept[len(kept) // 2])
    return found
```

When it changes behaviour
-------------------------
Elements need a total order: with NaN among them there is no place to find.
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
from afterburner.rules._lists import empty_list
from afterburner.rules._names import pure, uses
from afterburner.rules._pattern import Found, find_statements
from afterburner.rules._view import View

id = "insertion-bisect"
improves = "time"
safety = Safety.NEEDS_PROOF
group = "algorithm"

_FIRST_BEYOND = (
    "for i in range(len(o)):\n    if X {op} o[i]:\n        o.insert(i, X)\n        break\nelse:\n    o.append(X)"
)
_SEARCHES = {
    "i = 0\nwhile i < len(o) and o[i] <= X:\n    i += 1\no.insert(i, X)": "insort",
    "i = 0\nwhile i < len(o) and o[i] < X:\n    i += 1\no.insert(i, X)": "insort_left",
    _FIRST_BEYOND.format(op="<"): "insort",
    _FIRST_BEYOND.format(op="<="): "insort_left",
}
_BY_KEY = "i = 0\nwhile i < len(o) and LEFT {op} RIGHT:\n    i += 1\no.insert(i, X)"


@dataclass(frozen=True)
class Insertion:
    """A run of statements that puts `item` into the sorted `name`."""

    run: list[ast.stmt]
    name: ast.Name
    item: ast.expr
    function: str
    counter: str
    key: str = ""


def find(target: Target, facts: Facts) -> Iterator[Rewrite]:
    view = View(target, facts)
    for insertion in _insertions(view):
        ordered = bool(insertion.key) or view.typing.ordered(insertion.item)
        kept = any(_kept_sorted(view, insertion, loop.statement) for loop in view.loops(insertion.run[0]))
        if ordered and kept and _leaves_nothing(view, insertion):
            yield from _rewrite(view, insertion)


def _insertions(view: View) -> Iterator[Insertion]:
    for pattern, function in _SEARCHES.items():
        for found, run in find_statements(pattern, view):
            yield Insertion(run, found["o"], found["X"], function, found["i"].id)
    for op, function in (("<=", "insort"), ("<", "insort_left")):
        for found, run in find_statements(_BY_KEY.format(op=op), view):
            key = _key(found) if view.facts.python >= (3, 10) else ""
            if key:
                yield Insertion(run, found["o"], found["X"], function, found["i"].id, key)


def _key(found: Found) -> str:
    """The function that both sides of the comparison apply, as a lambda; '' when they differ."""
    element = ast.Subscript(found["o"], found["i"], ast.Load())
    name = ast.Name("item", ast.Load())
    if (
        same(found["RIGHT"], found["X"])
        or not pure(found["LEFT"])
        or "item" in {n.id for n in uses("item", found["LEFT"])}
    ):
        return ""
    left, right = _renamed(found["LEFT"], element, name), _renamed(found["RIGHT"], found["X"], name)
    if left != right:
        return ""
    return left.removesuffix("(item)") if left.removesuffix("(item)").isidentifier() else f"lambda item: {left}"


def _renamed(node: ast.expr, old: ast.expr, new: ast.Name) -> str:
    class Rename(ast.NodeTransformer):
        def generic_visit(self, found: ast.AST) -> ast.AST:
            return new if same(found, old) else super().generic_visit(found)

    return ast.unparse(Rename().visit(ast.parse(ast.unparse(node), mode="eval").body))


def _kept_sorted(view: View, insertion: Insertion, loop: ast.stmt) -> bool:
    """Whether the list begins empty above a loop, and only ever changes in it by this insertion."""
    name = insertion.name.id
    start = view.start(name, loop)
    if start is None or not empty_list(start.value) or name in view.captured or not pure(insertion.item):
        return False
    mine = set(uses(name, *insertion.run))
    others = [use for use in uses(name, loop) if use not in mine]
    return all(
        isinstance(view.parents[use], ast.Subscript | ast.Call | ast.Compare | ast.For) and _reads(view, use)
        for use in others
    )


def _reads(view: View, use: ast.Name) -> bool:
    match view.parents[use]:
        case ast.Subscript(ctx=ast.Load()) | ast.Compare() | ast.For():
            return True
        case ast.Call(func=ast.Name(id="len" | "sum" | "min" | "max" | "list" | "tuple" | "sorted" | "enumerate")):
            return True
    return False


def _leaves_nothing(view: View, insertion: Insertion) -> bool:
    return not view.used_after(insertion.counter, insertion.run[-1])


def _whole_loop(view: View, insertion: Insertion) -> ast.For | None:
    """The loop that does nothing but insert each of its items after its equals: a stable sort."""
    loop = view.parents[insertion.run[0]]
    match loop:
        case ast.For(target=ast.Name(id=item), body=body, orelse=[]) if body == insertion.run:
            plain = insertion.function == "insort" and same(insertion.item, loop.target)
            begins = plain and not hasattr(loop, "counter") and view.start(insertion.name.id, loop) is not None
            return loop if begins and not view.used_after(item, loop) else None
    return None


def _sorted_at_once(view: View, insertion: Insertion, loop: ast.For) -> Iterator[Rewrite]:
    draft = Draft(view.target, id, safety)
    start = view.start(insertion.name.id, loop)
    key = f", key={insertion.key}" if insertion.key else ""
    line = f"{insertion.name.id} = sorted({draft.text(loop.iter)}{key})"
    if start is not None and view.before(loop)[-1] is start:
        draft.replace_statements(start, loop, line)
    else:
        draft.replace_statements(loop, loop, line)
    yield from draft.finish(f"`{insertion.name.id}` is sorted at once")


def _rewrite(view: View, insertion: Insertion) -> Iterator[Rewrite]:
    loop = _whole_loop(view, insertion)
    if loop is not None:
        yield from _sorted_at_once(view, insertion, loop)
        return
    draft = Draft(view.target, id, safety)
    insort = draft.imported("bisect", insertion.function)
    key = f", key={insertion.key}" if insertion.key else ""
    text = f"{insort}({insertion.name.id}, {draft.text(insertion.item)}{key})"
    draft.replace_statements(insertion.run[0], insertion.run[-1], text)
    yield from draft.finish(f"`{insertion.name.id}` is kept sorted by `bisect`")
