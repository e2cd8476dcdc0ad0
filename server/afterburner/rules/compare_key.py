"""A comparison function that subtracts keys becomes a key function.

Why it is slow
--------------
`cmp_to_key` calls a Python function for each of the n log n comparisons. A key is computed once for each element, and
compared in C.

Example
-------
```python
from functools import cmp_to_key

def order(rows):
    return sorted(rows, key=cmp_to_key(lambda a, b: a[1] - b[1]))
```

becomes

```python
from functools import cmp_to_key

def order(rows):
    return sorted(rows, key=lambda a: a[1])
```

When it changes behaviour
-------------------------
Keys must be numbers. NaN, and differences of floats that are too small or too large, compare in another way.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from afterburner.core.facts import Facts
from afterburner.core.rewrite import Rewrite, Safety
from afterburner.core.target import Target
from afterburner.rules._canonical import same
from afterburner.rules._draft import Draft
from afterburner.rules._names import pure
from afterburner.rules._view import View

id = "compare-key"
improves = "time"
safety = Safety.NEEDS_PROOF
group = "algorithm"


def find(target: Target, facts: Facts) -> Iterator[Rewrite]:
    view = View(target, facts)
    for call in view.nodes(ast.Call):
        if not _is_cmp_to_key(call) or not isinstance(view.parents[call], ast.keyword):
            continue
        match call.args:
            case [ast.Lambda(args=ast.arguments(args=[a, b]), body=ast.BinOp(left=left, op=ast.Sub(), right=right))]:
                draft = Draft(target, id, safety)
                key = _key(draft, left, right, a.arg, b.arg)
                if key and view.typing.could_be(left, "int", "float", "bool", "decimal", "fraction"):
                    draft.replace(call, key)
                    yield from draft.finish("elements are compared by a key that is computed once for each")


def _is_cmp_to_key(call: ast.Call) -> bool:
    match call.func:
        case ast.Name(id="cmp_to_key") | ast.Attribute(value=ast.Name(id="functools"), attr="cmp_to_key"):
            return True
    return False


def _key(draft: Draft, left: ast.expr, right: ast.expr, a: str, b: str) -> str:
    """The key function: of the first parameter, or its negative; '' when the sides are not alike."""
    if not pure(left) or not pure(right):
        return ""
    if same(_renamed(left, a, b), right):
        return f"lambda {a}: {draft.text(left)}"
    if same(_renamed(left, b, a), right):
        return f"lambda {b}: -{draft.atom(left)}"
    return ""


def _renamed(node: ast.expr, old: str, new: str) -> ast.expr:
    tree = ast.parse(ast.unparse(node), mode="eval").body
    if any(isinstance(n, ast.Name) and n.id == new for n in ast.walk(tree)):
        return ast.Constant(None)
    for found in ast.walk(tree):
        if isinstance(found, ast.Name) and found.id == old:
            found.id = new
    return tree
