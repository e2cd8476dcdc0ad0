"""A nested loop that looks for equal keys finds them in a dict of buckets that is built once.

Why it is slow
--------------
For each item of one collection, all of the other are compared: n × m comparisons, although most do not match. A dict
from key to the items that have it, in their order, leaves only those that match to look at.

Example
-------
```python
def join(users, orders):
    rows = []
    for user in users:
        for order in orders:
            if order.owner == user.id:
                rows.append((user, order))
    return rows
```

becomes

```python
def join(users, orders):
    rows = []
    orders_by_owner = {}
    for order in orders:
        orders_by_owner.setdefault(order.owner, []).append(order)
    for user in users:
        for order in orders_by_owner.get(user.id, ()):
            if order.owner == user.id:
                rows.append((user, order))
    return rows
```

When it changes behaviour
-------------------------
Keys must be hashable, with a hash that agrees with `==`. Keys of the inner collection are computed even when the outer
one is empty. The comparison itself stays, so that unequal things with one hash do not pass.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from afterburner.core.facts import Facts
from afterburner.core.rewrite import Rewrite, Safety
from afterburner.core.target import Target
from afterburner.rules._draft import Draft
from afterburner.rules._names import changed, flat, loaded, pure, stored
from afterburner.rules._view import Loop, View

id = "join-index"
improves = "time"
safety = Safety.NEEDS_PROOF
group = "container"


@dataclass(frozen=True)
class Join:
    """A search for equal keys inside a loop."""

    inner: ast.For | ast.comprehension
    key: ast.expr
    """What is compared of the inner item."""
    wanted: ast.expr
    """What it is compared with."""
    outside: Loop


def find(target: Target, facts: Facts) -> Iterator[Rewrite]:
    view = View(target, facts)
    inners: list[ast.For | ast.comprehension] = [*view.nodes(ast.For), *view.nodes(ast.comprehension)]
    for inner in inners:
        for test in _equalities(view, inner):
            join = _join(view, inner, test)
            if join is not None and _alone(view, join):
                yield from _rewrite(view, join)
                break


def _equalities(view: View, inner: ast.For | ast.comprehension) -> Iterator[ast.Compare]:
    """The comparisons without which a round of the loop does nothing."""
    match inner:
        case ast.comprehension(ifs=[*tests], is_async=0):
            pass
        case ast.For(body=[ast.If(test=test, orelse=[])]) if not hasattr(inner, "counter"):
            tests = [test]
        case _:
            return
    for test in tests:
        for part in test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]:
            if isinstance(part, ast.Compare) and len(part.ops) == 1 and isinstance(part.ops[0], ast.Eq):
                yield part
            if not pure(part):
                return


def _join(view: View, inner: ast.For | ast.comprehension, test: ast.Compare) -> Join | None:
    mine = set(flat(inner.target))
    for key, wanted in ((test.left, test.comparators[0]), (test.comparators[0], test.left)):
        if not loaded(key) & mine or loaded(wanted) & mine or not loaded(wanted) or not pure(test):
            continue
        outside = view.hoistable(inner.iter, inner)
        if outside is None or not loaded(wanted) & stored(outside.node):
            continue
        others = loaded(key) - mine
        steady = not others & (stored(outside.node) | changed(outside.node)) and not loaded(key) & changed(outside.node)
        if steady and view.typing.hashable(key) and view.typing.hashable(wanted):
            return Join(inner, key, wanted, outside)
    return None


def _alone(view: View, join: Join) -> bool:
    """Whether the names of the inner loop mean nothing elsewhere, and its collection can be read more than once."""
    names = set(flat(join.inner.target))
    if isinstance(join.inner, ast.For):
        clashes = any(view.used_after(name, join.inner) for name in names)
    else:
        clashes = any(view.plain_uses(name) for name in names)
    over = join.inner.iter
    return not clashes and (not view.typing.surely(over, "iterator") or (isinstance(over, ast.Call) and pure(over)))


def _rewrite(view: View, join: Join) -> Iterator[Rewrite]:
    draft = Draft(view.target, id, safety)
    target, over = draft.text(join.inner.target), draft.text(join.inner.iter)
    index = draft.fresh(f"{_stem(join.inner.iter)}_by_{_field(join.key)}")
    item = f"({target})" if isinstance(join.inner.target, ast.Tuple) and not target.startswith("(") else target
    entry = f"{index}.setdefault({draft.text(join.key)}, []).append({item})"
    read = f"{over}{_if_any_round(view, draft, join)}"
    draft.insert_before(join.outside.statement, f"{index} = {{}}\nfor {target} in {read}:\n    {entry}")
    draft.replace(join.inner.iter, f"{index}.get({draft.text(join.wanted)}, ())")
    yield from draft.finish(
        f"items of `{over}` are found by `{draft.text(join.key)}` in a dict built once{view.evidence(join.inner.iter)}"
    )


def _if_any_round(view: View, draft: Draft, join: Join) -> str:
    """A condition under which items are taken apart beforehand: only where the loop around would do it too."""
    plain = isinstance(join.inner.target, ast.Name) and isinstance(join.key, ast.Name)
    match join.outside.node:
        case ast.For(iter=ast.Name() as outer) if not plain and isinstance(join.inner.iter, ast.Name):
            if view.typing.surely(outer, "list", "tuple", "dict", "set"):
                return f" if {draft.text(outer)} else ()"
    return ""


def _stem(node: ast.expr) -> str:
    names = [n.id for n in ast.walk(node) if isinstance(n, ast.Name) and n.id not in ("range", "len", "enumerate")]
    return node.attr if isinstance(node, ast.Attribute) else names[0].strip("_") if names else "items"


def _field(key: ast.expr) -> str:
    match key:
        case ast.Attribute(attr=name) | ast.Subscript(slice=ast.Constant(value=str(name))) if name.isidentifier():
            return name.strip("_")
    return "key"
