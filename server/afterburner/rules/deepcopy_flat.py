"""A deep copy of flat data becomes a copy of each level.

Why it is slow
--------------
`copy.deepcopy` calls a Python function for every element and keeps a record of all that it has seen. Where the elements
cannot change, as numbers and strings, copying the lists that hold them is enough, and runs in C.

Example
-------
```python
from copy import deepcopy

def played(board: list[list[int]], row, column):
    board = deepcopy(board)
    board[row][column] = 1
    return board
```

becomes

```python
from copy import deepcopy

def played(board: list[list[int]], row, column):
    board = [row2[:] for row2 in board]
    board[row][column] = 1
    return board
```

When it changes behaviour
-------------------------
The data must have the types that the hints or the observed calls say. Rows that are one and the same list, and
instances of subclasses of `list` or `dict`, are copied in another way.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from afterburner.core.facts import Facts
from afterburner.core.rewrite import Rewrite, Safety
from afterburner.core.target import Target
from afterburner.rules._draft import Draft
from afterburner.rules._kinds import UNKNOWN, Kinds, of_hint, of_seen
from afterburner.rules._names import pure, uses
from afterburner.rules._view import View

id = "deepcopy-flat"
improves = "time"
safety = Safety.NEEDS_PROOF
group = "container"

_FIXED = {"int", "float", "bool", "complex", "str", "bytes", "none"}


def find(target: Target, facts: Facts) -> Iterator[Rewrite]:
    """One rewrite with all deep copies of data whose type is known."""
    view = View(target, facts)
    draft = Draft(target, id, safety)
    copied = []
    for call in view.nodes(ast.Call):
        match call:
            case ast.Call(func=ast.Name() | ast.Attribute() as function, args=[data], keywords=[]):
                known = _kinds(view, data) if _is_deepcopy(target, function) and pure(data) else UNKNOWN
                if text := _copy(draft, draft.atom(data), known):
                    draft.replace(call, text)
                    copied.append(data)
    yield from draft.finish(f"each level is copied as a whole{view.evidence(*copied)}")


def _kinds(view: View, data: ast.expr) -> Kinds:
    """The kinds of the data; those of a parameter also where it has that name until `x = deepcopy(x)`."""
    if isinstance(data, ast.Name) and data.id in view.parameters:
        places = uses(data.id, view.function)
        if all(isinstance(n.ctx, ast.Load) or n.lineno >= data.lineno for n in places) and not view.loops(data):
            a = view.function.args
            hints = [p.annotation for p in [*a.posonlyargs, *a.args, *a.kwonlyargs] if p.arg == data.id]
            return of_seen(view.facts.types.get(data.id, ())) or of_hint(hints[0] if hints else None)
    return view.typing.of(data)


def _is_deepcopy(target: Target, function: ast.expr) -> bool:
    imported = False
    for node in target.source.tree.body:
        match node, function:
            case ast.ImportFrom(module="copy", names=names), ast.Name(id=name):
                imported |= any(alias.name == "deepcopy" and (alias.asname or alias.name) == name for alias in names)
            case ast.Import(names=names), ast.Attribute(value=ast.Name(id=name), attr="deepcopy"):
                imported |= any(alias.name == "copy" and (alias.asname or alias.name) == name for alias in names)
    return imported


def _copy(draft: Draft, text: str, kinds: Kinds) -> str:
    """The copy of a value of one known kind; '' when it is not known to be flat enough."""
    if len(kinds) != 1:
        return ""
    kind = next(iter(kinds))
    inner = kind.args[-1] if kind.args else frozenset()
    if kind.name not in ("list", "dict") or not inner or (kind.name == "dict" and not _fixed(kind.args[0])):
        return ""
    if _fixed(inner):
        return f"{text}[:]" if kind.name == "list" else f"{text}.copy()"
    name = draft.fresh("row" if kind.name == "list" else "value")
    copied = _copy(draft, name, inner)
    if not copied:
        return ""
    if kind.name == "list":
        return f"[{copied} for {name} in {text}]"
    key = draft.fresh("key")
    return f"{{{key}: {copied} for {key}, {name} in {text}.items()}}"


def _fixed(kinds: Kinds) -> bool:
    """Whether values of these kinds can never change."""
    return bool(kinds) and all(
        kind.name in _FIXED or (kind.name == "tuple" and kind.args and all(_fixed(part) for part in kind.args))
        for kind in kinds
    )
