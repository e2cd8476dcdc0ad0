"""Adding up lists with `sum` or `reduce` becomes one pass with `chain`.

Why it is slow
--------------
`sum(lists, [])` makes a new list for each addition and copies all elements so far. `chain.from_iterable` goes through
the lists once.

Example
-------
```python
def flat(rows):
    return sum(rows, [])
```

becomes

```python
from itertools import chain

def flat(rows):
    return list(chain.from_iterable(rows))
```

When it changes behaviour
-------------------------
`sum` raises `TypeError` when an item is not a list; `chain` takes any iterable.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from afterburner.core.facts import Facts
from afterburner.core.rewrite import Rewrite, Safety
from afterburner.core.target import Target
from afterburner.rules._draft import Draft
from afterburner.rules._lists import empty_list
from afterburner.rules._pattern import match_expression
from afterburner.rules._view import View

id = "flatten-chain"
improves = "time"
safety = Safety.NEEDS_PROOF
group = "container"

_ADDERS = ("operator.add", "operator.concat", "operator.iconcat", "add", "concat", "iconcat", "list.__add__")


def find(target: Target, facts: Facts) -> Iterator[Rewrite]:
    view = View(target, facts)
    for call in view.nodes(ast.Call):
        parts = _parts(call)
        if parts is not None and view.typing.items_could_be(parts[0], parts[1]):
            draft = Draft(target, id, safety)
            inner = parts[0]
            text = draft.text(inner)
            if isinstance(inner, ast.GeneratorExp) and text.startswith("("):
                text = text[1:-1]
            chain = draft.imported("itertools", "chain")
            draft.replace(call, f"{parts[1]}({chain}.from_iterable({text}))")
            yield from draft.finish(f"`{draft.text(inner)}` is flattened in one pass{view.evidence(inner)}")


def _parts(call: ast.Call) -> tuple[ast.expr, str] | None:
    """What is flattened, and into which type."""
    match call:
        case ast.Call(func=ast.Name(id="sum"), args=[items, start], keywords=[]):
            return _typed(items, start)
        case ast.Call(func=ast.Name(id="sum"), args=[items], keywords=[ast.keyword(arg="start", value=start)]):
            return _typed(items, start)
        case ast.Call(
            func=ast.Name(id="reduce") | ast.Attribute(value=ast.Name(id="functools"), attr="reduce"),
            args=[adding, items, start],
        ) if _adds(adding):
            return _typed(items, start)
    return None


def _typed(items: ast.expr, start: ast.expr) -> tuple[ast.expr, str] | None:
    if isinstance(start, ast.Tuple) and not start.elts:
        return items, "tuple"
    return (items, "list") if empty_list(start) else None


def _adds(node: ast.expr) -> bool:
    match node:
        case ast.Lambda(args=ast.arguments(args=[ast.arg(arg=a), ast.arg(arg=b)]), body=body):
            return match_expression("x + y", body) is not None and _in_order(body, a, b)
    return ast.unparse(node) in _ADDERS


def _in_order(body: ast.expr, a: str, b: str) -> bool:
    return isinstance(body, ast.BinOp) and [ast.unparse(body.left), ast.unparse(body.right)] == [a, b]
