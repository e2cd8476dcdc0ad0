"""A local list that is only asked `in` becomes a set.

Why it is slow
--------------
`x in visited` compares `x` with one element after the other, and the list grows as the work goes on: the whole is
quadratic. Nothing here needs the order of the list.

Example
-------
```python
def steps(n):
    visited = []
    x = 1
    while x not in visited:
        visited.append(x)
        x = x * 5 % n
    return len(visited)
```

becomes

```python
def steps(n):
    visited = set()
    x = 1
    while x not in visited:
        visited.add(x)
        x = x * 5 % n
    return len(visited)
```

When it changes behaviour
-------------------------
Elements must be hashable, with a hash that agrees with `==`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from afterburner.core.facts import Facts
from afterburner.core.rewrite import Rewrite, Safety
from afterburner.core.target import Target
from afterburner.rules._draft import Draft
from afterburner.rules._lists import empty_list, list_use, only_a_set
from afterburner.rules._view import View

id = "visited-set"
improves = "time"
safety = Safety.NEEDS_PROOF
group = "container"


def find(target: Target, facts: Facts) -> Iterator[Rewrite]:
    view = View(target, facts)
    for start in view.nodes(ast.Assign):
        match start:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in view.locals - view.parameters:
                if _becomes_set(view, value, name):
                    yield from _rewrite(view, value, name)


def _becomes_set(view: View, value: ast.expr, name: str) -> bool:
    use = list_use(view, name, *view.function.body)
    repeated = any(view.loops(test) for test in use.tests)
    items = [call.args[0] for call in use.appends] + (value.elts if isinstance(value, ast.List) else [])
    starts_plain = empty_list(value) or (isinstance(value, ast.List) and len(value.elts) == 1)
    plain = starts_plain and not any(isinstance(item, ast.Starred) for item in items)
    return repeated and plain and only_a_set(view, name) and all(view.typing.hashable(item) for item in items)


def _rewrite(view: View, value: ast.expr, name: str) -> Iterator[Rewrite]:
    draft = Draft(view.target, id, safety)
    first = f"{{{draft.text(value.elts[0])}}}" if isinstance(value, ast.List) and value.elts else "set()"
    draft.replace(value, first)
    annotation = getattr(view.parents[value], "annotation", None)
    if annotation is not None:
        draft.replace(annotation, draft.text(annotation).replace("List", "set").replace("list", "set", 1))
    for call in list_use(view, name, *view.function.body).appends:
        draft.replace(call, f"{name}.add({draft.text(call.args[0])})")
    yield from draft.finish(f"`{name}` is a set: only membership is asked of it")
