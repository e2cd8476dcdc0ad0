"""A loop that only sets a flag stops as soon as the flag is set.

Why it is slow
--------------
Once the flag has its value, the rest of the loop can change nothing, but still tests every item.

Example
-------
```python
def has_zero(a):
    found = False
    for x in a:
        if x == 0:
            found = True
    return found
```

becomes

```python
def has_zero(a):
    found = False
    for x in a:
        if x == 0:
            found = True
            break
    return found
```

When it changes behaviour
-------------------------
Items after the first hit are no longer tested: an exception that they would raise stays away, and an iterator keeps
them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from afterburner.core.facts import Facts
from afterburner.core.rewrite import Rewrite, Safety
from afterburner.core.target import Target
from afterburner.rules._draft import Draft
from afterburner.rules._names import flat, loaded, pure
from afterburner.rules._view import View

id = "flag-break"
improves = "time"
safety = Safety.NEEDS_PROOF
group = "algorithm"


def find(target: Target, facts: Facts) -> Iterator[Rewrite]:
    view = View(target, facts)
    for loop in view.nodes(ast.For):
        *before, last = loop.body
        if not isinstance(last, ast.If) or last.orelse or loop.orelse or not pure(last.test) or not pure(loop.iter):
            continue
        flags = _constants(last.body)
        helpers = _helpers(before)
        if not flags or helpers is None or flags & (loaded(last.test, *before) | set(flat(loop.target)) | helpers):
            continue
        lost = {*flat(loop.target), *helpers}
        if not any(view.used_after(name, loop) for name in lost) and not view.typing.surely(loop.iter, "iterator"):
            draft = Draft(target, id, safety)
            draft.insert_after(last.body[-1], "break")
            yield from draft.finish(f"the loop over `{draft.text(loop.iter)}` ends when `{min(flags)}` is set")


def _constants(body: list[ast.stmt]) -> frozenset[str]:
    """The names that get a constant, when the statements do nothing else."""
    names = set()
    for node in body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant()):
                names.add(name)
            case _:
                return frozenset()
    return frozenset(names)


def _helpers(body: list[ast.stmt]) -> set[str] | None:
    """The names that get a value on the way to the test; None when something else happens."""
    names = set()
    for node in body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if pure(value):
                names.add(name)
            case _:
                return None
    return names
