"""Calls that a project keeps in `afterburner_inputs.py`, for any number of functions; the file is read, never imported.

A call on a line of its own, or in an `assert`, is an input of the function that it calls. What it needs of the imports,
assignments and functions in the file runs before it. A loop over values that are written out gives calls each round. A
function that takes nothing and returns nothing holds calls with what they need.
"""

from __future__ import annotations

import ast
import builtins
import difflib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from afterburner.core.errors import UsageError
from afterburner.core.inputs import CallText, Case, Given
from afterburner.core.render import shorten
from afterburner.core.source import Source
from afterburner.core.target import Target, own_nodes
from afterburner.core.units import bound_names, loaded_names
from afterburner.inputs import _template
from afterburner.inputs._calls import expressions, needed, setup_text
from afterburner.inputs._checking import checked
from afterburner.inputs._whose import calls_target
from afterburner.runner.project import Project, read

name = "own"
FILE = "afterburner_inputs.py"
FOLDER = ".afterburner"
_MOST = 100
_ROUNDS = 50
"""So many rounds of one loop are taken."""
_LABEL = 48
_REMEDY = "Import or assign what it needs in the same file."
_LINES = (ast.Expr, ast.Assert)


def places(target: Target, project: Project) -> tuple[Path, ...]:
    """Where the file is looked for: beside the module, then in `.afterburner/` at the project's root."""
    return Path(target.source.path).parent / FILE, project.root / FOLDER / FILE


def kept(target: Target, project: Project) -> Given:
    """The calls of the target in the project's own files; `AfterburnerError` with the line of a mistake."""
    files = tuple(path for path in places(target, project) if path.is_file())
    found = [_of_file(target, read(path)) for path in files]
    return Given(
        tuple(case for one in found for case in one.cases)[:_MOST],
        tuple(note for one in found for note in one.notes),
        tuple(map(str, files)),
    )


def with_section(target: Target, text: str | None) -> str | None:
    """The file's text with a commented section for the target at its end; None when it has one already.

    `text` is what the file holds, None where there is no file yet. Nothing of it is changed.
    """
    if text is None:
        return f"{_template.head()}\n{_template.section(target)}"
    if _template.heading(target) in text.splitlines():
        return None
    end = "\r\n" if "\r\n" in text else "\n"
    gap = "" if not text else end if text.endswith("\n") else end * 2
    return text + gap + _template.section(target).replace("\n", end)


def _of_file(target: Target, source: Source) -> Given:
    reading = _Reading(target, source)
    top = [*reading.walk(source.tree.body, [])]
    for statement in source.tree.body:
        if isinstance(statement, ast.FunctionDef) and _is_section(statement):
            top += reading.walk(statement.body, list(source.tree.body))
    return Given(tuple(case for _, case in sorted(top, key=lambda pair: pair[0])), tuple(reading.notes()))


def _is_section(node: ast.FunctionDef) -> bool:
    """A function that takes nothing and returns nothing: it is there for the calls in it."""
    takes = any(ast.iter_child_nodes(node.args))
    gives = any(
        isinstance(n, ast.Yield | ast.YieldFrom) or (isinstance(n, ast.Return) and n.value) for n in own_nodes(node)
    )
    return not takes and not gives


class _Reading:
    """One reading of a file for one target."""

    def __init__(self, target: Target, source: Source) -> None:
        self.target = target
        self.source = source
        self.known = frozenset(n for node in ast.walk(source.tree) for n in bound_names([node]))
        self.star = any(isinstance(s, ast.ImportFrom) and s.names[0].name == "*" for s in source.tree.body)

    def walk(self, body: Sequence[ast.stmt], earlier: list[ast.stmt]) -> Iterator[tuple[int, Case]]:
        """The target's calls with their lines; `earlier` are the statements before, and grows."""
        for statement in body:
            if isinstance(statement, _LINES):
                yield from self._line(statement, earlier)
            elif isinstance(statement, ast.For):
                yield from self._loop(statement, earlier)
            elif not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                self._refuse_hidden(statement, earlier)
            earlier.append(statement)

    def notes(self) -> Iterator[str]:
        """A sentence for each line that calls what neither the file nor the module knows."""
        defined = set(bound_names(self.target.source.tree.body))
        for node in ast.walk(self.source.tree):
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and not self.star:
                called = node.value.func
                while isinstance(called, ast.Attribute):
                    called = called.value
                if isinstance(called, ast.Name) and called.id not in self.known | defined | set(dir(builtins)):
                    near = difflib.get_close_matches(called.id, defined, 1, 0.7)
                    more = f"did you mean `{near[0]}`?" if near else "import it there."
                    yield f"{self._where(node)}: nothing tells what `{called.id}` is; {more}"

    def _line(self, statement: ast.stmt, earlier: list[ast.stmt]) -> Iterator[tuple[int, Case]]:
        for expression in self._calls(statement, earlier):
            before, _ = needed(earlier, expression)
            stars = [s for s in earlier if isinstance(s, ast.ImportFrom) and s.names[0].name == "*"]
            known = self.known | (loaded_names([expression]) if self.star else frozenset())
            text, setup = self.source.segment(expression), setup_text([*stars, *before])
            case = checked(self.target, expression, text, setup, known, self._where(statement), _REMEDY)
            yield statement.lineno, case

    def _calls(self, statement: ast.AST, earlier: Sequence[ast.stmt]) -> list[ast.expr]:
        return list(expressions(statement, self.target, lambda node, target: calls_target(node, target, earlier)))

    def _loop(self, loop: ast.For, earlier: list[ast.stmt]) -> Iterator[tuple[int, Case]]:
        """A loop over written-out values, round by round."""
        if not self._lines_inside(loop, earlier):
            return
        values = _written_out(loop.iter, earlier)
        if values is None:
            raise UsageError(
                f"{self._where(loop)}: the values of this loop are not written out, so its calls cannot be told.",
                "Write `for size in (10, 1_000):` or `for n in range(5):`.",
            )
        for value in values[:_ROUNDS]:
            given = ast.fix_missing_locations(ast.Assign([loop.target], value, lineno=loop.lineno))
            shown = f"{ast.unparse(loop.target)} = {ast.unparse(value)}"
            for line, case in self.walk(loop.body, [*earlier, given]):
                yield line, _labelled(case, shown)

    def _refuse_hidden(self, statement: ast.stmt, earlier: Sequence[ast.stmt]) -> None:
        """A call inside `if`, `with` or `try` would only be made on a condition that reading cannot tell."""
        for line in self._lines_inside(statement, earlier):
            raise UsageError(
                f"{self._where(line)}: a call inside `{type(statement).__name__.lower()}` cannot be told.",
                "Put it at the top level, in a `for`, or in a function that takes nothing.",
            )

    def _lines_inside(self, statement: ast.stmt, earlier: Sequence[ast.stmt]) -> list[ast.stmt]:
        inside = [n for n in ast.walk(statement) if isinstance(n, _LINES)]
        return [line for line in inside if self._calls(line, earlier)]

    def _where(self, node: ast.stmt) -> str:
        return f"{self.source.path}, line {node.lineno}"


def _labelled(case: Case, given: str) -> Case:
    text = case.call.expression if isinstance(case.call, CallText) else ""
    shown = case.label or " ".join(text.split())
    return replace(case, label=shorten(f"{shown}, {given}", _LABEL))


def _written_out(node: ast.expr, earlier: Sequence[ast.stmt]) -> list[ast.expr] | None:
    """The values of a loop, where they stand in the text or in a variable that was assigned there."""
    if isinstance(node, ast.Name):
        for statement in reversed(earlier):
            if isinstance(statement, ast.Assign) and any(ast.unparse(t) == node.id for t in statement.targets):
                return None if isinstance(statement.value, ast.Name) else _written_out(statement.value, earlier)
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return list(node.elts)
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "range" and not node.keywords:
        limits = [_whole(argument) for argument in node.args]
        if 1 <= len(limits) <= 3 and None not in limits and 0 not in limits[2:]:
            return [ast.Constant(n) for n in range(*[n for n in limits if n is not None])[:_ROUNDS]]
    return None


def _whole(node: ast.expr) -> int | None:
    try:
        value = ast.literal_eval(node)
    except ValueError:
        return None
    return value if type(value) is int else None
