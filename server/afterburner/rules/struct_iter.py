"""Records that are unpacked slice by slice are unpacked by `iter_unpack`.

Why it is slow
--------------
Each round cuts a slice out of the data, which copies it, and `struct.unpack` looks its format up again. `iter_unpack`
knows the format once and reads the records where they are.

Example
-------
```python
import struct

def numbers(data):
    return [struct.unpack("<i", data[i:i + 4])[0] for i in range(0, len(data), 4)]
```

becomes

```python
import struct

def numbers(data):
    return [record[0] for record in struct.iter_unpack("<i", data)]
```

When it changes behaviour
-------------------------
The data must be bytes or the like. Where its last record is cut off, `struct.error` comes before the first round.
"""

from __future__ import annotations

import ast
import struct
from collections.abc import Iterator

from afterburner.core.facts import Facts
from afterburner.core.rewrite import Rewrite, Safety
from afterburner.core.target import Target
from afterburner.rules._canonical import same
from afterburner.rules._draft import Draft
from afterburner.rules._lists import stored_once
from afterburner.rules._names import constant, uses
from afterburner.rules._pattern import match_expression
from afterburner.rules._view import View

id = "struct-iter"
improves = "time"
safety = Safety.NEEDS_PROOF
group = "numeric"

_ROUNDS = "range(0, len(b), N)"
_RECORD = "struct.unpack(F, b[i:i + N])"
_FIXED_SIZES = "<>=!"
"""With one of these in front a format means the same size everywhere."""


def find(target: Target, facts: Facts) -> Iterator[Rewrite]:
    """A rewrite for each loop that goes from record to record."""
    view = View(target, facts)
    if "struct" in view.locals or "struct" not in view.module_names:
        return
    loops: list[ast.For | ast.comprehension] = [*view.nodes(ast.For), *view.nodes(ast.comprehension)]
    for loop in loops:
        match loop.target, match_expression(_ROUNDS, loop.iter):
            case ast.Name(id=i), {"b": ast.Name() as data, "N": ast.Constant(value=int(size))}:
                calls = _records(view, loop, i, data, size)
                if calls and _steady(view, loop, i, data):
                    yield from _rewrite(view, loop, data, calls)


def _records(view: View, loop: ast.For | ast.comprehension, i: str, data: ast.Name, size: int) -> list[ast.Call]:
    """The calls that unpack the record of the round, where nothing else uses the position."""
    found: list[ast.Call] = []
    for call in view.nodes(ast.Call):
        parts = match_expression(_RECORD, call)
        if parts is None or parts["struct"].id != "struct" or parts["i"].id != i or not same(parts["b"], data):
            continue
        if _size(parts["F"]) == size and constant(parts["N"], size):
            found.append(call)
    alike = all(same(call.args[0], found[0].args[0]) for call in found)
    within = {use for call in found for use in uses(i, call)}
    elsewhere = [use for use in uses(i, view.function) if use not in within and use is not loop.target]
    return found if alike and not elsewhere else []


def _size(form: ast.expr) -> int:
    """How many bytes a record has; 0 when that depends on the machine."""
    if not isinstance(form, ast.Constant) or not isinstance(form.value, str) or form.value[:1] not in _FIXED_SIZES:
        return 0
    try:
        return struct.calcsize(form.value)
    except struct.error:
        return 0


def _steady(view: View, loop: ast.For | ast.comprehension, i: str, data: ast.Name) -> bool:
    """Whether the data stays as it is, and may be bytes."""
    node = view.parents[loop] if isinstance(loop, ast.comprehension) else loop
    plain = not hasattr(loop, "counter") and stored_once(view, i)
    return plain and view.invariant(data, node) and view.typing.could_be(data, "bytes", "bytearray", "memoryview")


def _rewrite(view: View, loop: ast.For | ast.comprehension, data: ast.Name, calls: list[ast.Call]) -> Iterator[Rewrite]:
    draft = Draft(view.target, id, safety)
    record = draft.fresh("record")
    draft.replace(loop.target, record)
    draft.replace(loop.iter, f"struct.iter_unpack({draft.text(calls[0].args[0])}, {data.id})")
    for call in calls:
        draft.replace(call, record)
    yield from draft.finish(f"the records in `{data.id}` are unpacked by one call{view.evidence(data)}")
