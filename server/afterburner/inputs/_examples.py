"""Calls of a function that stand in prose or doctests with literal arguments, and the types of literals."""

from __future__ import annotations

import ast
from collections.abc import Iterator


def written_calls(text: str, name: str) -> Iterator[ast.Call]:
    """Each `name(...)` on one line of a text whose arguments are all literals."""
    for line in text.splitlines():
        start = line.find(f"{name}(")
        while start >= 0:
            call = _call_at(line, start)
            alone = start == 0 or not (line[start - 1].isalnum() or line[start - 1] in "_.")
            if call is not None and alone and all(map(_is_literal, _values(call))):
                yield call
            start = line.find(f"{name}(", start + 1)


def literal_arguments(call: ast.Call, names: list[str]) -> dict[str, object]:
    """Parameter → value, by position and keyword."""
    positional = zip(names, (ast.literal_eval(a) for a in call.args), strict=False)
    return {**dict(positional), **{k.arg: ast.literal_eval(k.value) for k in call.keywords if k.arg}}


def described(value: object) -> str:
    """The type of a literal in our language, such as `dict[str, list[int]]`; empty containers say little."""
    match value:
        case None:
            return "None"
        case list() | set():
            return f"{type(value).__name__}[{_joined(value)}]" if value else type(value).__name__
        case tuple():
            return f"tuple[{', '.join(map(described, value))}]" if value else "tuple"
        case dict():
            return f"dict[{_joined(value)}, {_joined(value.values())}]" if value else "dict"
    return type(value).__name__


def _joined(values: object) -> str:
    kinds = dict.fromkeys(described(value) for value in values)  # type: ignore[attr-defined]
    return " | ".join(kinds)


def _call_at(line: str, start: int) -> ast.Call | None:
    """The call that begins there, up to its own closing bracket."""
    end = line.find(")", start)
    while end >= 0:
        try:
            tree = ast.parse(line[start : end + 1], mode="eval").body
        except (SyntaxError, ValueError):
            end = line.find(")", end + 1)
            continue
        return tree if isinstance(tree, ast.Call) else None
    return None


def _values(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(keyword.value for keyword in call.keywords)]


def _is_literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True
