"""A test of one prefix after the other becomes one test of a tuple of prefixes.

Why it is slow
--------------
`any(text.startswith(p) for p in prefixes)` makes a generator and calls a method for each prefix. `startswith` and
`endswith` take a tuple, and then look at all of them in C.

Example
-------
```python
def images(names, endings):
    return [name for name in names if any(name.endswith(e) for e in endings)]
```

becomes

```python
def images(names, endings):
    endings_tuple = tuple(endings)
    return [name for name in names if name.endswith(endings_tuple)]
```

When it changes behaviour
-------------------------
The prefixes must be strings: a tuple within the tuple is not allowed. With an iterator of prefixes more of it is used
up, as `any` stops at the first that fits.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from afterburner.core.facts import Facts
from afterburner.core.rewrite import Rewrite, Safety
from afterburner.core.target import Target
from afterburner.rules._canonical import same
from afterburner.rules._draft import Draft
from afterburner.rules._names import mentioned, pure
from afterburner.rules._view import View

id = "startswith-tuple"
improves = "time"
safety = Safety.NEEDS_PROOF
group = "string"


def find(target: Target, facts: Facts) -> Iterator[Rewrite]:
    """One rewrite with all such tests."""
    view = View(target, facts)
    draft = Draft(target, id, safety)
    for call in view.nodes(ast.Call):
        _any(view, draft, call)
    for chain in view.nodes(ast.BoolOp):
        if isinstance(chain.op, ast.Or) and not any(hasattr(n, "synthetic") for n in ast.walk(chain)):
            _chain(view, draft, chain)
    yield from draft.finish("all prefixes are tested by one call")


def _any(view: View, draft: Draft, call: ast.Call) -> None:
    match call:
        case ast.Call(
            func=ast.Name(id="any"),
            args=[
                ast.GeneratorExp(elt=test, generators=[ast.comprehension(target=ast.Name(id=p), iter=over, ifs=[])])
                | ast.ListComp(elt=test, generators=[ast.comprehension(target=ast.Name(id=p), iter=over, ifs=[])])
            ],
        ):
            pass
        case _:
            return
    match test:
        case ast.Call(
            func=ast.Attribute(value=text, attr="startswith" | "endswith" as method),
            args=[ast.Name(id=tested)],
            keywords=[],
        ) if tested == p and not mentioned(p, text) and pure(text) and view.typing.items_could_be(over, "str", "bytes"):
            draft.replace(call, f"{draft.text(text)}.{method}({_tuple(view, draft, call, over)})")


def _tuple(view: View, draft: Draft, call: ast.Call, over: ast.expr) -> str:
    """The prefixes as a tuple, which is made before the loop where it can be."""
    match over:
        case ast.List(elts=[_, *_] as parts) | ast.Tuple(elts=[_, *_] as parts):
            return f"({', '.join(draft.text(part) for part in parts)}{',' if len(parts) == 1 else ''})"
    if view.typing.surely(over, "tuple"):
        return draft.text(over)
    loop = view.hoistable(over, call)
    if loop is None or not isinstance(over, ast.Name | ast.Attribute):
        return f"tuple({draft.text(over)})"
    name = draft.fresh(f"{over.id if isinstance(over, ast.Name) else over.attr}_tuple".strip("_"))
    draft.insert_before(loop.statement, f"{name} = tuple({draft.text(over)})")
    return name


def _chain(view: View, draft: Draft, chain: ast.BoolOp) -> None:
    """`a.startswith("x") or a.startswith("y")`, where they stand side by side."""
    groups: list[list[ast.Call]] = []
    for value in chain.values:
        if isinstance(value, ast.Call) and _single(view, value):
            before = groups[-1][-1] if groups and groups[-1] else None
            if before is not None and same(before.func, value.func):
                groups[-1].append(value)
            else:
                groups.append([value])
        else:
            groups.append([])
    for group in groups:
        if len(group) > 1:
            parts = ", ".join(draft.text(call.args[0]) for call in group)
            draft.replace_range(group[0], group[-1], f"{draft.text(group[0].func)}(({parts}))")


def _single(view: View, call: ast.Call) -> bool:
    match call:
        case ast.Call(func=ast.Attribute(value=text, attr="startswith" | "endswith"), args=[prefix], keywords=[]):
            return pure(text) and (isinstance(prefix, ast.Constant) or view.typing.surely(prefix, "str"))
    return False
