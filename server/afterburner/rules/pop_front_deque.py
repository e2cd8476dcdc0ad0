"""A local list used as a queue, with `pop(0)`, becomes a `deque`.

Why it is slow
--------------
`queue.pop(0)` and `queue.insert(0, x)` move every remaining element by one place. A `deque` takes and adds at both ends
in constant time.

Example
-------
```python
def walk(graph, start):
    queue = [start]
    while queue:
        node = queue.pop(0)
        queue.extend(graph.pop(node, ()))
```

becomes

```python
from collections import deque

def walk(graph, start):
    queue = deque([start])
    while queue:
        node = queue.popleft()
        queue.extend(graph.pop(node, ()))
```

When it changes behaviour
-------------------------
It does not, as long as the list stays in the function; only the text of the `IndexError` of an empty queue differs.
Items in the middle are slower to reach.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from afterburner.core.facts import Facts
from afterburner.core.rewrite import Rewrite, Safety
from afterburner.core.target import Target
from afterburner.rules._draft import Draft
from afterburner.rules._lists import empty_list, list_use, new_list
from afterburner.rules._names import constant, root
from afterburner.rules._view import View

id = "pop-front-deque"
improves = "time"
safety = Safety.NEEDS_PROOF
group = "container"

_SHARED_METHODS = {"extend", "clear", "reverse", "remove", "count", "append"}


def find(target: Target, facts: Facts) -> Iterator[Rewrite]:
    view = View(target, facts)
    fronts = [call for call in view.nodes(ast.Call) if _new_method(call) == "popleft" and view.loops(call)]
    names = {root(call.func) for call in fronts}
    for name in sorted(names & (view.locals - view.parameters) - view.captured):
        starts = _starts(view, name)
        if starts and _fits(view, name, starts):
            yield from _rewrite(view, name, starts)


def _new_method(call: ast.Call) -> str:
    """What a call that needs another method on a deque becomes: `pop(0)`, `insert(0, x)`; else ''."""
    match call:
        case ast.Call(func=ast.Attribute(value=ast.Name(), attr="pop"), args=[first], keywords=[]) if constant(
            first, 0
        ):
            return "popleft"
        case ast.Call(func=ast.Attribute(value=ast.Name(), attr="insert"), args=[first, _]) if constant(first, 0):
            return "appendleft"
    return ""


def _starts(view: View, name: str) -> list[ast.Assign]:
    """The assignments of new lists to the name; none when it is also bound in another way."""
    bound = [n for n in view.own if isinstance(n, ast.Name) and n.id == name and not isinstance(n.ctx, ast.Load)]
    starts = [above for n in bound if isinstance(above := view.parents[n], ast.Assign) and above.targets == [n]]
    return starts if len(starts) == len(bound) and all(new_list(start.value) for start in starts) else []


def _fits(view: View, name: str, starts: list[ast.Assign]) -> bool:
    """Whether a deque can do everything that is asked of the list."""
    use = list_use(view, name, *view.function.body)
    targets = [start.targets[0] for start in starts]
    if any(other not in targets for other in use.others) or not all(_shared(call) for call in use.calls):
        return False
    return all(_read_of_deque(view, read) for read in use.reads)


def _shared(call: ast.Call) -> bool:
    if _new_method(call):
        return True
    attr = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    return attr in _SHARED_METHODS or (attr == "pop" and not call.args)


def _read_of_deque(view: View, read: ast.Name) -> bool:
    match view.parents[read]:
        case ast.Subscript(slice=ast.Slice()) | ast.Return() | ast.Compare():
            return False
        case ast.Call(func=ast.Name(id="repr" | "str" | "type" | "isinstance" | "format" | "hash")):
            return False
    return not _compared_with_list(view, read)


def _compared_with_list(view: View, read: ast.Name) -> bool:
    """Whether the text compares the list itself (`while queue != []`), which the canonical tree no longer shows."""
    compared = (n for n in ast.walk(view.target.node) if isinstance(n, ast.Compare))
    sides = (
        side for n in compared if not isinstance(n.ops[0], ast.In | ast.NotIn) for side in [n.left, *n.comparators]
    )
    return any(isinstance(side, ast.Name) and side.id == read.id for side in sides)


def _rewrite(view: View, name: str, starts: list[ast.Assign]) -> Iterator[Rewrite]:
    draft = Draft(view.target, id, safety)
    deque = draft.imported("collections", "deque")
    for start in starts:
        match start.value:
            case ast.Call(func=ast.Name(id="list") as maker, args=[_]):
                draft.replace(maker, deque)
            case value:
                draft.replace(value, f"{deque}({'' if empty_list(value) else draft.text(value)})")
        annotation = getattr(start, "annotation", None)
        if annotation is not None:
            draft.replace(annotation, draft.text(annotation).replace("List", deque).replace("list", deque, 1))
    for call in list_use(view, name, *view.function.body).calls:
        if _new_method(call):
            draft.replace(call, f"{name}.{_new_method(call)}({draft.text(call.args[1]) if len(call.args) > 1 else ''})")
    yield from draft.finish(f"the queue `{name}` is a deque")
