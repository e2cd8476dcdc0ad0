"""Membership in a list inside a loop becomes membership in a set that is built once.

Why it is slow
--------------
`x in items` compares `x` with one element of a list after the other, so a loop around it does n × m comparisons. A set
finds the answer by hash, whatever its size. The same holds for `x in set(items)`: there it is built anew each time.

Example
-------
```python
def common(a, b):
    return [x for x in a if x in b]
```

becomes

```python
def common(a, b):
    b_set = set(b)
    return [x for x in a if x in b_set]
```

When it changes behaviour
-------------------------
Elements must be hashable, with a hash that agrees with `==`. A string is no list of its characters: `"ab" in "cabd"`
holds. The container must not change while the loop runs; where the text does not show that, the verdict decides.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from afterburner.core.facts import Facts
from afterburner.core.rewrite import Rewrite, Safety
from afterburner.core.target import Target
from afterburner.rules._canonical import same
from afterburner.rules._draft import Draft
from afterburner.rules._names import constant, root
from afterburner.rules._view import View

id = "membership-set"
improves = "time"
safety = Safety.NEEDS_PROOF
group = "container"


Group = tuple[ast.stmt, list[ast.expr]]
"""The statement above which the set is built, and the places that then use it."""


def find(target: Target, facts: Facts) -> Iterator[Rewrite]:
    """One rewrite with all sets, and if there are several, one for each."""
    view = View(target, facts)
    groups = _groups(view)
    for chosen in [groups, *([one] for one in groups)] if len(groups) > 1 else [groups]:
        yield from _rewrite(view, chosen)


def _groups(view: View) -> list[Group]:
    groups: list[Group] = []
    for test in view.nodes(ast.Compare):
        if len(test.ops) != 1 or not isinstance(test.ops[0], ast.In | ast.NotIn):
            continue
        container = test.comparators[0]
        loop = view.hoistable(container, test) if _is_list(view, container, test.left) else None
        if loop is None:
            continue
        known = [places for above, places in groups if above is loop.statement and same(places[0], container)]
        known[0].append(container) if known else groups.append((loop.statement, [container]))
    return groups


def _is_list(view: View, container: ast.expr, item: ast.expr) -> bool:
    """Whether a search in the container is linear, as far as is known, and its items can be hashed."""
    if not view.typing.hashable(item) or not view.typing.items_hashable(container):
        return False
    match container:
        case ast.Call(func=ast.Name(id="set" | "frozenset" | "list" | "tuple"), args=[ast.expr()], keywords=[]):
            return True
        case ast.Name() | ast.Attribute():
            return view.typing.could_be(container, "list", "tuple", "deque") and root(container) in view.locals
    return False


def _rewrite(view: View, groups: list[Group]) -> Iterator[Rewrite]:
    draft = Draft(view.target, id, safety)
    names = []
    for above, places in groups:
        inner = _content(places[0])
        names.append(draft.fresh(f"{_stem(inner)}_set"))
        content = draft.text(inner)
        if _may_be_none(view, inner):
            content = f"{content} or ()"
        draft.insert_before(above, f"{names[-1]} = set({content})")
        for place in places:
            draft.replace(place, names[-1])
    what = ", ".join(f"`{draft.text(places[0])}`" for _, places in groups)
    seen = view.evidence(*(_content(places[0]) for _, places in groups))
    yield from draft.finish(f"membership tests in {what} use a set built once before the loop{seen}")


def _content(container: ast.expr) -> ast.expr:
    return container.args[0] if isinstance(container, ast.Call) else container


def _stem(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.strip("_") or "items"
    return "wanted"


def _may_be_none(view: View, node: ast.expr) -> bool:
    """Whether the container is a parameter that may be left out."""
    if any(kind.name == "none" for kind in view.typing.of(node)):
        return True
    a = view.function.args
    plain = [*a.posonlyargs, *a.args]
    pairs = [
        *zip(plain[len(plain) - len(a.defaults) :], a.defaults, strict=True),
        *zip(a.kwonlyargs, a.kw_defaults, strict=True),
    ]
    return isinstance(node, ast.Name) and any(p.arg == node.id and constant(default, None) for p, default in pairs)
