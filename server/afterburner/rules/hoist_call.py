"""A call that gives the same in every round of a loop is made once before it.

Why it is slow
--------------
`x / sum(values)` in a loop over `values` adds all values for each of them: n² additions for a number that is always
the same. The same goes for `max(values)`, `len(set(values))` or `text.split()`.

Example
-------
```python
def shares(values):
    return [value / sum(values) for value in values]
```

becomes

```python
def shares(values):
    values_sum = sum(values)
    return [value / values_sum for value in values]
```

When it changes behaviour
-------------------------
The call is made even when the loop has no rounds, or would not reach it: an exception that it raises then is new. What
it reads must not change while the loop runs; where the text does not show that, the verdict decides.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from afterburner.core.facts import Facts
from afterburner.core.rewrite import Rewrite, Safety
from afterburner.core.target import Target
from afterburner.rules._canonical import same
from afterburner.rules._draft import Draft
from afterburner.rules._names import PURE_FUNCTIONS, READING_METHODS, loaded, pure, root, stored
from afterburner.rules._view import Loop, View

id = "hoist-call"
improves = "time"
safety = Safety.NEEDS_PROOF
group = "algorithm"

_COSTLY = {"all", "any", "dict", "frozenset", "list", "max", "min", "set", "sorted", "sum", "tuple"}
_COSTLY_METHODS = {"casefold", "count", "join", "lower", "replace", "split", "splitlines", "upper"}
_COSTLY_METHODS |= {"difference", "intersection", "union", "copy", "values", "items", "keys", "decode", "encode"}
_FRESH = {"copy", "dict", "list", "set", "sorted", "split", "splitlines", "difference", "intersection", "union"}
"""What gives an object of its own each time, which somebody may change."""
_LAZY = {"enumerate", "filter", "iter", "map", "range", "reversed", "zip", "values", "items", "keys"}


@dataclass(slots=True)
class Repeated:
    """A call, the loop that it does not depend on, and all places in that loop that make it."""

    loop: Loop
    call: ast.Call
    places: list[ast.Call] = field(default_factory=list)


def find(target: Target, facts: Facts) -> Iterator[Rewrite]:
    """One rewrite that hoists all such calls."""
    view = View(target, facts)
    found: list[Repeated] = []
    for call in view.nodes(ast.Call):
        whole = _whole(view, call)
        loop = _loop(view, whole) if _costly(call) and _shareable(view, whole) else None
        if (
            loop is None
            or _may_not_exist(view, whole, loop)
            or any(whole is place for one in found for place in one.places)
        ):
            continue
        known = next((one for one in found if one.loop.node is loop.node and same(one.call, whole)), None)
        if known is None:
            known = Repeated(loop, whole)
            found.append(known)
        known.places.append(whole)
    yield from _rewrite(view, found)


def _rewrite(view: View, found: list[Repeated]) -> Iterator[Rewrite]:
    draft = Draft(view.target, id, safety)
    for one in found:
        name = draft.fresh(_wanted(one.call))
        draft.insert_before(one.loop.statement, f"{name} = {_careful(view, draft, one)}")
        for place in one.places:
            draft.replace(place, name)
    calls = ", ".join(f"`{draft.text(one.call)}`" for one in found)
    yield from draft.finish(f"{calls} is computed once before the loop")


def _name(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def _costly(call: ast.Call) -> bool:
    match call.func:
        case ast.Name(id=name):
            return name in _COSTLY and bool(call.args)
        case ast.Attribute(value=value, attr=attr):
            return attr in _COSTLY_METHODS and not isinstance(value, ast.Constant | ast.JoinedStr)
    return False


def _whole(view: View, call: ast.Call) -> ast.Call:
    """The call with those around it that only take it further: `len(set(a))`, `text.lower().split()`."""
    above: ast.AST = view.parents[call]
    if isinstance(above, ast.Attribute):
        above = view.parents[above]
    if isinstance(above, ast.Call) and _loop(view, above) is not None and _name(above) not in _LAZY:
        inner = _loop(view, call)
        outer = _loop(view, above)
        if inner and outer and inner.node is outer.node:
            return _whole(view, above)
    return call


def _loop(view: View, node: ast.expr) -> Loop | None:
    """The outermost loop in which an expression stays the same all the way in."""
    found = None
    for loop in view.loops(node):
        if not _steady(view, node, loop):
            break
        found = loop
    return found


def _steady(view: View, node: ast.expr, loop: Loop) -> bool:
    own = stored(node)
    names: list[ast.expr] = [ast.Name(name, ast.Load()) for name in sorted(loaded(node) - own)]
    fields = [n for n in ast.walk(node) if isinstance(n, ast.Attribute) and not isinstance(view.parents[n], ast.Call)]
    known = all(isinstance(n.func, ast.Attribute | ast.Name) for n in ast.walk(node) if isinstance(n, ast.Call))
    if not names or not known or not pure(node) or any(root(n) in own for n in fields):
        return False
    if any(view.typing.surely(n, "iterator") for n in [*names, *fields]):
        return False
    return view.invariant(ast.Tuple([*names, *fields], ast.Load()), loop.node)


def _shareable(view: View, call: ast.Call) -> bool:
    """Whether all rounds can use one result: it cannot change, or it is only looked at."""
    if _name(call) in _LAZY:
        return False
    above = view.parents[call]
    if isinstance(above, ast.Compare) and isinstance(above.ops[0], ast.In | ast.NotIn) and above.left is not call:
        return _name(call) not in ("set", "frozenset", "list", "tuple")
    if _name(call) not in _FRESH and not (_name(call) == "sum" and len(call.args) > 1):
        return True
    match above:
        case ast.Compare() | ast.For() | ast.comprehension():
            return True
        case ast.Subscript(value=value, ctx=ast.Load()):
            return value is call
        case ast.Call(func=ast.Name(id=name)):
            return name in PURE_FUNCTIONS
        case ast.Attribute(attr=attr):
            return attr in READING_METHODS and isinstance(view.parents[above], ast.Call)
    return False


def _careful(view: View, draft: Draft, one: Repeated) -> str:
    """The call; `max` and `min` with a default where the loop would not reach them without elements."""
    text = draft.text(one.call)
    if _name(one.call) not in ("max", "min") or len(one.call.args) != 1:
        return text
    if any(keyword.arg == "default" for keyword in one.call.keywords):
        return text
    items = ast.unparse(one.call.args[0])
    match one.loop.node:
        case ast.For(iter=over) | ast.ListComp(generators=[ast.comprehension(iter=over), *_]):
            within = any(ast.unparse(n) == items for n in ast.walk(over) if isinstance(n, ast.expr))
        case _:
            within = False
    asked = all(_conditional(view, place, one.loop) for place in one.places)
    return f"{text[:-1]}, default=None)" if (within or asked) and not text[:-1].rstrip().endswith(",") else text


def _may_not_exist(view: View, call: ast.Call, loop: Loop) -> bool:
    """Whether the loop first asks before it makes a call with an item that may be missing: `d[k].lower()`."""
    return _conditional(view, call, loop) and any(isinstance(n, ast.Subscript) for n in ast.walk(call))


def _conditional(view: View, node: ast.AST, loop: Loop) -> bool:
    """Whether a round may end without this node."""
    below = node
    for above in _inside(view, node, loop):
        match above:
            case ast.If(test=test) | ast.IfExp(test=test) if below is not test:
                return True
            case ast.BoolOp(values=[first, *_]) if below is not first:
                return True
            case ast.Try():
                return True
        below = above
    return False


def _inside(view: View, node: ast.AST, loop: Loop) -> Iterator[ast.AST]:
    for above in view.around(node):
        if above is loop.node:
            return
        yield above


def _wanted(call: ast.Call) -> str:
    """A name such as `values_sum`."""
    first: ast.expr = call
    while isinstance(first, ast.Call | ast.GeneratorExp | ast.ListComp | ast.SetComp):
        match first:
            case ast.Call(func=ast.Attribute(value=inner)) | ast.Call(args=[inner, *_]):
                first = inner
            case ast.Call(func=inner):
                first = inner
            case _:
                first = first.generators[0].iter
    match first:
        case ast.Name(id=name) | ast.Attribute(attr=name) if name.strip("_"):
            return f"{name.strip('_')}_{_name(call)}"
    return f"{_name(call)}_once"
