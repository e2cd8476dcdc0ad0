"""Asking a list for `.index` again and again becomes a dict of first positions.

Why it is slow
--------------
`items.index(x)` compares `x` with one element after the other, for each `x` anew. A dict from each element to its first
position is built in one pass.

Example
-------
```python
def ranks(items, wanted):
    return [items.index(x) for x in wanted]
```

becomes

```python
def ranks(items, wanted):
    positions = {}
    for index, item in enumerate(items):
        positions.setdefault(item, index)
    return [positions[x] if x in positions else items.index(x) for x in wanted]
```

When it changes behaviour
-------------------------
Items must be hashable, with a hash that agrees with `==`. What is not in the list still goes to `index`, which raises
the same error; where `x` comes from the list itself, that is left out.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from afterburner.core.facts import Facts
from afterburner.core.rewrite import Rewrite, Safety
from afterburner.core.target import Target
from afterburner.rules._canonical import same
from afterburner.rules._draft import Draft
from afterburner.rules._lists import comes_from, simple
from afterburner.rules._names import root
from afterburner.rules._view import View

id = "index-positions"
improves = "time"
safety = Safety.NEEDS_PROOF
group = "container"


def find(target: Target, facts: Facts) -> Iterator[Rewrite]:
    view = View(target, facts)
    groups: list[tuple[ast.stmt, ast.expr, list[ast.Call]]] = []
    for call in view.nodes(ast.Call):
        match call:
            case ast.Call(func=ast.Attribute(value=items, attr="index"), args=[item], keywords=[]):
                loop = view.hoistable(items, call) if _is_list(view, items, item) else None
                known = [
                    places for above, one, places in groups if loop and above is loop.statement and same(one, items)
                ]
                if known:
                    known[0].append(call)
                elif loop:
                    groups.append((loop.statement, items, [call]))
    for above, items, calls in groups:
        yield from _rewrite(view, above, items, calls)


def _is_list(view: View, items: ast.expr, item: ast.expr) -> bool:
    listed = view.typing.could_be(items, "list", "tuple") and not isinstance(items, ast.Constant)
    hashable = view.typing.hashable(item) and view.typing.items_hashable(items)
    return bool(root(items)) and listed and simple(item) and hashable


def _rewrite(view: View, above: ast.stmt, items: ast.expr, calls: list[ast.Call]) -> Iterator[Rewrite]:
    draft = Draft(view.target, id, safety)
    positions, index, each = draft.fresh("positions"), draft.fresh("index"), draft.fresh("item")
    draft.insert_before(
        above,
        f"{positions} = {{}}\nfor {index}, {each} in enumerate({draft.text(items)}):\n"
        f"    {positions}.setdefault({each}, {index})",
    )
    for call in calls:
        item = draft.text(call.args[0])
        if comes_from(view, call.args[0], items):
            draft.replace(call, f"{positions}[{item}]")
        else:
            choice = f"{positions}[{item}] if {item} in {positions} else {draft.text(call)}"
            draft.replace(call, choice if _stands_alone(view, call) else f"({choice})")
    yield from draft.finish(
        f"positions in `{draft.text(items)}` are looked up in a dict built once{view.evidence(items)}"
    )


def _stands_alone(view: View, call: ast.Call) -> bool:
    above = view.parents[call]
    return isinstance(above, ast.Assign | ast.Return | ast.ListComp | ast.GeneratorExp | ast.Call)
