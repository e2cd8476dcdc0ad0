"""A target's behaviour as a pytest module that people can read and keep."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from afterburner.core.behaviour import Behaviour, Row, Spoken
from afterburner.core.inputs import Origin
from afterburner.core.target import Target
from afterburner.report import pytest_frame as frame
from afterburner.report.layout import WIDTH, laid_out, spelled

Test = tuple[str, Sequence[Row | Spoken]]
"""The name of a test function and the rows that it goes through, in order."""
_BODY = "    "
_ROW = 8


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
    parts = [*frame.functions(behaviour, "".join(bodies)), *bodies]
    first = frame.heading(behaviour, command, kept, len(behaviour.rows) - len(kept))
    return "\n\n".join([f"{first}\n{frame.imports(behaviour, ''.join(parts))}", *parts])


def file_name(target: Target) -> str:
    """What the module is called when nobody says."""
    return f"test_{_stem(target)}_behaviour.py"


def summary(behaviour: Behaviour) -> str:
    """What is in the module, in a sentence."""
    kept = [row for _, rows in tests_of(behaviour) for row in rows]
    return f"{frame.described(behaviour, kept)}."


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
        "tolerance": f"{1.05 * row.ending.tolerance:.1e}",  # never rounded below what it is
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
    setup = [statement for statement in ast.parse(row.call.setup).body if not _is_future(statement)]
    lines = [line for statement in setup for line in _statement(statement)]
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


def _is_future(statement: ast.stmt) -> bool:
    """An import that may only stand at the top of a file."""
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__"


def _statement(statement: ast.stmt) -> list[str]:
    """A statement's lines; a definition is set apart."""
    lines = [spelled(line) for line in ast.unparse(statement).splitlines()]
    apart = isinstance(statement, ast.FunctionDef | ast.ClassDef)
    return ["", *lines, ""] if apart else lines
