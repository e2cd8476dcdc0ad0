"""Growing a list by `out = out + [x]` becomes `append`.

Why it is slow
--------------
`out + [x]` makes a new list and copies all elements, for each one that is added. `append` and `extend` add in place.

Example
-------
```python
def doubled(a):
    out = []
    for x in a:
        out = out + [x * 2]
    return out
```

becomes

```python
def doubled(a):
    out = []
    for x in a:
        out.append(x * 2)
    return out
```

When it changes behaviour
-------------------------
It does not: the list is the function's own, and nobody holds an earlier one while the loop runs.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from afterburner.core.facts import Facts
from afterburner.core.rewrite import Rewrite, Safety
from afterburner.core.target import Target
from afterburner.rules._draft import Draft
from afterburner.rules._lists import Addition, additions, list_use, new_list
from afterburner.rules._view import View

id = "concat-append"
improves = "time"
safety = Safety.NEEDS_PROOF
group = "container"


def find(target: Target, facts: Facts) -> Iterator[Rewrite]:
    view = View(target, facts)
    for loop in view.loop_statements:
        found = [one for one in additions(loop) if not one.at_front and view.typing.surely(one.items, "list")]
        for name in sorted({one.name for one in found}):
            start = view.start(name, loop)
            mine = [one for one in found if one.name == name]
            if start is not None and new_list(start.value) and _own(view, loop, name, mine):
                yield from _rewrite(view, name, mine)


def _own(view: View, loop: ast.For | ast.While, name: str, updates: list[Addition]) -> bool:
    """Whether within the loop the list is only grown, measured and indexed."""
    use = list_use(view, name, loop)
    grown = [one.statement.target for one in updates if isinstance(one.statement, ast.AugAssign)]
    reads_items = all(
        isinstance(view.parents[read], ast.Subscript | ast.While | ast.If | ast.IfExp | ast.BoolOp)
        for read in use.reads
    )
    only_appends = all(isinstance(call.func, ast.Attribute) and call.func.attr == "extend" for call in use.calls)
    return name not in view.captured and all(o in grown for o in use.others) and reads_items and only_appends


def _rewrite(view: View, name: str, updates: list[Addition]) -> Iterator[Rewrite]:
    draft = Draft(view.target, id, safety)
    for one in updates:
        call = f"append({draft.inside(one.item)})" if one.item else f"extend({draft.inside(one.items)})"
        draft.replace(one.statement, f"{name}.{call}")
    yield from draft.finish(f"`{name}` grows in place")
