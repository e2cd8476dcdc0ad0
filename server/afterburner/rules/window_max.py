"""The largest of each window is kept in a queue instead of searched in every window.

Why it is slow
--------------
`max(a[i:i + k])` for each `i` copies and compares k elements: n × k steps. A queue of the elements that may still
become the largest takes each element in once and out once: n steps, whatever k is.

Example
-------
```python
def peaks(a, k):
    return [max(a[i:i + k]) for i in range(len(a) - k + 1)]
```

becomes

```python
from collections import deque

def peaks(a, k):
    tops = []
    queue = deque()
    for i, item in enumerate(a):
        while queue and a[queue[-1]] < item:
            queue.pop()
        queue.append(i)
        if queue[0] == i - k:
            queue.popleft()
        if i >= k - 1:
            tops.append(a[queue[0]])
    return tops
```

When it changes behaviour
-------------------------
The window must not be empty: `max` of an empty one raises a `ValueError`. Elements must be totally ordered. For windows
of a few elements it is slower.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from afterburner.core.facts import Facts
from afterburner.core.rewrite import Rewrite, Safety
from afterburner.core.target import Target
from afterburner.rules._draft import Draft
from afterburner.rules._names import mentioned, uses
from afterburner.rules._pattern import Found, find_expressions, find_statements
from afterburner.rules._view import View

id = "window-max"
improves = "time"
safety = Safety.NEEDS_PROOF
group = "algorithm"

_ALL = ("range(len(a) - K + 1)", "range(1 + len(a) - K)", "range(1 - K + len(a))", "range(n - K + 1)")
_WINDOW = "a[i:i + K]"


@dataclass(frozen=True, slots=True)
class Windows:
    """Somewhere the `max` or `min` of every window is collected in a list."""

    place: ast.expr | ast.stmt
    statement: ast.stmt
    found: Found
    function: str
    into: str = ""
    """The list that a loop appends to; '' for a comprehension."""


def find(target: Target, facts: Facts) -> Iterator[Rewrite]:
    """A rewrite for each place."""
    view = View(target, facts)
    for windows in _windows(view):
        size = windows.found["K"]
        fixed = not isinstance(size, ast.Constant) or (isinstance(size.value, int) and size.value > 3)
        if isinstance(size, ast.Name | ast.Constant) and fixed and _is_whole(view, windows.found):
            yield from _rewrite(view, windows)


def _windows(view: View) -> Iterator[Windows]:
    for function in ("max", "min"):
        for numbers in _ALL:
            for found, node in find_expressions(f"[{function}({_WINDOW}) for i in {numbers}]", view):
                statement = view.statement(node)
                if all(loop.statement is not statement for loop in view.loops(node)):
                    yield Windows(node, statement, found, function)
            for found, run in find_statements(f"for i in {numbers}:\n    o.append({function}({_WINDOW}))", view):
                if not view.used_after(found["i"].id, run[0]):
                    yield Windows(run[0], run[0], found, function, found["o"].id)


def _is_whole(view: View, found: Found) -> bool:
    """Whether `n`, where it is used, is the length of the list, and the list is indexed by position."""
    items, size = found["a"], found["K"]
    if not view.typing.could_be(items, "list", "tuple", "str") or not view.typing.items_ordered(items):
        return False
    if mentioned(items.id, size):
        return False
    if "n" not in found:
        return True
    name = found["n"].id
    bound = [n for n in uses(name, view.function) if not isinstance(n.ctx, ast.Load)]
    above = view.parents[bound[0]] if len(bound) == 1 else None
    return isinstance(above, ast.Assign) and ast.unparse(above.value) == f"len({items.id})"


def _rewrite(view: View, windows: Windows) -> Iterator[Rewrite]:
    draft = Draft(view.target, id, safety)
    items, size = windows.found["a"].id, draft.text(windows.found["K"])
    into = windows.into or draft.fresh("tops")
    queue, item, deque = draft.fresh("queue"), draft.fresh("item"), draft.imported("collections", "deque")
    i = windows.found["i"].id if windows.into else draft.fresh("i")
    worse = "<" if windows.function == "max" else ">"
    last = f"{int(size) - 1}" if size.isdigit() else f"{size} - 1"
    lines = [
        *([] if windows.into else [f"{into} = []"]),
        f"{queue} = {deque}()",
        f"for {i}, {item} in enumerate({items}):",
        f"    while {queue} and {items}[{queue}[-1]] {worse} {item}:",
        f"        {queue}.pop()",
        f"    {queue}.append({i})",
        f"    if {queue}[0] == {i} - {size}:",
        f"        {queue}.popleft()",
        f"    if {i} >= {last}:",
        f"        {into}.append({items}[{queue}[0]])",
    ]
    if isinstance(windows.place, ast.stmt):
        if hasattr(windows.place, "counter"):
            draft.delete(windows.place.counter)
        draft.replace_statements(windows.place, windows.place, "\n".join(lines))
    else:
        draft.insert_before(windows.statement, "\n".join(lines))
        draft.replace(windows.place, into)
    yield from draft.finish(f"the {windows.function} of each window of `{items}` comes from a queue")
