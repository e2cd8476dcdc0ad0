"""The search through all pairs of one list for two elements with a given sum, in the ways that it is written."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from afterburner.rules._names import changed, loaded, pure, stored
from afterburner.rules._pattern import Found, find_statements, match_expression
from afterburner.rules._view import View

_INDEXED = "for i in range(OUTER):\n    for j in range(i + 1, INNER):\n        if a[i] + a[j] == T:\n            BODY"
_SLICED = "for i, x in enumerate(a):\n    for y in a[i + 1:]:\n        if x + y == T:\n            BODY"


@dataclass(frozen=True, slots=True)
class PairSearch:
    """Two loops that compare the sums of all pairs with one number."""

    loop: ast.For
    inner: ast.For
    test: ast.expr
    items: ast.Name
    wanted: ast.expr
    counters: tuple[str, str] | None
    """The positions' names, where the loops go by position."""
    answer: ast.Return | None
    """The constant that is returned for the first pair, when nothing else is done."""


def pair_searches(view: View) -> Iterator[PairSearch]:
    """The searches that need no second loop: whole numbers as far as is known, and either positions or one answer."""
    for pattern in (_INDEXED, _SLICED):
        for found, (loop,) in find_statements(pattern, view):
            if not _whole_list(view, found):
                continue
            match loop:
                case ast.For(body=[ast.For(body=[ast.If(test=test)]) as inner]) if _steady(loop, inner, found):
                    lost = any(view.used_after(name, loop) for name in stored(loop.target))
                    answer = None if lost else _constant_answer(found["BODY"])
                    counters = (found["i"].id, found["j"].id) if "j" in found else None
                    if answer or counters:
                        yield PairSearch(loop, inner, test, found["a"], found["T"], counters, answer)


def _whole_list(view: View, found: Found) -> bool:
    """Whether the loops go over all pairs, and the elements may be whole numbers."""
    items = found["a"]
    if "INNER" in found:
        shorter = match_expression("N - 1", found["OUTER"])
        outer = found["OUTER"] if shorter is None or not isinstance(found["OUTER"], ast.BinOp) else shorter["N"]
        if not view.length_of(outer, items) or not view.length_of(found["INNER"], items):
            return False
    whole = view.typing.items_only(items, "int", "bool") and view.typing.only(found["T"], "int", "bool")
    return whole and view.typing.could_be(items, "list", "tuple")


def _steady(loop: ast.For, inner: ast.For, found: Found) -> bool:
    """Whether list and sum stay the same, and nothing but the loops gives their counters values."""
    fixed = loaded(found["T"]) | {found["a"].id}
    bound = fixed & (stored(loop) | changed(loop))
    plain = not inner.orelse and not loop.orelse and not hasattr(loop, "counter") and not hasattr(inner, "counter")
    return pure(found["T"]) and not bound and plain


def _constant_answer(body: list[ast.stmt]) -> ast.Return | None:
    match body:
        case [ast.Return(value=ast.Constant() | None) as answer]:
            return answer
    return None
