"""Calls that the user types or keeps in a file."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from pathlib import Path

from afterburner.core.errors import UsageError
from afterburner.core.inputs import CallText, Case, Origin
from afterburner.core.target import Target
from afterburner.core.units import bound_names, loaded_names
from afterburner.inputs._calls import is_call, mentions
from afterburner.inputs._example import example_call


def case(target: Target, text: str) -> Case:
    """A call such as `f([3, 1, 2], k=2)`, or an expression that reaches the target; `UsageError` if it is neither."""
    tree = _expression(target, text, "The call")
    return _checked(target, tree, text.strip(), "", frozenset(), "The call")


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
            yield _checked(target, statement.value, expression, before, known, f"{path}, line {statement.lineno}")
        elif not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
            setup.append(statement)


def _from_lines(target: Target, path: Path, text: str) -> Iterator[Case]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            where = f"{path}, line {number}"
            tree = _expression(target, line, where)
            yield _checked(target, tree, ast.unparse(tree), "", frozenset(), where)


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


def _checked(target: Target, tree: ast.expr, text: str, setup: str, known: frozenset[str], where: str) -> Case:
    """The case; `UsageError` for what cannot be a call of the target, directly or on the way."""
    example = f"Write it as {example_call(target)}."
    if not any(
        isinstance(n, ast.Call | ast.Attribute | ast.Subscript | ast.operator | ast.cmpop) for n in ast.walk(tree)
    ):
        raise UsageError(f"{where} `{text}` calls nothing.", example)
    unknown = sorted(_free(tree) - known - _names(target))
    if unknown and not _has_star_import(target):
        what = f"{where} `{text}` uses `{unknown[0]}`, which {target.source.path} does not know."
        raise UsageError(what, f"{example} Imports and assignments go into a file for --inputs.")
    misfit = _misfit(target, tree) if isinstance(tree, ast.Call) and is_call(tree, target) else ""
    if misfit:
        raise UsageError(f"{where} `{text}` does not fit {target.signature()}: {misfit}.", example)
    return Case(Origin.USER, CallText(text, setup))


def _free(tree: ast.expr) -> set[str]:
    """Names that an expression reads and does not bind itself."""
    own = {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)} | set(bound_names([tree]))
    own |= {name for n in ast.walk(tree) if isinstance(n, ast.comprehension) for name in bound_names([n.target])}
    return loaded_names([tree]) - own


def _names(target: Target) -> set[str]:
    declared = {n for node in ast.walk(target.source.tree) if isinstance(node, ast.Global) for n in node.names}
    implicit = {"__name__", "__file__", "__doc__"}
    return set(bound_names(target.source.tree.body)) | set(dir(builtins)) | declared | implicit


def _has_star_import(target: Target) -> bool:
    imports = [n for n in ast.walk(target.source.tree) if isinstance(n, ast.ImportFrom)]
    return any(alias.name == "*" for node in imports for alias in node.names)


def _misfit(target: Target, call: ast.Call) -> str:
    """Why the arguments cannot be bound; '' when they can, or when only running would tell."""
    if any(isinstance(a, ast.Starred) for a in call.args) or any(k.arg is None for k in call.keywords):
        return ""
    base = ast.unparse(call.func.value).rpartition(".")[2] if isinstance(call.func, ast.Attribute) else ""
    if target.kind == "method" and base == target.class_name.rpartition(".")[2]:
        return ""  # `C.m(instance, …)`
    if any(ast.unparse(d) not in ("staticmethod", "classmethod") for d in target.node.decorator_list):
        return ""
    a = target.node.args
    plain = [p for p in target.parameters if p not in (*a.kwonlyargs, a.vararg, a.kwarg)]
    if len(call.args) > len(plain) and not a.vararg:
        return f"it takes {len(plain)} positional argument{'s' * (len(plain) != 1)}, not {len(call.args)}"
    given = {p.arg for p in plain[: len(call.args)]} | {k.arg for k in call.keywords}
    allowed = {p.arg for p in [*plain, *a.kwonlyargs]} - {p.arg for p in a.posonlyargs}
    strange = [k.arg for k in call.keywords if k.arg not in allowed]
    if strange and not a.kwarg:
        return f"it has no parameter `{strange[0]}`"
    required = [p.arg for p in plain[: len(plain) - len(a.defaults)]]
    required += [p.arg for p, d in zip(a.kwonlyargs, a.kw_defaults, strict=True) if d is None]
    missing = [name for name in required if name not in given]
    return f"`{missing[0]}` is missing" if missing else ""
