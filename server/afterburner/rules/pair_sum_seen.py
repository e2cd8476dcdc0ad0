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
from afterburner.rules._pairs import PairSearch, pair_searches
from afterburner.rules._view import View

id = "pair-sum-seen"
improves = "time"
safety = Safety.NEEDS_PROOF
group = "algorithm"


def find(target: Target, facts: Facts) -> Iterator[Rewrite]:
    view = View(target, facts)
    for search in pair_searches(view):
        if search.answer is not None:
            yield from _by_set(view, search, search.answer)
        elif search.counters is not None:
            yield from _by_positions(view, search, *search.counters)


def _by_set(view: View, search: PairSearch, answer: ast.Return) -> Iterator[Rewrite]:
    draft = Draft(view.target, id, safety)
    seen, item = draft.fresh("seen"), draft.fresh("item")
    text = (
        f"{seen} = set()\nfor {item} in {search.items.id}:\n    if {draft.atom(search.wanted)} - {item} in {seen}:\n"
        f"        {draft.text(answer)}\n    {seen}.add({item})"
    )
    draft.replace_statements(search.loop, search.loop, text)
    shown = view.evidence(search.items, search.wanted)
    yield from draft.finish(
        f"what completes the sum is looked up among the elements of `{search.items.id}` so far{shown}"
    )


def _by_positions(view: View, search: PairSearch, i: str, j: str) -> Iterator[Rewrite]:
    draft = Draft(view.target, id, safety)
    items = search.items.id
    positions, place, item = draft.fresh("positions"), draft.fresh("place"), draft.fresh("item")
    draft.insert_before(
        search.loop,
        f"{positions} = {{}}\nfor {place}, {item} in enumerate({items}):\n"
        f"    {positions}.setdefault({item}, []).append({place})",
    )
    draft.replace(search.inner.iter, f"{positions}.get({draft.atom(search.wanted)} - {items}[{i}], ())")
    draft.replace(search.test, f"{i} < {j} and {draft.text(search.test)}")
    shown = view.evidence(search.items, search.wanted)
    yield from draft.finish(f"what completes the sum is looked up in a dict of positions in `{items}`{shown}")
