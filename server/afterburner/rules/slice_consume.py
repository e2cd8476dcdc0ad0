"""Cutting off the first element in each round becomes a `for` loop.

Why it is slow
--------------
`s = s[1:]` copies all that is left, in each round: n²/2 elements altogether. A `for` loop copies nothing.

Example
-------
```python
def count_a(s):
    n = 0
    while s:
        if s[0] == "a":
            n += 1
        s = s[1:]
    return n
```

becomes

```python
def count_a(s):
    n = 0
    for item in s:
        if item == "a":
            n += 1
    return n
```

When it changes behaviour
-------------------------
It does not for strings, bytes, lists and tuples that nothing else changes meanwhile.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from afterburner.core.facts import Facts
from afterburner.core.rewrite import Rewrite, Safety
from afterburner.core.target import Target
from afterburner.rules._draft import Draft
from afterburner.rules._names import mentioned, uses
from afterburner.rules._pattern import match_expression, match_statement
from afterburner.rules._view import View

id = "slice-consume"
improves = "time"
safety = Safety.NEEDS_PROOF
group = "algorithm"

_FORMS = (("s = s[1:]", "s[0]", "{}"), ("s = s[:-1]", "s[-1]", "reversed({})"))
"""The cut, the element that is read before it, and what to go through instead."""


def find(target: Target, facts: Facts) -> Iterator[Rewrite]:
    view = View(target, facts)
    for loop in view.nodes(ast.While):
        for cut, element, over in _FORMS:
            cuts = [node for node in loop.body if match_statement(cut, node)]
            if isinstance(loop.test, ast.Name) and len(cuts) == 1 and len(loop.body) > 1:
                reads = _reads(view, loop, cuts[0], element)
                if reads is not None and not _leaves_early(view, loop):
                    yield from _rewrite(view, loop, cuts[0], reads, over)


def _reads(view: View, loop: ast.While, cut: ast.stmt, element: str) -> list[ast.expr] | None:
    """The places that read the element; None when the rest is used in any other way."""
    assert isinstance(loop.test, ast.Name)
    name = loop.test.id
    if not mentioned(name, cut) or any(mentioned(name, later) for later in view.after(cut)):
        return None
    found: list[ast.expr] = []
    for use in uses(name, *view.before(cut)):
        read = view.parents[use]
        if not match_expression(element, read) or not isinstance(read, ast.Subscript):
            return None
        found.append(read)
    cut_copies = view.typing.could_be(loop.test, "str", "bytes", "bytearray", "list", "tuple")
    return found if cut_copies and name in view.locals - view.captured else None


def _leaves_early(view: View, loop: ast.While) -> bool:
    """Whether a jump lets the loop end, or go on, with something else left than the loop over it would."""
    assert isinstance(loop.test, ast.Name)
    if any(isinstance(node, ast.Continue) for node in ast.walk(view.original(loop))):
        return True
    breaks = any(isinstance(node, ast.Break) for node in ast.walk(loop))
    return (breaks and view.used_after(loop.test.id, loop)) or view.in_try(loop)


def _rewrite(view: View, loop: ast.While, cut: ast.stmt, reads: list[ast.expr], over: str) -> Iterator[Rewrite]:
    assert isinstance(loop.test, ast.Name)
    draft = Draft(view.target, id, safety)
    name = loop.test.id
    item = draft.fresh("item") if reads else "_" if not mentioned("_", view.function) else draft.fresh("_item")
    draft.replace_range(loop, view.original(loop).test, f"for {item} in {over.format(name)}")
    for read in reads:
        draft.replace(read, item)
    draft.delete(cut)
    if view.used_after(name, loop):
        draft.insert_after(loop, f"{name} = {name}[:0]")
    yield from draft.finish(f"`{name}` is gone through without cutting it")
