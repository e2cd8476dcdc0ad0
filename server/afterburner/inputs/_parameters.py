"""Plausible types of one parameter, all sources together: examples, annotation, default, use and name."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from afterburner.core.target import Target
from afterburner.inputs._examples import described, literal_arguments, written_calls
from afterburner.inputs._kinds import kinds
from afterburner.inputs._usage import Path, Uses, uses

_BARE = {"list": "list", "List": "list", "dict": "dict", "Dict": "dict", "set": "set", "Set": "set", "tuple": "tuple",
         "Sequence": "list", "Iterable": "list", "Collection": "list", "Mapping": "dict", "Tuple": "tuple"}  # fmt: skip


def plausible(target: Target) -> dict[str, tuple[str, ...]]:
    """Parameter → type descriptions, the likeliest first; of starred parameters those of one item."""
    known = uses(target.node)
    shown = _shown(target)
    return {p.arg: tuple(dict.fromkeys(_of(target, p, known, shown))) for p in target.parameters}


def _of(target: Target, parameter: ast.arg, known: Uses, shown: dict[str, list[str]]) -> Iterator[str]:
    guessed = kinds(known, _path(target, parameter))
    default = _default(target, parameter)
    annotation = _annotation(parameter)
    yield from shown.get(parameter.arg, ())
    if annotation in _BARE:
        yield from (kind for kind in guessed if kind.startswith(f"{_BARE[annotation]}["))
    if annotation and annotation not in ("Any", "typing.Any", "object"):
        yield annotation
        return
    if isinstance(default, ast.Constant) and default.value is not None:
        yield described(default.value)
        if not isinstance(default.value, bool):
            yield from (kind for kind in guessed if kind != "None")
        return
    yield from guessed
    if isinstance(default, ast.Constant):
        yield "None"


def _path(target: Target, parameter: ast.arg) -> Path:
    arguments = target.node.args
    if parameter is arguments.vararg:
        return (parameter.arg, "item")
    return (parameter.arg, "value") if parameter is arguments.kwarg else (parameter.arg,)


def _annotation(parameter: ast.arg) -> str:
    if parameter.annotation is None:
        return ""
    if isinstance(parameter.annotation, ast.Constant) and isinstance(parameter.annotation.value, str):
        return parameter.annotation.value
    return ast.unparse(parameter.annotation)


def _default(target: Target, parameter: ast.arg) -> ast.expr | None:
    a = target.node.args
    plain = [*a.posonlyargs, *a.args]
    positional = dict(zip(reversed([p.arg for p in plain]), reversed(a.defaults), strict=False))
    keyword = {p.arg: d for p, d in zip(a.kwonlyargs, a.kw_defaults, strict=True)}
    return positional.get(parameter.arg) or keyword.get(parameter.arg)


def _shown(target: Target) -> dict[str, list[str]]:
    """Types of the literal arguments in the docstring's examples."""
    names = [p.arg for p in target.parameters if p not in (target.node.args.vararg, target.node.args.kwarg)]
    found: dict[str, list[str]] = {}
    for call in written_calls(ast.get_docstring(target.node) or "", target.name):
        for name, value in literal_arguments(call, names).items():
            kind = described(value)
            if kind not in ("None", "list", "dict", "set", "tuple"):
                found.setdefault(name, []).append(kind)
    return found
