"""Calls that the user types or keeps in a file."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from afterburner.core.errors import UsageError
from afterburner.core.inputs import Case
from afterburner.core.target import Target
from afterburner.core.units import bound_names, loaded_names
from afterburner.inputs._calls import mentions
from afterburner.inputs._checking import checked
from afterburner.inputs._example import example_call


def case(target: Target, text: str) -> Case:
    """A call such as `f([3, 1, 2], k=2)`, or an expression that reaches the target; `UsageError` if it is neither."""
    tree = _expression(target, text, "The call")
    return checked(target, tree, text.strip(), "", frozenset(), "The call")


def cases_from_file(target: Target, path: Path) -> list[Case]:
    """The calls in a file: of a `.py` file each expression at its top level, of any other each line."""
    text = _read(path)
    found = list(_from_python(target, path, text) if path.suffix == ".py" else _from_lines(target, path, text))
    if not found:
        raise UsageError(f"{path} holds no call.", f"Write one a line, such as {example_call(target)}.")
    return found


def _from_python(target: Target, path: Path, text: str) -> Iterator[Case]:
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError) as error:
        where = f"{path}, line {getattr(error, 'lineno', None) or 1}"
        raise UsageError(f"{where}: this is not valid Python: {getattr(error, 'msg', error)}.") from None
    calls = [s for s in body if isinstance(s, ast.Expr) and not isinstance(s.value, ast.Constant)]
    calls = [s for s in calls if mentions(s, target)] or calls
    setup: list[ast.stmt] = []
    for statement in body:
        if isinstance(statement, ast.Expr) and statement in calls:
            expression = ast.get_source_segment(text, statement.value) or ast.unparse(statement.value)
            before, known = "\n".join(map(ast.unparse, setup)), frozenset(bound_names(setup))
            if any(isinstance(s, ast.ImportFrom) and s.names[0].name == "*" for s in setup):
                known |= loaded_names([statement])
            yield checked(target, statement.value, expression, before, known, f"{path}, line {statement.lineno}")
        elif not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
            setup.append(statement)


def _from_lines(target: Target, path: Path, text: str) -> Iterator[Case]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            where = f"{path}, line {number}"
            tree = _expression(target, line, where)
            yield checked(target, tree, ast.unparse(tree), "", frozenset(), where)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise UsageError(f"There is no file {path}.", "Give --inputs a file of calls.") from None
    except IsADirectoryError:
        raise UsageError(f"{path} is a folder.", "Give --inputs a file of calls.") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8 text.", "Save it as UTF-8.") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from None


def _expression(target: Target, text: str, where: str) -> ast.expr:
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reason = getattr(error, "msg", None) or str(error)
        raise UsageError(
            f"{where} `{text.strip()}` is not one Python expression: {reason}.",
            f"Write it as {example_call(target)}; what needs imports or assignments goes into a file for --inputs.",
        ) from None
