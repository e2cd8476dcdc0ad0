"""The search for two elements with a given sum looks up what is missing.

Why it is slow
--------------
All pairs are tried: n²/2 additions and comparisons. For each element there is only one number that completes the sum; a
set of the elements so far, or a dict of positions, tells at once whether it is there.

Example
-------
```python
def has_pair(a, t):
    for i in range(len(a)):
        for j in range(i + 1, len(a)):
            if a[i] + a[j] == t:
                return True
    return False
```

becomes

```python
def has_pair(a, t):
    seen = set()
    for item in a:
        if t - item in seen:
            return True
        seen.add(item)
    return False
```

When it changes behaviour
-------------------------
Exact for whole numbers; with floats `t - x` may round to another number than the one that completes the sum.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from afterburner.core.facts import Facts
from afterburner.core.rewrite import Rewrite, Safety
from afterburner.core.target import Target
from afterburner.rules._draft import Draft
from afterburner.rules._names import changed, loaded, pure, stored
from afterburner.rules._pattern import Found, find_statements, match_expression
from afterburner.rules._view import View

id = "pair-sum-seen"
improves = "time"
safety = Safety.NEEDS_PROOF
group = "algorithm"

_INDEXED = "for i in range(OUTER):\n    for j in range(i + 1, INNER):\n        if a[i] + a[j] == T:\n            BODY"
_SLICED = "for i, x in enumerate(a):\n    for y in a[i + 1:]:\n        if x + y == T:\n            BODY"


def find(target: Target, facts: Facts) -> Iterator[Rewrite]:
    view = View(target, facts)
    for pattern in (_INDEXED, _SLICED):
        for found, (loop,) in find_statements(pattern, view):
            assert isinstance(loop, ast.For)
            if not _whole_list(view, found) or not _steady(view, loop, found) or hasattr(loop, "counter"):
                continue
            answer = _constant_answer(found["BODY"])
            if answer is not None and not any(view.used_after(name, loop) for name in stored(loop.target)):
                yield from _by_set(view, loop, found, answer)
            elif pattern is _INDEXED:
                yield from _by_positions(view, loop, found)


def _whole_list(view: View, found: Found) -> bool:
    """Whether the loops go over all pairs, and the elements may be whole numbers."""
    items = found["a"]
    if "INNER" in found:
        shorter = match_expression("N - 1", found["OUTER"])
        outer = found["OUTER"] if shorter is None or not isinstance(found["OUTER"], ast.BinOp) else shorter["N"]
        if not view.length_of(outer, items) or not view.length_of(found["INNER"], items):
            return False
    whole = view.typing.items_only(items, "int", "bool") and view.typing.only(found["T"], "int", "bool")
    return whole and view.typing.could_be(items, "list", "tuple")


def _steady(view: View, loop: ast.For, found: Found) -> bool:
    """Whether list and sum stay the same, and nothing but the loops gives their counters values."""
    fixed = loaded(found["T"]) | {found["a"].id}
    bound = fixed & (stored(loop) | changed(loop))
    inner = loop.body[0]
    plain = isinstance(inner, ast.For) and not inner.orelse and not loop.orelse and not hasattr(inner, "counter")
    return pure(found["T"]) and not bound and plain


def _constant_answer(body: list[ast.stmt]) -> ast.Return | None:
    match body:
        case [ast.Return(value=ast.Constant() | None) as answer]:
            return answer
    return None


def _by_set(view: View, loop: ast.For, found: Found, answer: ast.Return) -> Iterator[Rewrite]:
    draft = Draft(view.target, id, safety)
    seen, item = draft.fresh("seen"), draft.fresh("item")
    text = (
        f"{seen} = set()\nfor {item} in {found['a'].id}:\n    if {draft.atom(found['T'])} - {item} in {seen}:\n"
        f"        {draft.text(answer)}\n    {seen}.add({item})"
    )
    draft.replace_statements(loop, loop, text)
    seen_types = view.evidence(found["a"], found["T"])
    yield from draft.finish(
        f"what completes the sum is looked up among the elements of `{found['a'].id}` so far{seen_types}"
    )


def _by_positions(view: View, loop: ast.For, found: Found) -> Iterator[Rewrite]:
    draft = Draft(view.target, id, safety)
    inner = loop.body[0]
    assert isinstance(inner, ast.For) and isinstance(inner.body[0], ast.If)
    i, j, items = found["i"].id, found["j"].id, found["a"].id
    positions, place, item = draft.fresh("positions"), draft.fresh("place"), draft.fresh("item")
    draft.insert_before(
        loop,
        f"{positions} = {{}}\nfor {place}, {item} in enumerate({items}):\n"
        f"    {positions}.setdefault({item}, []).append({place})",
    )
    draft.replace(inner.iter, f"{positions}.get({draft.atom(found['T'])} - {items}[{i}], ())")
    draft.replace(inner.body[0].test, f"{i} < {j} and {draft.text(inner.body[0].test)}")
    seen_types = view.evidence(found["a"], found["T"])
    yield from draft.finish(f"what completes the sum is looked up in a dict of positions in `{items}`{seen_types}")
