"""Keeping each item once by `not in` the result uses a dict or a second, hashed collection.

Why it is slow
--------------
`if x not in out: out.append(x)` searches the growing list for each item: n items cost n²/2 comparisons. `dict.fromkeys`
keeps the first of equal items, in order, by hash; where the loop does more, a set beside the list answers `not in`.

Example
-------
```python
def unique(a):
    out = []
    for x in a:
        if x not in out:
            out.append(x)
    return out
```

becomes

```python
def unique(a):
    out = list(dict.fromkeys(a))
    return out
```

When it changes behaviour
-------------------------
Items must be hashable, with a hash that agrees with `==`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from afterburner.core.facts import Facts
from afterburner.core.rewrite import Rewrite, Safety
from afterburner.core.target import Target
from afterburner.rules._draft import Draft
from afterburner.rules._lists import empty_list, list_use, new_list, only_a_set, simple
from afterburner.rules._names import changed, mentioned
from afterburner.rules._pattern import match_statement
from afterburner.rules._view import View

id = "dedupe-seen"
improves = "time"
safety = Safety.NEEDS_PROOF
group = "container"

_PLAIN = "for x in ITEMS:\n    if x not in out:\n        out.append(x)"


def find(target: Target, facts: Facts) -> Iterator[Rewrite]:
    view = View(target, facts)
    for loop in view.loop_statements:
        for name in sorted(changed(loop) - view.captured):
            start = view.start(name, loop)
            if start is not None and new_list(start.value) and not only_a_set(view, name):
                yield from _rewrite(view, loop, start, name)


def _rewrite(view: View, loop: ast.For | ast.While, start: ast.Assign, name: str) -> Iterator[Rewrite]:
    found = match_statement(_PLAIN, loop)
    if found and found["out"].id == name and empty_list(start.value) and _whole(view, loop, found["x"].id):
        if view.typing.hashable(found["x"]) and not mentioned(name, found["ITEMS"]):
            yield from _by_dict(view, loop, start, name, found["ITEMS"])
    else:
        yield from _by_set(view, loop, start, name)


def _whole(view: View, loop: ast.For | ast.While, item: str) -> bool:
    return not loop.orelse and not view.used_after(item, loop) and not hasattr(loop, "counter")


def _by_dict(view: View, loop: ast.stmt, start: ast.Assign, name: str, items: ast.expr) -> Iterator[Rewrite]:
    draft = Draft(view.target, id, safety)
    annotation = getattr(start, "annotation", None)
    hint = f": {draft.text(annotation)}" if annotation is not None else ""
    line = f"{name}{hint} = list(dict.fromkeys({draft.text(items)}))"
    if view.before(loop)[-1] is start:
        draft.replace_statements(start, loop, line)
    else:
        draft.delete(start)
        draft.replace_statements(loop, loop, line)
    yield from draft.finish(f"`{name}` keeps the first of equal items by `dict.fromkeys`{view.evidence(items)}")


def _by_set(view: View, loop: ast.stmt, start: ast.Assign, name: str) -> Iterator[Rewrite]:
    use = list_use(view, name, loop)
    items = [call.args[0] for call in use.appends] + [test.left for test in use.tests]
    if not use.tests or not use.appends or use.calls or use.others:
        return
    if not all(simple(item) and view.typing.hashable(item) for item in items):
        return
    draft = Draft(view.target, id, safety)
    seen = draft.fresh("seen" if name != "seen" else "seen_set")
    draft.insert_after(start, f"{seen} = set({'' if empty_list(start.value) else name})")
    for test in use.tests:
        draft.replace(test.comparators[0], seen)
    for call in use.appends:
        draft.insert_after(view.statement(call), f"{seen}.add({draft.text(call.args[0])})")
    seen_types = view.evidence(loop.iter) if isinstance(loop, ast.For) else ""
    yield from draft.finish(f"a set beside `{name}` answers what is in it{seen_types}")
