"""Groups that are searched for by their first member become a dict of groups.

Why it is slow
--------------
Each item is compared with the first member of every group so far, and the key of that member is computed anew each
time: items × groups. A dict finds the group by its key at once.

Example
-------
```python
def anagrams(words):
    groups = []
    for word in words:
        for one in groups:
            if sorted(one[0]) == sorted(word):
                one.append(word)
                break
        else:
            groups.append([word])
    return groups
```

becomes

```python
def anagrams(words):
    groups_by_key = {}
    for word in words:
        groups_by_key.setdefault(tuple(sorted(word)), []).append(word)
    groups = list(groups_by_key.values())
    return groups
```

When it changes behaviour
-------------------------
Keys must be hashable, with a hash that agrees with `==`. A key that is not equal to itself, such as NaN, is one group
in a dict. With a single item its key is computed all the same.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from afterburner.core.facts import Facts
from afterburner.core.rewrite import Rewrite, Safety
from afterburner.core.target import Target
from afterburner.rules._canonical import same
from afterburner.rules._draft import Draft
from afterburner.rules._lists import empty_list
from afterburner.rules._names import loaded, mentioned, pure, stored
from afterburner.rules._pattern import Found, find_statements
from afterburner.rules._view import View

id = "bucket-scan"
improves = "time"
safety = Safety.NEEDS_PROOF
group = "algorithm"

_SCAN = (
    "for x in ITEMS:\n    for h in g:\n        if K == L:\n            h.append(x)\n            break\n"
    "    else:\n        g.append([x])"
)


def find(target: Target, facts: Facts) -> Iterator[Rewrite]:
    view = View(target, facts)
    for found, (loop,) in find_statements(_SCAN, view):
        assert isinstance(loop, ast.For)
        start = view.start(found["g"].id, loop)
        key = _key(found)
        if start is None or not empty_list(start.value) or key is None or loop.orelse:
            continue
        names = {found["x"].id, found["h"].id}
        lost = any(view.used_after(name, loop) for name in names) or mentioned(found["g"].id, found["ITEMS"], key)
        if not lost and _hashable(view, key):
            yield from _rewrite(view, start, loop, found, key)


def _key(found: Found) -> ast.expr | None:
    """The key of an item, when both sides of the comparison compute it in the same way."""
    for mine, theirs in ((found["K"], found["L"]), (found["L"], found["K"])):
        if found["h"].id in loaded(mine) or found["x"].id in loaded(theirs) or not pure(mine):
            continue
        first = ast.Subscript(ast.Name(found["h"].id, ast.Load()), ast.Constant(0), ast.Load())
        if same(_put(mine, found["x"].id, first), theirs) and not stored(mine):
            key: ast.expr = mine
            return key
    return None


def _put(node: ast.expr, name: str, other: ast.expr) -> ast.expr:
    """The expression with `other` in the place of a name."""

    class Put(ast.NodeTransformer):
        def visit_Name(self, found: ast.Name) -> ast.expr:
            return other if found.id == name else found

    new: ast.expr = Put().visit(ast.parse(ast.unparse(node), mode="eval").body)
    return new


def _hashable(view: View, key: ast.expr) -> bool:
    """Whether the key can be one of a dict; a sorted list is made a tuple for it."""
    return view.typing.items_hashable(key) if _is_sorted(key) else view.typing.hashable(key)


def _is_sorted(key: ast.expr) -> bool:
    return isinstance(key, ast.Call) and isinstance(key.func, ast.Name) and key.func.id == "sorted"


def _rewrite(view: View, start: ast.Assign, loop: ast.For, found: Found, key: ast.expr) -> Iterator[Rewrite]:
    draft = Draft(view.target, id, safety)
    groups, item = found["g"].id, found["x"].id
    table = draft.fresh(f"{groups}_by_key")
    text = f"tuple({draft.text(key)})" if _is_sorted(key) else draft.text(key)
    lines = (
        f"{table} = {{}}\nfor {item} in {draft.text(found['ITEMS'])}:\n"
        f"    {table}.setdefault({text}, []).append({item})\n{groups} = list({table}.values())"
    )
    if view.before(loop)[-1] is start:
        draft.replace_statements(start, loop, lines)
    else:
        draft.delete(start)
        draft.replace_statements(loop, loop, lines)
    seen = view.evidence(found["ITEMS"])
    yield from draft.finish(f"the groups are found by `{text}` in a dict{seen}")
