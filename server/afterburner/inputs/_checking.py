"""Checks that an expression which a person wrote can be a call of the target, before anything runs."""

from __future__ import annotations

import ast
import builtins

from afterburner.core.errors import UsageError
from afterburner.core.inputs import CallText, Case, Origin
from afterburner.core.target import Target
from afterburner.core.units import bound_names, loaded_names
from afterburner.inputs._calls import is_call
from afterburner.inputs._example import example_call

_BESIDE = "Imports and assignments go into a file for --inputs."


def checked(
    target: Target, tree: ast.expr, text: str, setup: str, known: frozenset[str], where: str, remedy: str = _BESIDE
) -> Case:
    """The case; `UsageError` for what cannot be a call of the target, directly or on the way.

    `known` are the names that the setup gives, and `remedy` tells what to do about a name that nothing gives.
    """
    example = f"Write it as {example_call(target)}."
    if not any(
        isinstance(n, ast.Call | ast.Attribute | ast.Subscript | ast.operator | ast.cmpop) for n in ast.walk(tree)
    ):
        raise UsageError(f"{where} `{text}` calls nothing.", example)
    unknown = sorted(_free(tree) - known - _names(target))
    if unknown and not _has_star_import(target):
        what = f"{where} `{text}` uses `{unknown[0]}`, which {target.source.path} does not know."
        raise UsageError(what, f"{example} {remedy}")
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
