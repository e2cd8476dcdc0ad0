"""What rules may take the types of expressions to be: from hints, from calls, from how a function builds them."""

from __future__ import annotations

import ast
from collections.abc import Mapping

import pytest

from afterburner.core.facts import Facts
from afterburner.core.source import Source
from afterburner.core.target import find
from afterburner.rules._view import View

SEEN = {
    "a": {"list[int]", "list"},
    "pairs": {"list[tuple[str, list[int]]]"},
    "stock": {"dict[str, float]"},
    "mixed": {"list[int | str]"},
    "either": {"list[int]", "list[str]"},
    "deep": {"list[Any]", "list[int]"},
    "self.rows": {"list[str]"},
    "self.kept": {"int"},
    "self.grown": {"int"},
}


def view(text: str, seen: Mapping[str, set[str]] = SEEN, calls: Mapping[str, int] | None = None) -> View:
    types = {name: frozenset(texts) for name, texts in seen.items()}
    return View(find(Source("m.py", text), "m", "f"), Facts(types=types, calls=calls or {}))


def kinds(body: str, expression: str, parameters: str = "self, a, pairs, stock, mixed, either, deep") -> set[str]:
    """The names of the kinds of an expression in a function with this body."""
    found = view(f"def f({parameters}):\n    {body}\n").typing.of(ast.parse(expression, mode="eval").body)
    return {kind.name for kind in found}


@pytest.mark.parametrize(
    ("body", "expression", "names"),
    [
        ("pass", "a[0]", {"int"}),
        ("pass", "a[1:]", {"list"}),
        ("pass", "-a[0] * 2", {"int"}),
        ("pass", "a[0] / 2", {"float"}),
        ("pass", "deep[0]", set()),
        ("pass", "either[0]", {"int", "str"}),
        ("pass", "pairs[-1][1]", {"list"}),
        ("pass", "stock['x']", {"float"}),
        ("pass", "self.rows[0]", {"str"}),
        ("for x in a: pass", "x", {"int"}),
        ("for name, numbers in pairs: pass", "name", {"str"}),
        ("for i, (name, numbers) in enumerate(pairs): pass", "numbers", {"list"}),
        ("for x, y in zip(a, self.rows): pass", "y", {"str"}),
        ("for name, price in stock.items(): pass", "price", {"float"}),
        ("for price in stock.values(): pass", "price", {"float"}),
        ("for x in reversed(a): pass", "x", {"int"}),
        ("for first, *rest in pairs: pass", "first", set()),
        ("x, y = pairs[0]", "x", {"str"}),
        ("total = 0\n    for x in a: total += x", "total", {"int"}),
        ("total = 0\n    for x in stock.values(): total += x", "total", {"int", "float"}),
        ("while a: a = a[1:]", "a[0]", {"int"}),
        ("a = f(a)", "a", set()),
        ("self.kept = 'x'", "self.kept", {"int", "str"}),
        ("self.grown += 1", "self.grown", set()),
        ("out = sorted(pairs, key=lambda p: p[0])", "p", {"tuple"}),
        ("out = [lambda q: q for _ in a]", "q", set()),
        ("out = map(lambda q: q, a)", "q", {"int"}),
    ],
)
def test_the_type_of(body: str, expression: str, names: set[str]) -> None:
    assert kinds(body, expression) == names


@pytest.mark.parametrize(
    ("hint", "seen", "item"),
    [
        ("list", "list[int]", {"int"}),
        ("Sequence[float]", "list[int]", {"int"}),
        ("list[float]", "list[int]", {"int", "float"}),
        ("list[int] | None", "list[int]", set()),
        ("object", "list[int]", {"int"}),
        ("list[str]", "", {"str"}),
    ],
)
def test_a_hint_and_what_was_seen(hint: str, seen: str, item: set[str]) -> None:
    found = view(f"def f(x: {hint}): pass\n", {"x": {seen}} if seen else {})
    assert {kind.name for kind in found.typing.items(ast.Name("x"))} == item


@pytest.mark.parametrize(
    ("seen", "hashable", "ordered"),
    [
        ({"list[int]"}, True, True),
        ({"list[tuple[int, list[int]]]"}, False, True),
        ({"list[tuple[int, set[int]]]"}, False, False),
        ({"list[frozenset[int]]"}, True, False),
        ({"list[int | str]"}, True, False),
        ({"list[int]", "list[str]"}, True, True),
        ({"list[int | float]"}, True, True),
        ({"list"}, True, True),
        (set(), True, True),
    ],
    ids=str,
)
def test_what_the_items_can_do(seen: set[str], hashable: bool, ordered: bool) -> None:
    typing = view("def f(x): pass\n", {"x": seen} if seen else {}).typing
    assert (typing.items_hashable(ast.Name("x")), typing.items_ordered(ast.Name("x"))) == (hashable, ordered)


def test_what_rests_on_calls_is_told_with_their_number() -> None:
    found = view("def f(self, a, b: int, c): return self.rows\n", {
        "a": {"list[str]", "list[int]"}, "b": {"int"}, "c": {"int"}, "self.rows": {"list[str]"},
    }, {"a": 14, "b": 14, "self.rows": 1})  # fmt: skip
    names = [ast.parse(name, mode="eval").body for name in ("a", "b", "c", "d", "self.rows")]
    assert found.evidence(*names) == (
        " (`a` was `list[int]` or `list[str]` in each of 14 calls; `self.rows` was `list[str]` in the one call)"
    )
    assert found.evidence(names[1], names[2], names[3]) == ""


@pytest.mark.parametrize(
    "seen", ["ndarray[int64, 1-d]", "DataFrame[a: float64, b: object]", "Series[int64]", "iterator[int]"]
)
def test_an_array_or_table_is_no_list(seen: str) -> None:
    typing = view("def f(x): pass\n", {"x": {seen}}).typing
    assert not typing.could_be(ast.Name("x"), "list", "tuple", "str")
    assert typing.could_be(ast.Name("y"), "list")
