"""`any([…])` and `all([…])` stop at the first answer when the list becomes a generator.

Why it is slow
--------------
The list is built to its end before `any` looks at its first element. A generator computes elements until one decides.

Example
-------
```python
def has_large(a):
    return any([x * x > 50 for x in a])
```

becomes

```python
def has_large(a):
    return any(x * x > 50 for x in a)
```

When it changes behaviour
-------------------------
Elements after the one that decides are no longer computed: an exception that they would raise stays away.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from afterburner.core.facts import Facts
from afterburner.core.rewrite import Rewrite, Safety
from afterburner.core.target import Target
from afterburner.rules._draft import Draft
from afterburner.rules._names import pure
from afterburner.rules._view import View

id = "any-generator"
improves = "time"
safety = Safety.NEEDS_PROOF
group = "micro"


def find(target: Target, facts: Facts) -> Iterator[Rewrite]:
    view = View(target, facts)
    for call in view.nodes(ast.Call):
        match call:
            case ast.Call(func=ast.Name(id="any" | "all" as name), args=[ast.ListComp() as items], keywords=[]) if pure(
                items
            ):
                draft = Draft(target, id, safety)
                inside = draft.text(items)[1:-1]
                draft.replace(items, inside if "\n" in inside else inside.strip())
                yield from draft.finish(f"`{name}` stops at the first element that decides")
