"""Dates in ISO form are read by `fromisoformat` instead of `strptime`.

Why it is slow
--------------
`strptime` builds on a regular expression for the format, looks up the locale each time, and is written in Python: some
microseconds a call. `fromisoformat` reads the one form that it knows in C, in a tenth of a microsecond.

Example
-------
```python
from datetime import datetime

def days(rows):
    return [datetime.strptime(row, "%Y-%m-%d") for row in rows]
```

becomes

```python
from datetime import datetime

def days(rows):
    def parsed(text):
        full = len(text) == 10 and text[4:8:3] == "--" and text[5::3].isdigit() and text.isascii()
        return datetime.fromisoformat(text) if full else datetime.strptime(text, "%Y-%m-%d")

    return [parsed(row) for row in rows]
```

When it changes behaviour
-------------------------
What is not written with all its digits, such as `2024-3-1`, still goes to `strptime`. A text that is no date raises
`ValueError` as before, in other words.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from afterburner.core.facts import Facts
from afterburner.core.rewrite import Rewrite, Safety
from afterburner.core.target import Target
from afterburner.rules._canonical import same
from afterburner.rules._draft import Draft
from afterburner.rules._view import View

id = "iso-parse"
improves = "time"
safety = Safety.NEEDS_PROOF
group = "string"

_MORE = """ and {text}[11:13] != "24"\n    {full} = {full}"""
"""Some versions of Python read hour 24 as the next day."""
_FORMS = {
    "%Y-%m-%d": 'len({text}) == 10 and {text}[4:8:3] == "--"',
    "%Y-%m-%dT%H:%M:%S": 'len({text}) == 19 and {text}[4:17:3] == "--T::"' + _MORE,
    "%Y-%m-%d %H:%M:%S": 'len({text}) == 19 and {text}[4:17:3] == "-- ::"' + _MORE,
}
"""Formats with what tells that a text has their length and signs."""
_DIGITS = "{text}[5::3].isdigit() and {text}.isascii()"
"""`strptime` takes a space for a leading zero, and digits of every script."""


def find(target: Target, facts: Facts) -> Iterator[Rewrite]:
    """A rewrite for each format that is read in a loop."""
    view = View(target, facts)
    calls = [call for call in view.nodes(ast.Call) if _reads_iso(view, call) and view.loops(call)]
    while calls:
        alike = [call for call in calls if same(call.func, calls[0].func) and same(call.args[1], calls[0].args[1])]
        calls = [call for call in calls if call not in alike]
        yield from _rewrite(view, alike)


def _reads_iso(view: View, call: ast.Call) -> bool:
    match call:
        case ast.Call(func=ast.Attribute(value=kind, attr="strptime"), args=[text, ast.Constant(value=form)]):
            return form in _FORMS and _is_datetime(view, kind) and not isinstance(text, ast.Starred)
    return False


def _is_datetime(view: View, node: ast.expr) -> bool:
    """Whether an expression is the class, as the top of the module imports it."""
    for statement in view.target.source.tree.body:
        match statement, node:
            case ast.ImportFrom(module="datetime", names=names), ast.Name(id=name):
                found = any(alias.name == "datetime" and (alias.asname or alias.name) == name for alias in names)
            case ast.Import(names=names), ast.Attribute(value=ast.Name(id=name), attr="datetime"):
                found = any(alias.name == "datetime" and (alias.asname or alias.name) == name for alias in names)
            case _:
                continue
        if found and name not in view.locals:
            return True
    return False


def _rewrite(view: View, calls: list[ast.Call]) -> Iterator[Rewrite]:
    draft = Draft(view.target, id, safety)
    function = calls[0].func
    assert isinstance(function, ast.Attribute)
    kind, form = draft.text(function.value), calls[0].args[1]
    assert isinstance(form, ast.Constant)
    parsed, text = draft.fresh("parsed"), draft.fresh("text")
    full = draft.fresh("full")
    shape = f"{_FORMS[str(form.value)]} and {_DIGITS}".format(text=text, full=full)
    lines = (
        f"def {parsed}({text}):\n    {full} = {shape}\n"
        f"    return {kind}.fromisoformat({text}) if {full} else {kind}.strptime({text}, {draft.text(form)})\n"
    )
    body = view.target.node.body
    has_docstring = ast.get_docstring(view.target.node, clean=False) is not None and len(body) > 1
    draft.insert_before(body[1] if has_docstring else body[0], lines)
    for call in calls:
        draft.replace(call, f"{parsed}({draft.text(call.args[0])})")
    yield from draft.finish("dates in ISO form are read by `fromisoformat`, all others as before")
