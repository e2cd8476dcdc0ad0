"""Callbacks answer by their arguments alone, and what they are called with is recorded in order."""

from __future__ import annotations

import random

import pytest

from afterburner.core.agreement import agree
from afterburner.core.graph import Graph
from afterburner.core.render import render_call
from afterburner_worker import callbacks
from afterburner_worker.callbacks import GIVES, Callback
from afterburner_worker.freeze import freeze
from afterburner_worker.hints import Type
from afterburner_worker.palette import value
from afterburner_worker.scalars import Pool
from afterburner_worker.thaw import thaw

KINDS = {"bool": bool, "int": int, "float": float, "str": str, "none": type(None)}


@pytest.mark.parametrize("gives", KINDS)
def test_answers_are_of_their_type_and_hang_on_the_arguments(gives: str) -> None:
    one, other = Callback(gives, 1), Callback(gives, 2)
    answers = [one(number) for number in range(40)]
    assert {type(answer) for answer in answers} == {KINDS[gives]}
    assert answers == [one(number) for number in range(40)]
    if gives != "none":
        assert len(set(answers)) > 1 and answers != [other(number) for number in range(40)]


def test_one_that_gives_the_same_gives_it_back() -> None:
    given = [1]
    assert Callback("same", 1)(given, 2) is given


def test_calls_are_recorded_as_they_were_in_their_order() -> None:
    first, second = Callback("int", 1), Callback("bool", 2)
    growing: list[int] = []
    with callbacks.recorded() as log:
        second(growing, k="a")
        growing.append(1)
        first(growing)
    first(growing)
    assert log == ["callback 2([], k='a')", "callback 1([1,])"]
    with callbacks.recorded() as again:
        second([1], k="a")
    assert again != log[:1], "what the list held when it was passed counts"


def test_many_calls_are_folded_and_still_told_apart() -> None:
    def logged(*numbers: int) -> list[str]:
        with callbacks.recorded() as log:
            for number in [*range(3_000), *numbers]:
                Callback("int", 1)(number)
        return list(log)

    assert logged(1) == logged(1) != logged(2)
    assert len(logged(1)) <= 2_000


def test_a_callback_travels_like_any_other_value() -> None:
    graph = freeze({"x": Callback("int", 3)}, drain=False, carry=True)
    assert thaw(graph)["x"]("a") == Callback("int", 3)("a")


def test_hints_say_what_a_callback_gives() -> None:
    pool = Pool(random.Random(1))
    for gives in ("bool", "int", "str", "float"):
        found = [value(Type("callable", (Type(gives),), 1), pool) for _ in range(30)]
        assert {one.gives for one in found if isinstance(one, Callback)} == {gives}
    keys = [value(Type("callable", (Type("any"),)), pool) for _ in range(60)]
    assert {one.gives for one in keys if isinstance(one, Callback)} <= set(GIVES)


def calls(*log: str) -> Graph:
    return Graph.plain({"callbacks": list(log), "result": 1})


def test_other_calls_or_another_order_differ_and_fewer_are_a_note() -> None:
    def severities(one: Graph, other: Graph) -> list[str]:
        return [found.severity for found in agree(one, other)]

    assert severities(calls("a", "b"), calls("a", "b")) == []
    assert severities(calls("a", "b", "a"), calls("a", "b")) == ["note"]
    assert "strict" in severities(calls("a", "b"), calls("b", "a"))
    assert "strict" in severities(calls("a"), calls("a", "a"))
    assert severities(calls("a", "b"), Graph.plain({"result": 1})) == ["strict"]


def test_a_callback_in_a_call_says_that_it_is_one() -> None:
    graph = Graph.checked(freeze({"args": ([1], Callback("int", 3)), "kwargs": {}}))
    assert render_call("f", graph).splitlines() == ["f([1], <callback 3>)", "# not written as code: callback 3"]
