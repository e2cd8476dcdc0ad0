"""Thawing: fresh copies at every call, sharing kept, nothing imported, a sentence for what cannot be rebuilt."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from afterburner_worker.freeze import freeze
from afterburner_worker.graph import ThawError
from afterburner_worker.thaw import compile_thaw, thaw


class Picky:
    def __init__(self, a: int) -> None:
        raise AssertionError("__init__ called")

    def __setattr__(self, name: str, value: Any) -> None:
        raise AssertionError("__setattr__ called")


class Keyed:
    def __init__(self, key: str) -> None:
        self.key = key

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Keyed) and self.key == other.key


def both(graph: dict[str, Any]) -> list[dict[str, Any]]:
    return [thaw(graph), compile_thaw(graph)()]


def test_every_call_gives_fresh_mutable_objects() -> None:
    copies = compile_thaw(freeze({"x": {"a": [1, [2]], "b": {3}, "c": bytearray(b"d"), "t": ([4],)}}))
    first, second = copies()["x"], copies()["x"]
    first["a"][1].append(5)
    first["b"].add(6)
    first["c"].append(7)
    first["t"][0].append(8)
    assert second == copies()["x"] == {"a": [1, [2]], "b": {3}, "c": bytearray(b"d"), "t": ([4],)}


def test_fresh_where_things_are_shared() -> None:
    one = [1]
    copies = compile_thaw(freeze({"args": (one, one), "receiver": {"one": one}}))
    first, second = copies(), copies()
    first["args"][0].append(2)
    assert first["args"][1] is first["args"][0] is first["receiver"]["one"] == [1, 2]
    assert second["args"] == ([1], [1])


def test_cycles_through_tuples_and_objects() -> None:
    ring: list[Any] = [1]
    ring.append((ring, {"ring": ring}))
    for roots in both(freeze({"x": ring})):
        again = roots["x"]
        assert again[1][0] is again and again[1][1]["ring"] is again


def test_a_cycle_that_starts_at_a_tuple() -> None:
    inner: list[Any] = []
    start = ((inner,),)
    inner.append(start)
    for roots in both(freeze({"x": start})):
        assert roots["x"][0][0][0] is roots["x"]


def test_objects_get_their_state_and_no_init() -> None:
    thing = object.__new__(Picky)
    thing.__dict__["a"] = [1]
    for roots in both(freeze({"x": thing})):
        assert type(roots["x"]) is Picky and vars(roots["x"]) == {"a": [1]}


def test_keys_are_hashed_when_their_state_is_there() -> None:
    for roots in both(freeze({"x": {Keyed("a"): 1}, "y": {Keyed("b")}})):
        assert roots["x"][Keyed("a")] == 1 and Keyed("b") in roots["y"]


def test_generators_run_again() -> None:
    def source() -> Any:
        yield 1
        return 2

    copies = compile_thaw(freeze({"x": source()}))
    for _ in range(2):
        generator = copies()["x"]
        assert next(generator) == 1
        with pytest.raises(StopIteration) as stop:
            next(generator)
        assert stop.value.value == 2


def test_set_order_follows_the_graph_not_the_source() -> None:
    names = [f"name{n}" for n in range(50)]
    backwards = names[::-1]
    first, second = thaw(freeze({"x": set(names)}))["x"], thaw(freeze({"x": set(backwards)}))["x"]
    assert list(first) == list(second)


@pytest.mark.parametrize(
    ("node", "reason"),
    [
        (["class", "nowhere:C"], "nowhere.C is not defined"),
        (["function", "this:secret"], "this.secret is not defined"),
        (["object", "builtins:len", [], None], "not a class"),
        (["object", "builtins:int", [["a", 1]], 5], "no attribute 'a'"),
        (["value", "os:system", ["true"]], "not an enum"),
        (["value", "builtins:int", [1]], "not an enum"),
        (["enum", "builtins:int", "real"], "not an enum"),
        (["exception", "builtins:int", [1], []], "not an exception"),
        (["opaque", "a:Lock", "why"], "cannot be rebuilt"),
        (["module", "nowhere"], "module nowhere is not loaded"),
        (["strange"], "malformed"),
        (["list", [[99]]], "malformed"),
        (["range", [1, 2, "x"]], "cannot be rebuilt"),
        (["set", [[2]]], "cannot be rebuilt"),
    ],
)
def test_what_cannot_be_rebuilt_is_said(node: list[Any], reason: str) -> None:
    graph = {"nodes": [node, ["tuple", []], ["list", []]], "roots": {"x": [0]}}
    with pytest.raises(ThawError, match=reason):
        thaw(graph)
    with pytest.raises(ThawError, match=reason):
        compile_thaw(graph)


def test_an_immutable_that_holds_itself_is_refused() -> None:
    with pytest.raises(ThawError, match="contains itself"):
        thaw({"nodes": [["tuple", [[0]]]], "roots": {"x": [0]}})


def test_nothing_is_imported() -> None:
    sys.modules.pop("this", None)
    with pytest.raises(ThawError):
        thaw({"nodes": [["class", "this:d"]], "roots": {"x": [0]}})
    assert "this" not in sys.modules


def test_a_loaded_module_is_itself() -> None:
    for copy in both(freeze({"x": [sys]})):
        assert copy["x"][0] is sys


def test_names_are_resolved_as_the_caller_says() -> None:
    graph = {"nodes": [["object", "gone:C", [["key", "k"]], None]], "roots": {"x": [0]}}
    assert type(thaw(graph, lambda name: Keyed)["x"]) is Keyed


def test_a_hundred_thousand_levels() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    graph = freeze({"x": deep})
    for roots in both(graph):
        assert freeze(roots) == graph


def test_tuples_shared_many_times_over_are_copied_in_no_time() -> None:
    one: Any = (1, 2)
    for _ in range(50):
        one = (one, one)
    assert compile_thaw(freeze({"x": one}))()["x"] is not None
