"""A target's behaviour as a pytest module that people can read and keep."""

from __future__ import annotations

import ast
import re
import sys
import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from afterburner.core.behaviour import Behaviour, Row, Spoken
from afterburner.core.inputs import Origin
from afterburner.core.target import Target
from afterburner.core.written import REBUILT
from afterburner.report.layout import WIDTH, laid_out, spelled

Test = tuple[str, Sequence[Row | Spoken]]
"""The name of a test function and the rows that it goes through, in order."""
_BODY = "    "
_ROW = 8
_NOT_CHECKED = (
    "Not checked: global and other hidden state, log records, warnings, whether results and arguments share objects, "
    "and speed."
)
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


@dataclass(frozen=True, slots=True)
class _Shape:
    """What the rows of one test have in common."""

    end: str
    about: bool
    said: bool
    changes: bool
    prints: bool

    @classmethod
    def of(cls, row: Row) -> _Shape:
        end = row.ending
        return cls(end.kind, end.tolerance > 0, end.said is not None, bool(row.after), end.printed is not None)

    @property
    def title(self) -> str:
        unsaid = self.end == "raises" and not self.said
        return (
            self.end + "_about" * self.about + "_with_any_message" * unsaid
            + "_and_changes_arguments" * self.changes + "_and_prints" * self.prints
        )  # fmt: skip


def text(behaviour: Behaviour, command: str) -> str:
    """The module; `command` is what writes it. A row with a line that stays too long is left out and counted."""
    tests = tests_of(behaviour)
    kept = [row for _, rows in tests for row in rows]
    named = _ids(kept)
    bodies = [_test(behaviour, name, rows, named) for name, rows in tests]
    parts = [*_functions(behaviour, "".join(bodies)), *bodies]
    heading = _heading(behaviour, command, kept, len(behaviour.rows) - len(kept))
    return "\n\n".join([f"{heading}\n{_imports(behaviour, ''.join(parts))}", *parts])


def file_name(target: Target) -> str:
    """What the module is called when nobody says."""
    return f"test_{_stem(target)}_behaviour.py"


def summary(behaviour: Behaviour) -> str:
    """What is in the module, in a sentence."""
    kept = [row for _, rows in tests_of(behaviour) for row in rows]
    return f"{_kept(behaviour, kept)}."


def tests_of(behaviour: Behaviour) -> list[Test]:
    """The tests of the module, in its order."""
    stem = _stem(behaviour.target)
    shapes: dict[_Shape, list[Row | Spoken]] = {}
    spoken: list[Test] = []
    named = _ids(behaviour.rows)
    for row in behaviour.rows:
        if isinstance(row, Spoken) and _fits(_spoken_body(row)):
            spoken.append((f"test_{stem}_as_written_{len(spoken) + 1}", [row]))
        elif isinstance(row, Row) and _fits(_row(row, _columns([row], _Shape.of(row)), named)):
            shapes.setdefault(_Shape.of(row), []).append(row)
    return [*((f"test_{stem}_{shape.title}", rows) for shape, rows in shapes.items()), *spoken]


def _stem(target: Target) -> str:
    return re.sub(r"[\W_]+", "_", target.qualname.lower()).strip("_")


def _fits(written: str) -> bool:
    return all(len(line) <= WIDTH for line in written.splitlines())


def _ids(rows: Sequence[Row | Spoken]) -> Mapping[int, str]:
    """A name for each row, such as `doctest-2`."""
    seen: Counter[Origin] = Counter()
    named = {}
    for row in rows:
        seen[row.origin] += 1
        named[id(row)] = f"{row.origin.value.replace(' ', '-')}-{seen[row.origin]}"
    return named


def _heading(behaviour: Behaviour, command: str, kept: Sequence[Row | Spoken], long: int) -> str:
    target, where = behaviour.target, behaviour.environment
    left_out = {**behaviour.left_out, **({"lines that stay too long": long} if long else {})}
    paragraphs = [
        f"Written by `{command}` (Afterburner {where.afterburner}, {where.python}). It keeps what the function did "
        "then, meant or not: write it anew when its behaviour changes on purpose.",
        f"It has {_kept(behaviour, kept)}. Checked: results with their types, exceptions, what "
        "is left of the arguments, and output where there was any.",
        _NOT_CHECKED,
        *([f"Left out: {'; '.join(f'{number} with {why}' for why, number in left_out.items())}."] if left_out else []),
    ]
    wrapped = "\n\n".join("\n".join(textwrap.wrap(p, WIDTH, break_on_hyphens=False)) for p in paragraphs)
    return f'"""How `{target.qualname}` of {target.module} behaves.\n\n{wrapped}\n"""\n'


def _kept(behaviour: Behaviour, kept: Sequence[Row | Spoken]) -> str:
    """How many calls of which origin, and how much of the function they run."""
    lines = {line for row in kept for line in row.lines}
    run = sum(not lines.isdisjoint(range(first, last + 1)) for first, last in behaviour.statements.items())
    counts = Counter(row.origin for row in kept)
    parts = ", ".join(f"{counts[origin]} {origin.value}" for origin in Origin if counts[origin])
    calls = f"{len(kept)} call{'s' * (len(kept) != 1)} ({parts})"
    return f"{calls}; they run {run} of the function's {len(behaviour.statements)} statements"


def _imports(behaviour: Behaviour, body: str) -> str:
    home = behaviour.target.module
    first = behaviour.target.qualname.partition(".")[0]
    names = {name for row in behaviour.rows for name in row.names}
    modules = {name.partition(":")[0] for name in names} - {home}
    wanted = {n.partition(":")[2].partition(".")[0] for n in names if n.startswith(f"{home}:")} | {first}
    mine = sorted(name for name in wanted if re.search(rf"\b{name}\b", body))
    blocks = [
        sorted(f"import {module}" for module in modules if module.partition(".")[0] in sys.stdlib_module_names),
        sorted(
            [*(["import pytest"] if "pytest." in body else [])]
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


def _functions(behaviour: Behaviour, body: str) -> Iterator[str]:
    """What the tests call: only what they need."""
    if f"{REBUILT}(" in body:
        yield _REBUILT
    if "exact(" in body:
        made = sorted({name for row in behaviour.rows for name in row.made})
        classes = [_class(behaviour, name) for name in made]
        shown = f"({', '.join(classes)}{',' * (len(classes) == 1)})"
        objects = _OBJECTS.replace("CLASSES", shown) if made else ""
        yield _EXACT + (_ARRAYS if "numpy." in body else "") + objects + "    return repr(value)\n"


def _class(behaviour: Behaviour, name: str) -> str:
    module, _, qualname = name.partition(":")
    return qualname if module in ("builtins", behaviour.target.module) else f"{module}.{qualname}"


def _columns(rows: Sequence[Row], shape: _Shape) -> list[str]:
    """The columns that these rows need."""
    columns = ["thing"] if rows[0].receiver else []
    columns += ["args"] if any(row.args for row in rows) else []
    columns += ["kwargs"] if any(row.kwargs for row in rows) else []
    columns += ["error"] if shape.end == "raises" else ["expected"]
    columns += ["said"] * shape.said + ["tolerance"] * shape.about + ["after"] * shape.changes
    return columns + ["printed"] * shape.prints


def _row(row: Row, columns: Sequence[str], named: Mapping[int, str]) -> str:
    """The row's `pytest.param(…)`, as it stands in the table."""
    values = {
        "thing": row.receiver,
        "args": _tuple(row.args),
        "kwargs": f"{{{', '.join(f'{key!r}: {value}' for key, value in row.kwargs)}}}",
        "expected": row.ending.value,
        "error": row.ending.value,
        "said": row.ending.said or "",
        "tolerance": f"{row.ending.tolerance:.1e}",
        "after": _tuple([text for name, text in row.after if name in columns]),
        "printed": row.ending.printed or "",
    }
    call = f"pytest.param({', '.join(values[name] for name in columns)}, id={named[id(row)]!r})"
    return " " * _ROW + laid_out(call, _ROW, _ROW, 1) + ",\n"


def _tuple(texts: Sequence[str]) -> str:
    return f"({', '.join(texts)}{',' * (len(texts) == 1)})"


def _test(behaviour: Behaviour, name: str, rows: Sequence[Row | Spoken], named: Mapping[int, str]) -> str:
    table = [row for row in rows if isinstance(row, Row)]
    if not table:
        return "".join(_spoken_test(name, row) for row in rows if isinstance(row, Spoken))
    shape = _Shape.of(table[0])
    columns = _columns(table, shape)
    names = f"({', '.join(map(_quoted_name, columns))})" if len(columns) > 1 else _quoted_name(columns[0])
    written = "".join(_row(row, columns, named) for row in table)
    head = f"@pytest.mark.parametrize(\n    {names},\n    [\n{written}    ],\n)\n"
    arguments = ", ".join([*columns, *(["capsys"] if shape.prints else [])])
    lines = _lines(behaviour, shape, columns, mutable=any(row.mutable for row in table))
    return head + f"def {name}({arguments}):\n" + "".join(f"{_BODY}{line}\n" for line in lines)


def _quoted_name(name: str) -> str:
    return f'"{name}"'


def _lines(behaviour: Behaviour, shape: _Shape, columns: Sequence[str], *, mutable: bool) -> Iterator[str]:
    """The statements of a test over a table."""
    inputs = [name for name in columns if name in ("thing", "args", "kwargs")]
    all_inputs = inputs[0] if len(inputs) == 1 else f"({', '.join(inputs)})"
    watched = mutable and not shape.changes
    if watched:
        yield f"before = exact({all_inputs})"
    yield from _checks(shape, _call(behaviour, columns))
    if shape.changes:
        yield f"assert exact({_tuple(inputs)}) == exact(after)"
    elif watched:
        yield f"assert exact({all_inputs}) == before"
    if shape.prints:
        yield "assert capsys.readouterr().out == printed"


def _checks(shape: _Shape, call: str) -> Iterator[str]:
    if shape.end == "raises":
        yield from ["with pytest.raises(error) as caught:", f"    {call}", "assert type(caught.value) is error"]
        if shape.said:
            yield "assert exact(caught.value.args) == exact(said)"
    elif shape.end == "yields":
        yield from [f"found = {call}", "assert iter(found) is found", "assert exact(list(found)) == exact(expected)"]
    elif shape.about:
        yield from [f"found = {call}", "assert type(found) is type(expected)"]
        yield "assert found == pytest.approx(expected, rel=0, abs=tolerance, nan_ok=True)"
    else:
        yield f"assert exact({call}) == exact(expected)"


def _call(behaviour: Behaviour, columns: Sequence[str]) -> str:
    target = behaviour.target
    called = f"thing.{target.name}" if "thing" in columns else target.qualname
    if target.kind == "property":
        return called
    given = [star + name for star, name in (("*", "args"), ("**", "kwargs")) if name in columns]
    return f"{called}({', '.join(given)})"


def _spoken_test(name: str, row: Spoken) -> str:
    return f"def {name}({'capsys' if row.ending.printed is not None else ''}):\n{_spoken_body(row)}"


def _spoken_body(row: Spoken) -> str:
    """The call as somebody wrote it, and what came of it."""
    lines = [line for statement in ast.parse(row.call.setup).body for line in _statement(statement)]
    call, end = ast.unparse(ast.parse(row.call.expression.strip(), mode="eval")), row.ending
    if end.kind == "raises":
        lines += [f"with pytest.raises({end.value}) as caught:", f"    {laid_out(call, 8, 8)}"]
        lines += [f"assert type(caught.value) is {end.value}"]
        lines += [f"assert exact(caught.value.args) == exact({spelled(end.said)})"] if end.said is not None else []
    else:
        lines += [f"found = {laid_out(call, 4, 12)}", f"expected = {laid_out(end.value, 4, 15)}"]
        found = "found" if end.kind == "returns" else "list(found)"
        lines += ["assert iter(found) is found"] if end.kind == "yields" else []
        lines += [f"assert exact({found}) == exact(expected)"]
    lines += [f"assert capsys.readouterr().out == {spelled(end.printed)}"] if end.printed is not None else []
    return "".join(f"{_BODY}{line}\n" if line else "\n" for line in lines)


def _statement(statement: ast.stmt) -> list[str]:
    """A statement's lines; a definition is set apart."""
    lines = [line if '"""' in line else spelled(line) for line in ast.unparse(statement).splitlines()]
    apart = isinstance(statement, ast.FunctionDef | ast.ClassDef)
    return ["", *lines, ""] if apart else lines
