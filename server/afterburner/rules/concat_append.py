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
from afterburner.rules._lists import list_use, new_list
from afterburner.rules._names import stored
from afterburner.rules._view import View

id = "concat-append"
improves = "time"
safety = Safety.NEEDS_PROOF
group = "container"


def find(target: Target, facts: Facts) -> Iterator[Rewrite]:
    view = View(target, facts)
    loops: list[ast.For | ast.While] = [*view.nodes(ast.For), *view.nodes(ast.While)]
    for loop in loops:
        for name in sorted(stored(loop)):
            start = view.start(name, loop)
            updates = [n for n in ast.walk(loop) if isinstance(n, ast.AugAssign) and _grows(view, n, name)]
            if start is not None and updates and new_list(start.value) and _own(view, loop, name, updates):
                yield from _rewrite(view, name, updates)


def _grows(view: View, node: ast.AugAssign, name: str) -> bool:
    """`name = name + list`, and the list is surely one."""
    mine = isinstance(node.target, ast.Name) and node.target.id == name and isinstance(node.op, ast.Add)
    plain = mine and hasattr(node, "plain") and not hasattr(node, "swapped")
    return plain and view.typing.surely(node.value, "list")


def _own(view: View, loop: ast.For | ast.While, name: str, updates: list[ast.AugAssign]) -> bool:
    """Whether within the loop the list is only grown, measured and indexed."""
    use = list_use(view, name, loop)
    grown = [n.target for n in updates]
    reads_items = all(
        isinstance(view.parents[read], ast.Subscript | ast.While | ast.If | ast.IfExp | ast.BoolOp)
        for read in use.reads
    )
    only_appends = all(isinstance(call.func, ast.Attribute) and call.func.attr == "extend" for call in use.calls)
    return name not in view.captured and all(o in grown for o in use.others) and reads_items and only_appends


def _rewrite(view: View, name: str, updates: list[ast.AugAssign]) -> Iterator[Rewrite]:
    draft = Draft(view.target, id, safety)
    for node in updates:
        match node.value:
            case ast.List(elts=[item]) if not isinstance(item, ast.Starred):
                draft.replace(node, f"{name}.append({draft.inside(item)})")
            case value:
                draft.replace(node, f"{name}.extend({draft.inside(value)})")
    yield from draft.finish(f"`{name}` grows in place")
