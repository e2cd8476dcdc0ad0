"""Taking out the smallest again and again becomes going through `sorted`.

Why it is slow
--------------
`min(a)` and `a.remove(m)` each read the list, for every element: about n² steps. `sorted` gives the same order in
n log n.

Example
-------
```python
def ascending(a):
    rest, out = list(a), []
    while rest:
        m = min(rest)
        rest.remove(m)
        out.append(m)
    return out
```

becomes

```python
def ascending(a):
    rest, out = list(a), []
    for m in sorted(rest):
        out.append(m)
    rest.clear()
    return out
```

When it changes behaviour
-------------------------
Elements need a total order; those that compare equal keep their order in both.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from afterburner.core.facts import Facts
from afterburner.core.rewrite import Rewrite, Safety
from afterburner.core.target import Target
from afterburner.rules._draft import Draft
from afterburner.rules._lists import new_list
from afterburner.rules._names import mentioned, stored
from afterburner.rules._pattern import Found, match_statement
from afterburner.rules._view import View

id = "min-remove-sort"
improves = "time"
safety = Safety.NEEDS_PROOF
group = "algorithm"

_JUMPS = (ast.Break, ast.Continue, ast.Return, ast.Raise, ast.Yield, ast.YieldFrom, ast.Try)


def find(target: Target, facts: Facts) -> Iterator[Rewrite]:
    view = View(target, facts)
    for loop in view.nodes(ast.While):
        taken = _taken(loop)
        if taken is None or not isinstance(loop.test, ast.Name) or loop.test.id != taken[0]["a"].id:
            continue
        found, pair = taken
        rest = [node for node in loop.body if node not in pair]
        names = {found["a"].id, found["m"].id}
        touched = mentioned(found["a"].id, *rest) or names & stored(*rest) or _holds_jump(loop)
        sortable = view.typing.could_be(loop.test, "list", "set") and view.typing.items_ordered(loop.test)
        if rest and not touched and sortable:
            yield from _rewrite(view, loop, found, pair)


def _taken(loop: ast.While) -> tuple[Found, list[ast.stmt]] | None:
    """The statements `m = min(a)` and `a.remove(m)` of a loop."""
    for place, first in enumerate(loop.body):
        for function in ("min", "max"):
            found = match_statement(f"m = {function}(a)", first)
            for second in loop.body[place + 1 :] if found else ():
                removed = match_statement("a.remove(m)", second)
                if found and removed and removed["a"].id == found["a"].id and removed["m"].id == found["m"].id:
                    return {**found, "function": function}, [first, second]
    return None


def _is_own(view: View, name: str, loop: ast.While) -> bool:
    """Whether the list was made by this call, above the loop."""
    made = [n for n in view.before(loop) if isinstance(n, ast.Assign) and name in stored(n)]
    return bool(made) and new_list(made[-1].value)


def _holds_jump(loop: ast.While) -> bool:
    return bool(loop.orelse) or any(isinstance(node, _JUMPS) for node in ast.walk(loop))


def _rewrite(view: View, loop: ast.While, found: Found, pair: list[ast.stmt]) -> Iterator[Rewrite]:
    draft = Draft(view.target, id, safety)
    items, smallest = found["a"].id, found["m"].id
    order = ", reverse=True" if found["function"] == "max" else ""
    draft.replace_range(loop, view.original(loop).test, f"for {smallest} in sorted({items}{order})")
    for node in pair:
        draft.delete(node)
    if not _is_own(view, items, loop) or view.used_after(items, loop):
        draft.insert_after(loop, f"{items}.clear()")
    yield from draft.finish(f"`{items}` is gone through in sorted order")
