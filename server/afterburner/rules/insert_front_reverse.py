"""Building a list from its front becomes appending, and one reversal at the end.

Why it is slow
--------------
`out.insert(0, x)` moves every element by one place, and `out = [x] + out` copies them all. `append` does not, and
`reverse` moves each element once.

Example
-------
```python
def backwards(a):
    out = []
    for x in a:
        out.insert(0, x)
    return out
```

becomes

```python
def backwards(a):
    out = []
    for x in a:
        out.append(x)
    out.reverse()
    return out
```

When it changes behaviour
-------------------------
It does not: the list is the function's own, begins empty, and is not looked at before the loop has ended.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from afterburner.core.facts import Facts
from afterburner.core.rewrite import Rewrite, Safety
from afterburner.core.target import Target
from afterburner.rules._draft import Draft
from afterburner.rules._lists import empty_list
from afterburner.rules._names import constant, mentioned, uses
from afterburner.rules._view import View

id = "insert-front-reverse"
improves = "time"
safety = Safety.NEEDS_PROOF
group = "container"


def find(target: Target, facts: Facts) -> Iterator[Rewrite]:
    view = View(target, facts)
    loops: list[ast.For | ast.While] = [*view.nodes(ast.For), *view.nodes(ast.While)]
    for loop in loops:
        updates = [(s, *found) for s in ast.walk(loop) if isinstance(s, ast.stmt) and (found := _at_front(s))]
        for name in sorted({name for _, name, _ in updates}):
            start = view.start(name, loop)
            mine = [(statement, item) for statement, found, item in updates if found == name]
            if start is not None and empty_list(start.value) and _unseen(view, loop, name, mine):
                yield from _rewrite(view, loop, name, mine)


def _at_front(statement: ast.stmt) -> tuple[str, ast.expr] | None:
    """The list and the item that a statement puts at its front."""
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="insert"), args=[first, item])):
            return (name, item) if constant(first, 0) else None
        case ast.AugAssign(target=ast.Name(id=name), op=ast.Add(), value=ast.List(elts=[item])):
            return (name, item) if hasattr(statement, "swapped") and not isinstance(item, ast.Starred) else None
    return None


def _unseen(view: View, loop: ast.For | ast.While, name: str, updates: list[tuple[ast.stmt, ast.expr]]) -> bool:
    """Whether nothing but the updates uses the list before the loop has ended."""
    if name in view.captured or view.in_try(loop) or any(isinstance(n, ast.Try) for n in ast.walk(loop)):
        return False
    return len(uses(name, loop)) == len(updates) and not any(mentioned(name, item) for _, item in updates)


def _rewrite(view: View, loop: ast.stmt, name: str, updates: list[tuple[ast.stmt, ast.expr]]) -> Iterator[Rewrite]:
    draft = Draft(view.target, id, safety)
    for statement, item in updates:
        draft.replace(statement, f"{name}.append({draft.text(item)})")
    draft.insert_after(loop, f"{name}.reverse()")
    yield from draft.finish(f"`{name}` is built by appending and reversed once")
