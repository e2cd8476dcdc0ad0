"""Freezing: identity is kept, user code is not called, lazy values are drained as they come, sizes have limits."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from afterburner_worker.freeze import freeze
from afterburner_worker.graph import TooLarge, canonical

CALLED: list[str] = []


class Hostile(type):
    __hash__ = None  # type: ignore[assignment]

    def __eq__(cls, other: object) -> bool:
        raise AssertionError("metaclass compared")

    def __getattribute__(cls, name: str) -> Any:
        CALLED.append(f"class.{name}")
        return type.__getattribute__(cls, name)

    def mro(cls) -> list[type]:
        return type.mro(cls)


class Victim(metaclass=Hostile):
    __slots__ = ("__dict__", "slot")

    def __getattribute__(self, name: str) -> Any:
        CALLED.append(name)
        raise AssertionError(name)

    def __eq__(self, other: object) -> bool:
        raise AssertionError("compared")

    def __hash__(self) -> int:
        raise AssertionError("hashed")

    def __repr__(self) -> str:
        raise AssertionError("shown")

    def __bool__(self) -> bool:
        raise AssertionError("asked for truth")

    @property
    def __class__(self) -> type:  # type: ignore[override]
        raise AssertionError("asked for its class")

    @property
    def broken(self) -> int:
        raise AssertionError("property read")


def node(graph: dict[str, Any], root: str = "x") -> Any:
    return graph["nodes"][graph["roots"][root][0]]


def frozen(thing: Any, **options: Any) -> Any:
    graph = freeze({"x": thing}, **options)
    return node(graph)


def test_one_object_is_one_node_over_all_roots() -> None:
    shared = [1]
    graph = freeze({"args": (shared, shared), "result": shared})
    [first, second] = node(graph, "args")[1]
    assert first == second == graph["roots"]["result"]


def test_equal_objects_are_two_nodes() -> None:
    graph = freeze({"a": [1], "b": [1]})
    assert graph["roots"]["a"] != graph["roots"]["b"]


def test_a_cycle_refers_to_itself() -> None:
    ring: list[Any] = []
    ring.append(ring)
    assert freeze({"x": ring}) == {"nodes": [["list", [[0]]]], "roots": {"x": [0]}}


def test_no_user_code_runs_for_objects() -> None:
    victim = object.__new__(Victim)
    Victim.__dict__["__dict__"].__get__(victim).update(a=1)
    Victim.__dict__["slot"].__set__(victim, 2)
    CALLED.clear()
    _, name, attributes, content = frozen(victim)
    assert CALLED == []
    assert (name.rpartition(":")[2], attributes, content) == ("Victim", [["a", 1], ["slot", 2]], None)


def test_exact_types_only() -> None:
    class Flag(int):
        pass

    graph = freeze({"bool": True, "int": 1, "float": 1.0, "sub": Flag(1)})
    assert graph["roots"]["bool"] is True
    assert (graph["roots"]["int"], graph["roots"]["float"]) == (1, {"f": "0x1.0000000000000p+0"})
    assert node(graph, "sub")[0] == "object" and node(graph, "sub")[3] == 1


@pytest.mark.parametrize("number", [2**63 - 1, -(2**63) + 1])
def test_ints_up_to_63_bits_are_plain(number: int) -> None:
    assert freeze({"x": number})["roots"]["x"] == number


@pytest.mark.parametrize("number", [2**63, -(2**63), 10**400])
def test_larger_ints_are_hexadecimal(number: int) -> None:
    assert freeze({"x": number})["roots"]["x"] == {"i": hex(number)}
    assert frozen([1, number])[1] == [1, {"i": hex(number)}]


def test_items_are_frozen_at_each_yield() -> None:
    def growing() -> Iterator[list[int]]:
        buffer: list[int] = []
        for number in range(3):
            buffer.append(number)
            yield buffer

    graph = freeze({"x": growing()})
    _, items, end, held = node(graph)
    assert [graph["nodes"][item[0]] for item in items] == [["list", [0]], ["list", [0, 1]], ["list", [0, 1, 2]]]
    assert held[0] == held[1] == held[2]
    assert end == ["stop", None]


def test_a_drained_item_that_is_an_argument_stays_that_argument() -> None:
    rows = [[1], [2]]
    graph = freeze({"result": (row for row in rows), "args": (rows,)})
    held = node(graph, "result")[3]
    [rows_at] = node(graph, "args")[1]
    assert held == graph["nodes"][rows_at[0]][1]


def test_arguments_are_recorded_after_lazy_results_have_run() -> None:
    stack = [1, 2]

    def popping() -> Iterator[int]:
        while stack:
            yield stack.pop()

    graph = freeze({"args": (stack,), "result": popping()})
    [at] = node(graph, "args")[1]
    assert graph["nodes"][at[0]] == ["list", []]
    assert node(graph, "result")[1] == [2, 1]


def test_the_end_of_a_generator_is_recorded() -> None:
    def returning() -> Iterator[int]:
        yield 1
        return 7

    def raising() -> Iterator[int]:
        yield 1
        raise SystemExit(3)

    assert frozen(returning())[1:3] == [[1], ["stop", 7]]
    graph = freeze({"x": raising()})
    kind, at = node(graph)[2]
    assert kind == "raise" and graph["nodes"][at[0]][:2] == ["exception", "builtins:SystemExit"]


def test_endless_iterators_are_cut_off() -> None:
    assert frozen(itertools.count(5), max_items=3) == ["iterator", "itertools:count", [5, 6, 7], ["cap"], []]


def test_nested_lazy_values_are_drained_when_they_come() -> None:
    graph = freeze({"x": ((key, group) for key, group in itertools.groupby("aab"))})
    groups = [graph["nodes"][item[0]][1][1] for item in node(graph)[1]]
    assert [graph["nodes"][at[0]][2] for at in groups] == [["a", "a"], ["b"]]


def test_iterators_nested_without_end_stop_somewhere() -> None:
    def endless() -> Iterator[Any]:
        yield endless()

    assert any(one[0] == "opaque" and "deep" in one[2] for one in freeze({"x": endless()})["nodes"])


def test_a_generator_that_yields_itself() -> None:
    held: list[Any] = []

    def own() -> Iterator[Any]:
        yield held[0]

    held.append(own())
    graph = freeze({"x": held[0]})
    assert [one[0] for one in graph["nodes"]].count("generator") == 1


def test_a_generator_is_not_drained_on_request() -> None:
    source = (number for number in [1, 2])
    assert frozen(source, drain=False)[0] == "opaque"
    assert list(source) == [1, 2]


def test_many_lazy_values_take_two_passes_not_one_each() -> None:
    graph = freeze({"x": [iter([number]) for number in range(2000)]}, max_nodes=5000)
    assert len(graph["nodes"]) == 2001


def test_sets_have_an_order_of_their_own() -> None:
    assert frozen({3, 1, "b", "a", None, 2.5, True and 2})[1] == [
        None,
        {"f": "0x1.4000000000000p+1"},
        1,
        2,
        3,
        "a",
        "b",
    ]


def test_members_that_are_nodes_are_ordered_by_structure() -> None:
    graph = freeze({"x": {(2, "b"), (1, "a"), frozenset({5})}})
    assert [graph["nodes"][at[0]] for at in node(graph)[1]] == [
        ["frozenset", [5]],
        ["tuple", [1, "a"]],
        ["tuple", [2, "b"]],
    ]


def test_names_only_where_they_lead_to_this_very_object() -> None:
    def local() -> None:
        pass

    assert frozen(len) == ["function", "builtins:len"]
    assert frozen(local)[0] == "opaque"
    assert frozen(type("int", (), {"__module__": "builtins"}))[0] == "opaque"
    assert frozen(sys) == ["module", "sys"]


def test_objects_whose_identity_counts_are_kept() -> None:
    kept: list[Any] = []
    thing = [[1]]
    freeze({"x": thing}, keep=kept)
    assert [id(one) for one in kept] == [id(thing), id(thing[0])]


def test_a_hundred_thousand_levels() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    assert len(freeze({"x": deep})["nodes"]) == 100_001


@pytest.mark.parametrize(
    "thing",
    [[[] for _ in range(101)], list(range(2000)), "x" * 100_000, {str(n): n for n in range(600)}, 1 << 1_000_000],
    ids=["nodes", "items", "text", "dict", "number"],
)
def test_too_large_is_said_so(thing: Any) -> None:
    with pytest.raises(TooLarge, match=r"^The value .*\.$"):
        freeze({"x": thing}, max_nodes=100)


def test_the_digest_sees_sharing_and_not_numbering() -> None:
    one: list[Any] = [1]
    assert canonical(freeze({"x": [one, one]})) != canonical(freeze({"x": [[1], [1]]}))
    assert canonical(freeze({"a": [1], "b": [2]})) == canonical(freeze({"b": [2], "a": [1]}))
