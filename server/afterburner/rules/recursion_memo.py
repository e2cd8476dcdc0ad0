"""A pure function that asks itself the same again keeps results for the length of a call.

Why it is slow
--------------
`f(n - 1) + f(n - 2)` computes most values over and over: the work grows exponentially with the depth. With a dict from
arguments to results, each is computed once. The dict belongs to one outer call and is gone with it.

Example
-------
```python
def ways(n):
    if n < 2:
        return 1
    return ways(n - 1) + ways(n - 2)
```

becomes

```python
def ways(n):
    memo = {}

    def solve(n):
        if n in memo:
            return memo[n]
        if n < 2:
            return 1
        memo[n] = solve(n - 1) + solve(n - 2)
        return memo[n]

    return solve(n)
```

When it changes behaviour
-------------------------
Arguments that vary must be hashable. A subclass that overrides the method is no longer asked for inner calls. Equal
results become one object.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from afterburner.core.facts import Facts
from afterburner.core.rewrite import Rewrite, Safety
from afterburner.core.target import Target
from afterburner.rules._calls import most_calls, own_calls, works_alone
from afterburner.rules._draft import Draft
from afterburner.rules._names import stored
from afterburner.rules._view import View

id = "recursion-memo"
improves = "time"
safety = Safety.NEEDS_PROOF
group = "algorithm"


def find(target: Target, facts: Facts) -> Iterator[Rewrite]:
    view = View(target, facts)
    calls = own_calls(view)
    names = [p.arg for p in target.parameters]
    if not calls or not _plain(target) or not works_alone(view, calls) or stored(*target.node.body) & set(names):
        return
    varying = [name for place, name in enumerate(names) if not all(_passes_on(call, place, name) for call in calls)]
    smaller = all(any(_is_smaller(argument) for argument in call.args) for call in calls)
    hashable = all(view.typing.hashable(ast.Name(name, ast.Load())) for name in varying)
    if varying and smaller and hashable and most_calls(target.node.body, view, calls) > 1:
        yield from _rewrite(view, calls, names, varying)


def _plain(target: Target) -> bool:
    """Whether the function has nothing but ordinary parameters and no decorator of effect."""
    a = target.node.args
    extra = a.vararg or a.kwarg or a.kwonlyargs or target.is_async or target.is_generator
    return not extra and not target.node.decorator_list and target.kind in ("function", "method")


def _passes_on(call: ast.Call, place: int, name: str) -> bool:
    argument = call.args[place] if place < len(call.args) else None
    return isinstance(argument, ast.Name) and argument.id == name


def _is_smaller(argument: ast.expr) -> bool:
    match argument:
        case ast.BinOp(op=ast.Sub() | ast.Add() | ast.FloorDiv()) | ast.Subscript(slice=ast.Slice()):
            return True
    return False


def _rewrite(view: View, calls: Sequence[ast.Call], names: list[str], varying: list[str]) -> Iterator[Rewrite]:
    draft = Draft(view.target, id, safety)
    solve, memo = draft.fresh("solve"), draft.fresh("memo")
    key = varying[0] if len(varying) == 1 else f"({', '.join(varying)})"
    entry = f"{memo}[{key.strip('()')}]"
    first = min(call.lineno for call in calls)
    own = {(call.func.lineno, call.func.col_offset, call.func.end_col_offset) for call in calls}
    for node in ast.walk(view.target.node):
        if isinstance(node, ast.Name | ast.Attribute) and (node.lineno, node.col_offset, node.end_col_offset) in own:
            draft.replace(node, solve)
        if isinstance(node, ast.Return) and node.value is not None and (node.end_lineno or 0) >= first:
            draft.keep_result(node, entry)
    defaults = draft.parameters(view.target)
    head = f"{memo} = {{}}\n\ndef {solve}({defaults}):\n    if {key} in {memo}:\n        return {entry}"
    draft.wrap_body(head, f"\nreturn {solve}({', '.join(names)})")
    seen = view.evidence(*(ast.Name(name, ast.Load()) for name in varying))
    yield from draft.finish(f"`{view.target.name}` keeps the results of inner calls for the length of one call{seen}")
