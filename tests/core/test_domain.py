"""Domain tiers and types: what lies inside the envelope of given cases and hints, and what outside."""

from __future__ import annotations

import math
from typing import Any

import pytest

from afterburner.core.domain import Envelope, describe_attributes, describe_types, tier
from afterburner.core.graph import Graph
from afterburner.core.shapes import fits, hinted, shape_of
from afterburner_worker.freeze import freeze


class Account:
    def __init__(self, owner: str, rows: list[Any]) -> None:
        self.owner = owner
        self.rows = rows


def call(*args: Any, **roots: Any) -> Graph:
    return Graph.checked(freeze({"args": args, "kwargs": {}, **roots}))


def judge(given: list[Graph], case: Graph, types: dict[str, list[str]] | None = None, raised: bool = False) -> str:
    return tier(case, Envelope.of(given, types), raised)


GIVEN = [call([1, 2], 3), call([5], 2), call([], 9)]


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (([1, 2], 3), "T0"), (([7], 3), "T1"), (([], 0), "T1"), (([-1], 3), "T1"), (([1], -1), "T2"),
        (([1.0], 3), "T2"),
        ((["a"], 3), "T2"), (([None], 3), "T2"), (((1,), 3), "T2"), (([[1]], 3), "T2"), (([1], "3"), "T2"),
        (([True], 3), "T3"), (([1], True), "T3"), (([2**63], 3), "T3"), (([1], math.nan), "T3"), ((["\0"], 3), "T3"),
        ((["\ud800"], 3), "T3"), (([math.inf], 3), "T3"),
    ],
)  # fmt: skip
def test_tiers_beside_given_cases(args: Any, expected: str) -> None:
    assert judge(GIVEN, call(*args)) == expected


def test_where_the_original_raises() -> None:
    assert judge(GIVEN, call([7], 3), raised=True) == "T2"
    assert judge(GIVEN, call([1, 2], 3), raised=True) == "T0"


def test_what_was_seen_is_not_exotic() -> None:
    assert judge([call([math.nan, 1.0])], call([math.nan])) == "T1"
    assert judge([call([True, 1])], call([False])) == "T1"
    assert judge([call("\0")], call("a\0")) == "T1"
    assert judge([call([math.nan, 1.0])], call([math.inf])) == "T3"


def test_signs_need_three_cases_and_no_variety() -> None:
    assert judge([call(1), call(2)], call(-1)) == "T1"
    assert judge([call(1), call(2), call(0)], call(-1)) == "T2"
    assert judge([call(1), call(-2), call(3)], call(-1)) == "T1"
    assert judge([call(-1.0), call(-2.0), call(-3.0)], call(4.0)) == "T2"


def test_hints_widen_the_envelope() -> None:
    types = {"xs": ["list[int | str]"], "k": ["Optional[float]"]}
    for args in (["a"], 1.5), ([1], None), ([], 2):
        assert judge(GIVEN, call(*args), types) == "T1"
    assert judge(GIVEN, call([1.5], 3), types) == "T2"
    assert judge([], call(["a"], 1.0), types) == "T1"
    assert judge([], call([b"a"], 1.0), types) == "T2"


def test_a_class_that_is_only_named_is_what_was_seen_of_it() -> None:
    types = {"xs": ["Iterable['Account']"]}
    given = [call([Account("a", [])]), call([Account("b", [])])]
    assert tier(call([0]), Envelope.of(given, types, ("xs",)), False) == "T1"
    assert tier(call([0]), Envelope.of(given, types, ("xs",), given), False) == "T2"
    assert tier(call([Account("c", [])]), Envelope.of(given, types, ("xs",), given), False) == "T1"
    assert tier(call([0]), Envelope.of(given, {"xs": ["list[T]"]}, ("xs",), given), False) == "T1"


class Item:
    def __init__(self, name: str, *children: Item) -> None:
        self.name = name
        self.parent: Item | None = None
        self.children = list(children)
        for child in children:
            child.parent = self


def test_objects_that_refer_to_each_other_are_ordinary_as_they_came() -> None:
    given = [call(Item("a", Item("b")), 3), call(Item("c"), 4)]
    known = Envelope.of(given, {}, ("item", "n"), given)
    torn = Item("a", Item("b"))
    torn.children[0].parent = None
    shrunk = Item("a", Item("b"))
    shrunk.children[0].name = "d"
    assert tier(call(Item("a", Item("b")), 7), known, False) == "T1"
    assert tier(call(shrunk, 3), known, False) == "T2"
    assert tier(call(torn, 3), known, False) == "T2"
    assert tier(call(Item("d"), 3), known, False) == "T1"


def test_nothing_known_means_what_the_original_accepts() -> None:
    assert judge([], call(["a"], {})) == "T1"
    assert judge([], call(["a"], {}), raised=True) == "T2"
    assert judge([], call(2**64)) == "T3"


def test_tuples_are_records_until_their_length_varies() -> None:
    assert judge([call([(1, "a")])], call([(2, "b")])) == "T1"
    assert judge([call([(1, "a")])], call([(2, 3)])) == "T2"
    assert judge([call([(1, 2)])], call([(1, 2, 3)])) == "T2"
    assert judge([call([(1, 2), (1,)])], call([(1, 2, 3)])) == "T1"


def test_objects_go_by_class_and_attributes() -> None:
    given = [call(receiver=Account("a", [1]))]
    assert judge(given, call(receiver=Account("b", []))) == "T1"
    assert judge(given, call(receiver=Account("b", ["x"]))) == "T2"


def test_keyword_and_positional_are_one_parameter() -> None:
    envelope = Envelope.of([call([1])], {}, ("xs",))
    assert tier(Graph.checked(freeze({"args": (), "kwargs": {"xs": ["a"]}})), envelope, False) == "T2"
    assert tier(Graph.checked(freeze({"args": (), "kwargs": {"xs": [2]}})), envelope, False) == "T1"


@pytest.mark.parametrize(
    ("thing", "text"),
    [
        (1, "int"), (None, "None"), ([1, None], "list[int | None]"), ([], "list"), ({}, "dict"), ((), "tuple[()]"),
        ({"a": (1, 2.0)}, "dict[str, tuple[int, float]]"), ({1, "a"}, "set[int | str]"), (True, "bool"), (b"", "bytes"),
        (Account("a", []), "Account"), (tuple(range(9)), "tuple[int, ...]"),
        ([[[[[1]]]]], "list[list[list[list[Any]]]]"),
        ((n for n in [1]), "iterator[int]"), (frozenset({1}), "frozenset[int]"),
    ],
    ids=str,
)  # fmt: skip
def test_types_in_words(thing: Any, text: str) -> None:
    assert describe_types(call(thing), ["p"]) == {"p": text}


def test_types_of_every_argument() -> None:
    graph = Graph.checked(freeze({"args": (1, "a"), "kwargs": {"k": 2.0}, "receiver": Account("a", [])}))
    assert describe_types(graph, ["first"]) == {"receiver": "Account", "first": "int", "1": "str", "k": "float"}


def test_types_of_the_attributes_of_the_receiver() -> None:
    def attributes(receiver: Any) -> dict[str, str]:
        return describe_attributes(Graph.checked(freeze({"args": ([1],), "kwargs": {}, "receiver": receiver})))

    assert attributes(Account("a", [1, 2])) == {"owner": "str", "rows": "list[int]"}
    assert attributes([1]) == {}
    assert describe_attributes(call([1])) == {}


@pytest.mark.parametrize(
    ("hint", "thing", "expected"),
    [
        ("int", 1, "yes"), ("int", True, "bool"), ("int", 1.0, "no"), ("float", 1, "yes"), ("str | None", None, "yes"),
        ("Sequence[int]", [1], "yes"), ("collections.abc.Sequence[int]", (1, 2, 3), "yes"),
        ("Sequence[int]", {1}, "no"),
        ("Iterable[str]", {"a"}, "yes"), ("List[int]", [], "yes"), ("dict[str, list[int]]", {"a": [1]}, "yes"),
        ("dict[str, list[int]]", {"a": ["b"]}, "no"), ("Mapping[str, int]", {1: 1}, "no"),
        ("tuple[int, ...]", (1, 2), "yes"),
        ("tuple[int, str]", (1, "a"), "yes"), ("tuple[int, str]", (1,), "no"), ("Union[int, 'str']", "a", "yes"),
        ("dict", {1: "a"}, "yes"), ("list", [object()], "yes"), ("tuple", (1, "a"), "yes"),
        ("list[Any]", [1, "a"], "yes"),
        ("'list[int]'", ["a"], "no"), ("set[int]", {1}, "yes"),
    ],
)  # fmt: skip
def test_hints(hint: str, thing: Any, expected: str) -> None:
    graph, allowed = call(thing), hinted(hint)
    assert allowed is not None
    args = graph.node(graph.roots["args"])
    assert args is not None and fits(shape_of(graph, args[1][0]), allowed) == expected


@pytest.mark.parametrize("hint", ["Any", "object", "Account", "T", "not python(", "", "Literal['a']", "int | Any"])
def test_hints_that_say_nothing_known(hint: str) -> None:
    assert hinted(hint) is None
