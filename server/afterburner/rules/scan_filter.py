"""Removing elements one by one becomes one pass that keeps the others.

Why it is slow
--------------
`a.remove(x)` and `del a[i]` move all elements behind; `remove` and `in` also search from the start. Removing k elements
takes k × n steps; one pass over the list keeps the rest.

Example
-------
```python
def without(a, x):
    while x in a:
        a.remove(x)
    return a
```

becomes

```python
def without(a, x):
    a[:] = [item for item in a if item != x]
    return a
```

When it changes behaviour
-------------------------
It is the same list that changes, and the order stays. When a test raises, the list is as before, not half done. NaN is
found by `remove` when it is the same object, but is not equal to itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from afterburner.core.facts import Facts
from afterburner.core.rewrite import Rewrite, Safety
from afterburner.core.target import Target
from afterburner.rules._draft import Draft
from afterburner.rules._names import constant, loaded, mentioned, pure, uses
from afterburner.rules._pattern import find_statements, match_expression, match_statement
from afterburner.rules._view import View

id = "scan-filter"
improves = "time"
safety = Safety.NEEDS_PROOF
group = "container"

_REMOVE_ALL = "while X in a:\n    a.remove(X)"
_REMOVE_SOME = tuple(f"for x in {copy}:\n    if TEST:\n        a.remove(x)" for copy in ("list(a)", "a[:]", "a.copy()"))
_OPPOSITE = {ast.Eq: "!=", ast.NotEq: "==", ast.In: "not in", ast.NotIn: "in", ast.Is: "is not", ast.IsNot: "is"}


def find(target: Target, facts: Facts) -> Iterator[Rewrite]:
    view = View(target, facts)
    for found, (loop,) in find_statements(_REMOVE_ALL, view):
        if pure(found["X"]) and not mentioned(found["a"].id, found["X"]):
            draft = Draft(target, id, safety)
            item = draft.fresh("item")
            yield from _rewrite(view, draft, loop, found["a"], item, f"{item} != {draft.atom(found['X'])}")
    for pattern in _REMOVE_SOME:
        for found, (loop,) in find_statements(pattern, view):
            test, item = found["TEST"], found["x"].id
            if pure(test) and not mentioned(found["a"].id, test) and not view.used_after(item, loop):
                draft = Draft(target, id, safety)
                yield from _rewrite(view, draft, loop, found["a"], item, _opposite(draft, test))
    for loop in view.nodes(ast.While):
        yield from _by_index(view, loop)


def _by_index(view: View, loop: ast.While) -> Iterator[Rewrite]:
    """`while i < len(a)` with a deletion or a step in each round."""
    bound = match_expression("i < len(a)", loop.test)
    match loop.body:
        case [ast.If(test=test, body=[first], orelse=[second])] if bound and not loop.orelse:
            pass
        case _:
            return
    i, items = bound["i"].id, bound["a"]
    start = view.start(i, loop)
    if start is None or not constant(start.value, 0) or view.used_after(i, loop) or not pure(test):
        return
    removes = [_removes(first, i, items.id), _removes(second, i, items.id)]
    steps = [match_statement("i += 1", second), match_statement("i += 1", first)]
    step = steps[removes.index(True)] if removes.count(True) == 1 else None
    elements = [n for n in ast.walk(test) if isinstance(n, ast.Subscript) and _is_element(n, i, items.id)]
    if (
        not step
        or step["i"].id != i
        or len(elements) != len(uses(i, test))
        or len(elements) != len(uses(items.id, test))
    ):
        return
    draft = Draft(view.target, id, safety)
    draft.delete(start)
    item = draft.fresh("item")
    text = draft.substituted(test, dict.fromkeys(elements, item))
    kept = f"not {text}" if removes[0] and not isinstance(test, ast.BoolOp) else f"not ({text})" if removes[0] else text
    yield from _rewrite(view, draft, loop, items, item, kept)


def _removes(node: ast.stmt, i: str, items: str) -> bool:
    found = match_statement("del a[i]", node) or match_statement("a.pop(i)", node)
    return found is not None and found["a"].id == items and found["i"].id == i


def _is_element(node: ast.Subscript, i: str, items: str) -> bool:
    found = match_expression("a[i]", node)
    return found is not None and found["a"].id == items and found["i"].id == i


def _opposite(draft: Draft, test: ast.expr) -> str:
    match test:
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _OPPOSITE and not draft.made(test):
            return f"{draft.text(left)} {_OPPOSITE[type(op)]} {draft.text(right)}"
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return draft.text(inner)
        case ast.BoolOp() | ast.IfExp():
            return f"not ({draft.text(test)})"
    return f"not {draft.text(test)}"


def _rewrite(view: View, draft: Draft, loop: ast.stmt, items: ast.Name, item: str, kept: str) -> Iterator[Rewrite]:
    orelse = isinstance(loop, ast.For | ast.While) and loop.orelse
    if orelse or not view.typing.could_be(items, "list") or items.id in loaded(ast.parse(kept)):
        return
    name = items.id
    draft.replace_statements(loop, loop, f"{name}[:] = [{item} for {item} in {name} if {kept}]")
    yield from draft.finish(f"`{name}` is filtered in one pass")
