"""A pattern that is used in a loop is compiled once before it.

Why it is slow
--------------
`re.search(pattern, text)` looks the pattern up in a cache before each search, by type, text and flags, and that costs
as much as a short search. With more than 512 patterns in use it is compiled anew.

Example
-------
```python
import re

def numbers(lines):
    return [line for line in lines if re.fullmatch(r"\\d+", line)]
```

becomes

```python
import re

def numbers(lines):
    pattern = re.compile(r"\\d+")
    return [line for line in lines if pattern.fullmatch(line)]
```

When it changes behaviour
-------------------------
A pattern that is not valid raises its exception before the loop, also when the loop has no rounds.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from afterburner.core.facts import Facts
from afterburner.core.rewrite import Rewrite, Safety
from afterburner.core.target import Target
from afterburner.rules._canonical import same
from afterburner.rules._draft import Draft
from afterburner.rules._names import loaded, stored
from afterburner.rules._view import Loop, View

id = "regex-compile"
improves = "time"
safety = Safety.NEEDS_PROOF
group = "string"

_MOST_ARGUMENTS = {
    "search": 2,
    "match": 2,
    "fullmatch": 2,
    "findall": 2,
    "finditer": 2,
    "split": 3,
    "sub": 4,
    "subn": 4,
}
"""Functions of `re` that methods of a pattern match, with how many arguments come before the flags."""
_SPECIAL = ".^$*+?{}[]\\|()"

Use = tuple[Loop, ast.Call, ast.expr, ast.expr | None]
"""The loop to leave, the call, its pattern and its flags."""


def find(target: Target, facts: Facts) -> Iterator[Rewrite]:
    """One rewrite with all patterns."""
    view = View(target, facts)
    if "re" in view.locals or "re" not in view.module_names:
        return
    draft = Draft(target, id, safety)
    groups: list[list[Use]] = []
    for call in view.nodes(ast.Call):
        if use := _use(view, call):
            known = next((g for g in groups if _alike(g[0], use)), None)
            known.append(use) if known else groups.append([use])
    for group in groups:
        _compile(draft, group)
    yield from draft.finish("patterns are compiled once before the loop")


def _use(view: View, call: ast.Call) -> Use | None:
    match call:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="re"), attr="compile"), args=[pattern]):
            method = "compile"
        case ast.Call(func=ast.Attribute(value=ast.Name(id="re"), attr=method), args=[pattern, *_]):
            if not 1 < len(call.args) <= _MOST_ARGUMENTS.get(method, 0):
                return None
        case _:
            return None
    flags = next((keyword.value for keyword in call.keywords if keyword.arg == "flags"), None)
    plain = isinstance(pattern, ast.Constant) and not any(special in str(pattern.value) for special in _SPECIAL)
    if any(isinstance(argument, ast.Starred) for argument in call.args) or (plain and method != "compile"):
        return None
    if not isinstance(pattern, ast.Constant | ast.Name) or (flags and loaded(flags) - {"re"}):
        return None
    loop = _outermost(view, call, loaded(pattern))
    return (loop, call, pattern, flags) if loop else None


def _outermost(view: View, call: ast.Call, names: frozenset[str]) -> Loop | None:
    """The outermost loop that gives none of the names another value: text does not change, whoever has it."""
    found = None
    for loop in view.loops(call):
        if names & stored(loop.node) or not names <= view.locals:
            break
        found = loop
    return found


def _alike(a: Use, b: Use) -> bool:
    flags = same(a[3], b[3]) if a[3] and b[3] else a[3] is b[3]
    return a[0].node is b[0].node and same(a[2], b[2]) and flags


def _compile(draft: Draft, group: list[Use]) -> None:
    loop, _, pattern, flags = group[0]
    name = draft.fresh("pattern")
    options = f", {draft.text(flags)}" if flags else ""
    draft.insert_before(loop.statement, f"{name} = re.compile({draft.text(pattern)}{options})")
    for _, call, _, _ in group:
        method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        rest = [draft.text(argument) for argument in call.args[1:]]
        rest += [f"{k.arg}={draft.text(k.value)}" for k in call.keywords if k.arg != "flags"]
        draft.replace(call, name if method == "compile" else f"{name}.{method}({', '.join(rest)})")
