"""Rendering: expressions evaluate to the value, calls run and share what the graph shares, the rest says so."""

from __future__ import annotations

import ast
import collections
import datetime
import decimal
import functools
import io
import itertools
import math
import operator
import random
import threading
import types
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterburner.core.fingerprint import canonical
from afterburner.core.graph import Graph
from afterburner.core.render import brief, render_call, render_value, shorten
from afterburner_worker.freeze import freeze

ATOMS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.binary(max_size=3)
VALUES = st.recursive(
    ATOMS | st.complex_numbers() | st.frozensets(ATOMS, max_size=3) | st.sets(ATOMS, max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ATOMS, inner, max_size=3) | st.tuples(inner),
    max_leaves=10,
)


class Pair:
    def __init__(self, a: Any, b: Any) -> None:
        self.a = a
        self.b = b

    def total(self, *more: Any) -> Any:
        return (self, more)


class Stack(list[Any]):
    pass


HERE = Pair.__module__
NAMES = {"Pair": Pair, "Stack": Stack, "collections": collections, "datetime": datetime, "decimal": decimal}


def graph(**roots: Any) -> Graph:
    return Graph.checked(freeze(roots))


def value_text(thing: Any) -> str:
    made = graph(x=thing)
    return render_value(made, made.roots["x"], home=HERE)


def called(source: str) -> Any:
    """What `f` gets when the rendered call runs."""
    seen: list[Any] = []

    def f(*args: Any, **kwargs: Any) -> None:
        seen.append((args, kwargs))

    exec(source, {**NAMES, "f": f})
    return seen[0]


@given(VALUES)
def test_expressions_evaluate_to_the_value(thing: Any) -> None:
    again = eval(value_text(thing), {})
    assert canonical(graph(x=again)) == canonical(graph(x=thing))


@pytest.mark.parametrize(
    ("thing", "text"),
    [
        (-0.0, "-0.0"), (math.nan, "float('nan')"), (-math.inf, "float('-inf')"), ((1,), "(1,)"), (set(), "set()"),
        (frozenset(), "frozenset()"), (range(3), "range(0, 3)"), (range(1, 9, 2), "range(1, 9, 2)"), (..., "..."),
        (slice(1, None), "slice(1, None, None)"), (collections.deque([1], 2), "collections.deque([1], maxlen=2)"),
        (collections.Counter("aab"), "collections.Counter({'a': 2, 'b': 1})"), (len, "len"), (Pair, "Pair"),
        (collections.defaultdict(list, a=[1]), "collections.defaultdict(list, {'a': [1]})"),
        (decimal.Decimal("1.10"), "decimal.Decimal('1.10')"), (datetime.date(2020, 1, 2), "datetime.date(2020, 1, 2)"),
        (datetime.datetime(2020, 1, 2, fold=1), "datetime.datetime(2020, 1, 2, 0, 0, 0, 0, fold=1)"),
        (datetime.UTC, "datetime.timezone(datetime.timedelta(0, 0, 0))"), (ValueError("x", 1), "ValueError('x', 1)"),
        (Pair(1, [2]), "<Pair a=1 b=[2]>"), (Stack([1]), "<Stack [1]>"), (bytearray(b"a"), "bytearray(b'a')"),
        ((n for n in [1, 2]), "(item for item in [1, 2])"), (1 << 3000, hex(1 << 3000)),
    ],
    ids=lambda thing: str(thing)[:30],
)  # fmt: skip
def test_the_text_of_a_value(thing: Any, text: str) -> None:
    assert value_text(thing) == text


@pytest.mark.parametrize(
    ("thing", "text"),
    [
        (lambda x: x[0], "(lambda x: x[0])"),
        (functools.partial(max, [1], key=len), "functools.partial(max, [1], key=len)"),
        (operator.itemgetter(1, 2), "operator.itemgetter(1, 2)"),
        (operator.attrgetter("a.b"), "operator.attrgetter('a.b')"),
        (operator.methodcaller("sort", key=len), "operator.methodcaller('sort', key=len)"), ("a".upper, "'a'.upper"),
        ({"a": 1}.get, "{'a': 1}.get"), ([1].__len__, "[1].__len__"), ({"a": 1}.keys(), "{'a': 1}.keys()"),
        (types.MappingProxyType({1: 2}), "types.MappingProxyType({1: 2})"), (io.StringIO("a"), "io.StringIO('a')"),
        (map(str, [1]), "map(str, iter([1]))"), (itertools.count(3), "itertools.count(3)"),
        (memoryview(b"a"), "memoryview(b'a')"),
    ],
    ids=lambda thing: str(thing)[:30],
)  # fmt: skip
def test_what_a_call_was_given_reads_as_what_makes_it(thing: Any, text: str) -> None:
    made = Graph.checked(freeze({"x": thing}, drain=False, carry=True))
    assert render_value(made, made.roots["x"]) == text


def test_what_has_no_code_says_what_it_is() -> None:
    def named() -> None: ...

    made = Graph.checked(freeze({"args": (named, random.Random(1)), "kwargs": {}}, drain=False, carry=True))
    lines = render_call("f", made).splitlines()
    assert lines == [
        "f(<named>, <random.Random, pickled>)",
        "# not written as code: named",
        "# not written as code: random.Random, pickled",
    ]


def test_a_cycle_reads_as_dots() -> None:
    ring: list[Any] = [1]
    ring.append(ring)
    assert value_text(ring) == "[1, ...]"


def test_a_call_with_keywords() -> None:
    assert render_call("f", graph(args=(1, "a"), kwargs={"k": 2, "not name": 3})) == "f(1, 'a', k=2, **{'not name': 3})"


def test_shared_arguments_are_shared_in_the_call() -> None:
    one = [1]
    source = render_call("f", graph(args=(one, one), kwargs={"k": {"one": one}}))
    assert source.splitlines() == ["a = [1]", "f(a, a, k={'one': a})"]
    (first, second), kwargs = called(source)
    assert first is second is kwargs["k"]["one"]


def test_cycles_are_closed_by_assignment() -> None:
    ring: list[Any] = [1]
    table = {"ring": ring, "self": None}
    table["self"] = table
    ring.append(ring)
    source = render_call("f", graph(args=(table,)))
    ((again,), _) = called(source)
    assert again["self"] is again and again["ring"][1] is again["ring"]


def test_objects_are_made_and_filled() -> None:
    pair = Pair([1], None)
    pair.b = pair
    source = render_call("f", graph(args=(pair, Stack([1, 2]))), home=HERE)
    (again, stack), _ = called(source)
    assert type(again) is Pair and again.a == [1] and again.b is again
    assert type(stack) is Stack and stack == [1, 2]


def test_an_evident_constructor_is_called() -> None:
    constructors = {f"{HERE}:Pair": ("a", "b")}
    assert render_call("f", graph(args=(Pair(1, 2),)), home=HERE, constructors=constructors) == "f(Pair(a=1, b=2))"
    other = {f"{HERE}:Pair": ("a",)}
    assert "Pair.__new__(Pair)" in render_call("f", graph(args=(Pair(1, 2),)), home=HERE, constructors=other)


def test_methods_are_called_on_their_receiver() -> None:
    source = render_call("Pair.total", graph(args=(5,), receiver=Pair(1, 2)), home=HERE)
    assert source.splitlines() == ["a = Pair.__new__(Pair)", "a.a = 1", "a.b = 2", "a.total(5)"]
    assert render_call("Pair.make", graph(args=(), receiver=Pair), home=HERE) == "Pair.make()"


def test_what_cannot_be_written_is_said_in_a_comment() -> None:
    source = render_call("f", graph(args=(threading.Lock(),)))
    assert source.splitlines()[-1].startswith("# not written as code: _thread.lock")


def test_a_hundred_thousand_levels() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    made = graph(args=(deep,))
    assert brief(made, made.roots["args"], 50).startswith("([[[[")
    assert render_call("f", made).startswith("f([[[[")


def test_a_long_value_is_not_written_out() -> None:
    made = graph(x=list(range(100_000)))
    assert len(brief(made, made.roots["x"], 80)) <= 80


def test_shorten_keeps_both_ends() -> None:
    assert shorten("abc", 3) == "abc"
    assert shorten("a" * 50 + "z", 20) == "a" * 11 + " … " + "a" * 5 + "z"
    assert len(shorten("x" * 99, 20)) == 20


@given(VALUES)
def test_every_call_is_python(thing: Any) -> None:
    ast.parse(render_call("f", graph(args=(thing, [thing, thing]), kwargs={})))
