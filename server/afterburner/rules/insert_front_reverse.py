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
from afterburner.rules._lists import Addition, additions, empty_list
from afterburner.rules._names import mentioned, uses
from afterburner.rules._view import View

id = "insert-front-reverse"
improves = "time"
safety = Safety.NEEDS_PROOF
group = "container"


def find(target: Target, facts: Facts) -> Iterator[Rewrite]:
    view = View(target, facts)
    for loop in view.loop_statements:
        found = [one for one in additions(loop) if one.at_front and one.item]
        for name in sorted({one.name for one in found}):
            start = view.start(name, loop)
            mine = [one for one in found if one.name == name]
            if start is not None and empty_list(start.value) and _unseen(view, loop, name, mine):
                yield from _rewrite(view, loop, name, mine)


def _unseen(view: View, loop: ast.For | ast.While, name: str, updates: list[Addition]) -> bool:
    """Whether nothing but the updates uses the list before the loop has ended."""
    if name in view.captured or view.in_try(loop) or any(isinstance(n, ast.Try) for n in ast.walk(loop)):
        return False
    return len(uses(name, loop)) == len(updates) and not any(mentioned(name, one.items) for one in updates)


def _rewrite(view: View, loop: ast.stmt, name: str, updates: list[Addition]) -> Iterator[Rewrite]:
    draft = Draft(view.target, id, safety)
    for one in updates:
        draft.replace(one.statement, f"{name}.append({draft.text(one.item or one.items)})")
    draft.insert_after(loop, f"{name}.reverse()")
    yield from draft.finish(f"`{name}` is built by appending and reversed once")
