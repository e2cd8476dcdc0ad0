"""Counting one item after the other with `.count` becomes one pass with `Counter`.

Why it is slow
--------------
`items.count(x)` reads the whole list for each `x`. `Counter` counts all of them in one pass; asking it is one look-up.

Example
-------
```python
def histogram(items):
    return {x: items.count(x) for x in items}
```

becomes

```python
from collections import Counter

def histogram(items):
    counts = Counter(items)
    return {x: counts[x] for x in items}
```

When it changes behaviour
-------------------------
Items must be hashable, with a hash that agrees with `==`. In a string, `count` also finds longer pieces: there it is
only proposed for the string's own characters.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from afterburner.core.facts import Facts
from afterburner.core.rewrite import Rewrite, Safety
from afterburner.core.target import Target
from afterburner.rules._canonical import same
from afterburner.rules._draft import Draft
from afterburner.rules._lists import comes_from
from afterburner.rules._names import root
from afterburner.rules._view import View

id = "count-counter"
improves = "time"
safety = Safety.NEEDS_PROOF
group = "container"

_COUNTED = ("list", "tuple", "deque")


def find(target: Target, facts: Facts) -> Iterator[Rewrite]:
    view = View(target, facts)
    done: list[ast.expr] = []
    for node in view.nodes(ast.Attribute):
        if node.attr != "count" or any(same(node.value, items) for items in done) or not root(node.value):
            continue
        if not view.typing.items_hashable(node.value):
            continue
        places = [n for n in view.nodes(ast.Attribute) if n.attr == "count" and same(n.value, node.value)]
        texts = {place: text for place in places if (text := _instead(view, place))}
        above = _above(view, node.value, texts)
        if above is not None:
            done.append(node.value)
            yield from _rewrite(view, node.value, above, texts)


def _instead(view: View, method: ast.Attribute) -> str:
    """What replaces the call, or the method that is handed over as a key; '' when it must stay."""
    call = view.parents[method]
    match call:
        case ast.Call(func=func, args=[item], keywords=[]) if func is method:
            own = comes_from(view, item, method.value)
            known = own or view.typing.could_be(method.value, *_COUNTED)
            return "[{item}]" if known and view.typing.hashable(item) else ""
        case ast.keyword(arg="key") if view.typing.could_be(method.value, *_COUNTED, "str"):
            return ".__getitem__"
    return ""


def _above(view: View, items: ast.expr, texts: dict[ast.Attribute, str]) -> ast.stmt | None:
    """The statement above which to count: that of the outermost loop around every place."""
    above: ast.stmt | None = None
    for place in texts:
        if isinstance(view.parents[place], ast.keyword):
            statement: ast.stmt | None = view.statement(place)
        else:
            loop = view.hoistable(items, place)
            statement = loop.statement if loop else None
        if statement is None or (above is not None and statement is not above):
            return None
        above = statement
    return above


def _rewrite(view: View, items: ast.expr, above: ast.stmt, texts: dict[ast.Attribute, str]) -> Iterator[Rewrite]:
    draft = Draft(view.target, id, safety)
    counts = draft.fresh("counts")
    draft.insert_before(above, f"{counts} = {draft.imported('collections', 'Counter')}({draft.text(items)})")
    for place, text in texts.items():
        call = view.parents[place]
        if isinstance(call, ast.Call):
            draft.replace(call, counts + text.format(item=draft.text(call.args[0])))
        else:
            draft.replace(place, counts + text)
    yield from draft.finish(f"`{draft.text(items)}` is counted once, by `Counter`{view.evidence(items)}")
