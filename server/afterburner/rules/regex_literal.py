"""A regular expression that is only a fixed string becomes a string operation.

Why it is slow
--------------
`re.sub`, `re.split` and `re.search` look the pattern up in a cache and run the matcher, and a match is made an object.
`str.replace`, `str.split` and `in` search for the fixed text directly, several times as fast.

Example
-------
```python
import re

def clean(text):
    return re.sub(r"\\.", "", text)
```

becomes

```python
import re

def clean(text):
    return text.replace(".", "")
```

When it changes behaviour
-------------------------
The text must be a `str` (or `bytes` where the pattern is): for anything else another exception may be raised.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from afterburner.core.facts import Facts
from afterburner.core.rewrite import Rewrite, Safety
from afterburner.core.target import Target
from afterburner.rules._draft import Draft
from afterburner.rules._names import constant
from afterburner.rules._view import View

id = "regex-literal"
improves = "time"
safety = Safety.NEEDS_PROOF
group = "string"

_SPECIAL = set(".^$*+?{}[]\\|()")
_CONTROL = {"n": "\n", "t": "\t", "r": "\r"}

Fixed = str | bytes


def find(target: Target, facts: Facts) -> Iterator[Rewrite]:
    """One rewrite with all patterns that are fixed strings."""
    view = View(target, facts)
    draft = Draft(target, id, safety)
    compiled = _compiled(target.source.tree)
    for call in view.nodes(ast.Call):
        if found := _call(view, compiled, call):
            place, text = _place(view, draft, call, *found)
            if text:
                draft.replace(place, text)
    yield from draft.finish("fixed strings are searched as strings, not as patterns")


@lru_cache(maxsize=8)
def _compiled(tree: ast.Module) -> dict[str, Fixed]:
    """Module-level names of compiled patterns that are fixed strings."""
    found: dict[str, Fixed] = {}
    bound = [n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)]
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=function, args=[pattern], keywords=[])):
                value = _fixed(pattern)
                if ast.unparse(function) == "re.compile" and value and bound.count(name) == 1:
                    found[name] = value
    return found


def _call(view: View, compiled: dict[str, Fixed], call: ast.Call) -> tuple[str, Fixed, list[ast.expr]] | None:
    """Method, fixed string and other arguments of `re.sub(…)` or `PATTERN.sub(…)`."""
    match call:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="re"), attr=method), args=[pattern, *rest], keywords=[]):
            value = _fixed(pattern) if "re" not in view.locals and "re" in view.module_names else None
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method), args=[*rest], keywords=[]):
            value = compiled.get(name) if name not in view.locals else None
        case _:
            return None
    if not value or any(isinstance(argument, ast.Starred) for argument in rest):
        return None
    return method, value, rest


def _fixed(pattern: ast.expr) -> Fixed | None:
    """What a pattern without special characters matches."""
    if not isinstance(pattern, ast.Constant) or not isinstance(pattern.value, str | bytes):
        return None
    value = pattern.value
    text = value.decode("latin-1") if isinstance(value, bytes) else value
    out, place = "", 0
    while place < len(text):
        char = text[place]
        if char == "\\" and place + 1 < len(text):
            place += 1
            if text[place].isalnum() and text[place] not in _CONTROL:
                return None
            char = _CONTROL.get(text[place], text[place])
        elif char in _SPECIAL:
            return None
        out += char
        place += 1
    return out.encode("latin-1") if isinstance(value, bytes) else out


def _place(
    view: View, draft: Draft, call: ast.Call, method: str, value: Fixed, rest: list[ast.expr]
) -> tuple[ast.expr, str]:
    """What is replaced, and by which text; '' when this use has no counterpart."""
    kind, quoted = type(value).__name__, _quoted(value)
    if not rest or not view.typing.could_be(rest[-1], kind):
        return call, ""
    only = not view.typing.of(rest[-1]) or view.typing.surely(rest[-1], kind)
    match method, rest:
        case "sub", [ast.Constant(value=str(new) | bytes(new)) as by, subject] if type(new) is type(value) and only:
            escaped = "\\" in new if isinstance(new, str) else b"\\" in new
            return call, "" if escaped else f"{draft.atom(subject)}.replace({quoted}, {draft.text(by)})"
        case "split", [subject] if only:
            return call, f"{draft.atom(subject)}.split({quoted})"
        case "findall", [subject] if only:
            above = view.parents[call]
            if isinstance(above, ast.Call) and ast.unparse(above.func) == "len":
                return above, f"{draft.atom(subject)}.count({quoted})"
        case "search" | "match" | "fullmatch", [subject] if only or method == "search":
            return _tested(view, draft, call, method, quoted, subject)
    return call, ""


def _tested(
    view: View, draft: Draft, call: ast.Call, method: str, quoted: str, subject: ast.expr
) -> tuple[ast.expr, str]:
    """The text for a match of which only matters whether there is one."""
    place, found = _question(view, call)
    if found is None:
        return call, ""
    text = draft.atom(subject)
    match method:
        case "search":
            return place, f"{quoted} {'in' if found else 'not in'} {text}"
        case "match":
            return place, f"{'' if found else 'not '}{text}.startswith({quoted})"
    return place, f"{text} {'==' if found else '!='} {quoted}"


def _question(view: View, call: ast.Call) -> tuple[ast.expr, bool | None]:
    """The expression that asks whether there is a match, and whether it is true when there is; None if none asks."""
    above = view.parents[call]
    match above:
        case ast.Compare(ops=[ast.Is() | ast.IsNot() as op], comparators=[right]) if constant(right, None):
            return above, isinstance(op, ast.IsNot) is not hasattr(above, "synthetic")
        case ast.Call(func=ast.Name(id="bool"), args=[_]):
            return above, True
        case ast.UnaryOp(op=ast.Not()):
            return (call, True) if hasattr(above, "synthetic") else (above, False)
    return call, True if _is_condition(view, call) else None


def _is_condition(view: View, node: ast.AST) -> bool:
    match view.parents[node]:
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test) | ast.Assert(test=test):
            return test is node
        case ast.comprehension(ifs=ifs):
            return any(part is node for part in ifs)
        case ast.BoolOp() as above:
            return _is_condition(view, above)
        case ast.UnaryOp(op=ast.Not()):
            return True
    return False


def _quoted(value: Fixed) -> str:
    text = repr(value)
    return text if '"' in text or "'" in text.strip("b")[1:-1] else text.replace("'", '"')
