"""Habits of given calls: what makes one, what breaks it, and what too few or too uniform calls do not show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from afterburner.core.contract import Contract, features
from afterburner.core.domain import Envelope, arguments, tier
from afterburner.core.graph import Graph
from afterburner_worker.freeze import freeze

NAMES = ("a", "b")


def graph(*args: Any) -> Graph:
    return Graph.checked(freeze({"args": args, "kwargs": {}}))


def broken(given: Sequence[tuple[Any, ...]], case: tuple[Any, ...]) -> str:
    contract = Contract.of(features(g, arguments(g, NAMES)) for g in (graph(*args) for args in given))
    tried = graph(*case)
    return contract.broken_by(features(tried, arguments(tried, NAMES)))


class Parser:
    def __init__(self, text: str, at: int) -> None:
        self.text = text
        self.at = at


@pytest.mark.parametrize(
    ("numbers", "case", "expected"),
    [
        ((1, 5, 9), 0, "a"), ((1, 5, 9), -2, "a"), ((1, 5, 9), 700, ""), ((1, 5), 0, ""), ((0, 5, 9), 0, ""),
        ((0, 5, 9), -1, "a"), ((-1, 5, 9), 0, ""), ((0, 0, 0), 7, ""), ((-1, -2, -3), 0, "a"),
        ((1.0, 2.0, 3.0), 0.0, ""), ((1.0, 2.0, 3.0), -1.0, "a"), ((True, True, True), False, ""),
    ],
)  # fmt: skip
def test_signs(numbers: tuple[Any, ...], case: Any, expected: str) -> None:
    assert broken([(number,) for number in numbers], (case,)) == expected


def test_empty_is_strange_after_five_that_were_not() -> None:
    filled = [([n],) for n in range(5)]
    assert broken(filled, ([],)) == "a"
    assert broken(filled[:4], ([],)) == ""
    assert broken([*filled, ([],)], ([],)) == ""
    assert broken([("abc",)] * 5, ("",)) == "a"
    assert broken([(([n], 1),) for n in range(5)], (([], 1),)) == ""  # a part of an argument may well be empty


def test_few_words_again_and_again_are_all_there_are() -> None:
    modes = [("r",), ("w",), ("r",), ("w",), ("r",)]
    assert broken(modes, ("x",)) == "a"
    assert broken(modes, ("w",)) == ""
    assert broken(modes[:4], ("x",)) == ""
    assert broken([(word,) for word in ("q", "r", "s", "t", "q", "r", "s", "t")], ("x",)) == ""
    assert broken([((word[0], 1),) for word in modes], (("x", 1),)) == "a[0]"


def test_text_beyond_ascii_is_strange_after_enough_text_without() -> None:
    given = [(f"word {n}",) for n in range(5)]
    assert broken(given, ("wörd",)) == "characters"
    assert broken(given, (["wörd"],)) == "characters"
    assert broken(given[:4], ("wörd",)) == ""
    assert broken([*given, ("ö",)], ("wörd",)) == ""
    assert broken([(n,) for n in range(5)], ("ö",)) == ""


def test_rows_of_one_length_make_a_ragged_table_strange() -> None:
    given = [([[0] * width] * 2,) for width in (1, 2, 3, 4, 5)]
    assert broken(given, ([[0], [0, 0]],)) == "a"
    assert broken(given, ([[0] * 9] * 3,)) == ""
    assert broken([({"x": [0] * n, "y": [n] * n},) for n in range(5)], ({"x": [], "y": [1]},)) == "a"
    assert broken([([[0, 1]] * n,) for n in range(5)], ([[0], [0, 0]],)) == "a"
    assert broken([([[0, 1]] * 2,)] * 5, ([[0], [0, 0]],)) == ""
    assert broken([*given, ([[0], [0, 0]],)], ([[0], [0, 0]],)) == ""


@pytest.mark.parametrize(
    ("calls", "case", "expected"),
    [
        ([([0] * n, n) for n in range(1, 6)], ([0] * 2, 3), "b is the length of a"),
        ([([0] * n, n) for n in range(1, 5)], ([0] * 2, 3), ""),
        ([(range(n), n) for n in range(1, 6)], (range(9, 3, -2), 1), "b is the length of a"),
        ([([0] * 3, 3)] * 9, ([0] * 2, 3), ""),
        ([([0] * n, [1] * n) for n in range(1, 6)], ([0] * 2, [1]), "a is as long as b"),
        ([([0] * (n + 5), n) for n in range(8)], ([0, 0], 2), "b is an index of a"),
        ([([0] * (n + 5), n) for n in range(8)], ([0, 0], 1), ""),
        ([([0] * (n + n % 2), n) for n in range(8)], ([0, 0], 3), "b lies within a"),
        ([([0] * (n + n % 2), n) for n in range(8)], ([0, 0], 2), ""),
        ([(n, n * n) for n in range(8)], (5, 4), "a is not above b"),
        ([(n, n * n) for n in range(7)], (5, 4), ""),
    ],
)
def test_relations(calls: Sequence[tuple[Any, ...]], case: tuple[Any, ...], expected: str) -> None:
    found = broken(calls, case)
    assert found == expected or (expected and expected in {found, _turned(found)})


def _turned(relation: str) -> str:
    left, _, right = relation.partition(" is as long as ")
    return f"{right} is as long as {left}"


def test_attributes_of_objects_relate_too() -> None:
    given = [(Parser("x" * (n + 3), n),) for n in range(8)]
    assert broken(given, (Parser("xy", 5),)) == "a.at is an index of a.text"
    assert broken(given, (Parser("xyxyxyx", 5),)) == ""


def test_only_calls_that_were_made_have_habits() -> None:
    seeds = [graph(n) for n in (1, 2, 3)]
    assert tier(graph(0), Envelope.of(seeds, {}, ("n",)), False) == "T1"
    assert tier(graph(0), Envelope.of(seeds, {}, ("n",), seeds), False) == "T2"
    assert tier(graph(2), Envelope.of(seeds, {}, ("n",), seeds), False) == "T0"
