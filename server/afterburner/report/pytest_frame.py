"""What stands around the tests of a written module: its first lines, its imports, and the functions they call."""

from __future__ import annotations

import ast
import sys
import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence

from afterburner.core.behaviour import Behaviour, Row, Spoken
from afterburner.core.inputs import Origin
from afterburner.core.units import loaded_names
from afterburner.core.written import REBUILT
from afterburner.report.layout import WIDTH
from afterburner.report.page import visible

_NOT_CHECKED = (
    "Not checked: global and other hidden state, log records, warnings, whether results and arguments share objects, "
    "and speed."
)
_ONLY_RESULTS = " Of calls that stand as somebody wrote them, the arguments afterwards are not checked either."
_EXACT = '''\
def exact(value):
    """The value in a form that tells 1, True and 1.0 apart, and one order of a dict from another."""
    kind = type(value)
    if kind is list:
        return [exact(item) for item in value]
    if kind is tuple:
        return tuple(exact(item) for item in value)
    if kind in (set, frozenset):
        return kind.__name__, sorted((exact(item) for item in value), key=repr)
    if kind is dict:
        return kind.__name__, [(exact(key), exact(item)) for key, item in value.items()]
'''
_OBJECTS = """\
    if kind in CLASSES:
        names = sorted({*getattr(value, "__dict__", ()), *getattr(kind, "__slots__", ())})
        return kind.__name__, [(name, exact(getattr(value, name, None))) for name in names]
"""
_ARRAYS = """\
    if hasattr(value, "dtype"):
        return kind.__name__, str(value.dtype), getattr(value, "shape", ()), exact(value.tolist())
"""
_REBUILT = f'''\
def {REBUILT}(kind, /, **attributes):
    """An object with these attributes, made without its constructor."""
    made = kind.__new__(kind)
    for name, value in attributes.items():
        object.__setattr__(made, name, value)
    return made
'''


def heading(behaviour: Behaviour, command: str, kept: Sequence[Row | Spoken], long: int) -> str:
    """The docstring: what it is, what it has, what it does not check; `long` rows have a line that is too long."""
    target, where = behaviour.target, behaviour.environment
    left_out = {**behaviour.left_out, **({"lines that stay too long": long} if long else {})}
    paragraphs = [
        f"Written by `{command}` (Afterburner {where.afterburner}, {where.python}). It keeps what the function did "
        "then, meant or not: write it anew when its behaviour changes on purpose.",
        f"It has {described(behaviour, kept)}. Checked: results with their types, exceptions, what "
        "is left of the arguments, and output where there was any.",
        _NOT_CHECKED + _ONLY_RESULTS * any(isinstance(row, Spoken) for row in kept),
        *([f"Left out: {'; '.join(f'{number} with {why}' for why, number in left_out.items())}."] if left_out else []),
    ]
    wrapped = "\n\n".join("\n".join(textwrap.wrap(_harmless(p), WIDTH, break_on_hyphens=False)) for p in paragraphs)
    return f'"""How `{target.qualname}` of {target.module} behaves.\n\n{wrapped}\n"""\n'


def _harmless(text: str) -> str:
    """Text that neither ends a docstring nor escapes anything in it."""
    return visible(text).replace("\\", "/").replace('"' * 3, "'" * 3)


def described(behaviour: Behaviour, kept: Sequence[Row | Spoken]) -> str:
    """How many calls of which origin, and how much of the function they run."""
    lines = {line for row in kept for line in row.lines}
    run = sum(not lines.isdisjoint(range(first, last + 1)) for first, last in behaviour.statements.items())
    counts = Counter(row.origin for row in kept)
    parts = ", ".join(f"{counts[origin]} {origin.value}" for origin in Origin if counts[origin])
    calls = f"{len(kept)} call{'s' * (len(kept) != 1)} ({parts})"
    return f"{calls}; they run {run} of the function's {len(behaviour.statements)} statements"


def imports(behaviour: Behaviour, body: str) -> str:
    """What the body names, imported."""
    home = behaviour.target.module
    first = behaviour.target.qualname.partition(".")[0]
    used = _used(body)
    names = {name for row in behaviour.rows for name in row.names}
    modules = {name.partition(":")[0] for name in names if name.partition(".")[0].partition(":")[0] in used} - {home}
    wanted = {n.partition(":")[2].partition(".")[0] for n in names if n.startswith(f"{home}:")} | {first}
    mine = sorted(wanted & used)
    blocks = [
        sorted(f"import {module}" for module in modules if module.partition(".")[0] in sys.stdlib_module_names),
        sorted(
            [*(["import pytest"] if "pytest" in used else [])]
            + [f"import {module}" for module in modules if module.partition(".")[0] not in sys.stdlib_module_names]
        ),
        [_import_of(home, mine)],
    ]
    lines = "\n\n".join("\n".join(block) for block in blocks if block) + "\n"
    looks_like_tests = [name for name in mine if name.lower().startswith("test")]
    return lines + "".join(f"\n{name}.__test__ = False  # it is none of the tests\n" for name in looks_like_tests)


def _import_of(module: str, names: Sequence[str]) -> str:
    flat = f"from {module} import {', '.join(names)}"
    return flat if len(flat) <= WIDTH else f"from {module} import (\n" + "".join(f"    {n},\n" for n in names) + ")"


def functions(behaviour: Behaviour, body: str) -> Iterator[str]:
    """What the tests call: only what they need."""
    used = _used(body)
    if REBUILT in used:
        yield _REBUILT
    if "exact" in used:
        made = sorted({name for row in behaviour.rows for name in row.made})
        classes = [_class(behaviour, name) for name in made]
        shown = f"({', '.join(classes)}{',' * (len(classes) == 1)})"
        objects = _OBJECTS.replace("CLASSES", shown) if made else ""
        yield _EXACT + (_ARRAYS if "numpy" in used else "") + objects + "    return repr(value)\n"


def _used(body: str) -> set[str]:
    """The names that code reads."""
    return loaded_names([ast.parse(body)])


def _class(behaviour: Behaviour, name: str) -> str:
    module, _, qualname = name.partition(":")
    return qualname if module in ("builtins", behaviour.target.module) else f"{module}.{qualname}"
