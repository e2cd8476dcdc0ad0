"""Calls grow along a dimension with their relations kept, and variants are fresh values of the same shape."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from afterburner_worker.key import key
from afterburner_worker.scale import dimensions, scaled, scaled_receiver, variant


class Basket:
    def __init__(self, prices: list[int]) -> None:
        self.prices = prices


def grow(args: tuple[Any, ...], dimension: str = "0", n: int = 100, shape: str = "same") -> tuple[Any, ...]:
    found = scaled(args, {}, dimension, n, shape, 1)
    assert found is not None
    return found[0]


def test_containers_numbers_and_all_together_can_grow() -> None:
    assert dimensions(([1], "ab", 3, 2.5, [], True), {"d": {"a": 1}}) == ["all", "0", "1", "d", "2"]
    assert dimensions(([1],), {}) == ["0"]
    assert dimensions((), {}) == []


def test_what_objects_hold_can_grow() -> None:
    basket = Basket([5, 3, 1])
    basket.count = 3  # type: ignore[attr-defined]
    assert dimensions((basket, 2), {}, basket) == ["0.prices", "self.prices", "1"]
    (made, rest) = grow((basket, 2), dimension="0.prices")
    assert (len(made.prices), made.count, type(made), rest) == (100, 100, Basket, 2)
    receiver = scaled_receiver(basket, "self.prices", 50, "distinct", 1)
    assert len(set(receiver.prices)) == 50
    assert (basket.prices, scaled_receiver(basket, "self.gone", 50, "same", 1)) == ([5, 3, 1], None)


@pytest.mark.parametrize(
    "value",
    [
        [3, 1, 2],
        "some words here",
        {"a": 1, "b": 2},
        {1, 2},
        (1, 2, 3),
        b"abc",
        [[1, 2], [3, 4]],
        ["x", "y"],
        [1.5, 2.5],
    ],
    ids=str,
)
@pytest.mark.parametrize("n", [1, 10, 1000])
@pytest.mark.parametrize("shape", ["same", "distinct", "duplicates"])
def test_the_size_is_met_and_the_type_kept(value: Any, n: int, shape: str) -> None:
    (made,) = grow((value,), n=n, shape=shape)
    assert type(made) is type(value)
    assert len(made) == n


def test_distinct_stays_distinct_and_duplicates_stay_in_proportion() -> None:
    assert len(set(grow(([30, 10, 20],))[0])) == 100
    repeated = grow(([5, 5, 5, 9, 9, 7, 1, 2, 2, 2, 2, 2],))[0]
    assert 0.2 < len(set(repeated)) / 100 < 0.5


def test_shapes_say_how_elements_repeat() -> None:
    assert len(set(grow((["a", "a", "b"],), shape="distinct")[0])) == 100
    assert len(set(grow(([1, 2, 3],), shape="duplicates")[0])) <= 10


@pytest.mark.parametrize("order", [False, True])
def test_sorted_stays_sorted(order: bool) -> None:
    made = grow((sorted([4, 9, 15, 30], reverse=order),))[0]
    assert made == sorted(made, reverse=order)


def test_a_permutation_stays_one() -> None:
    assert sorted(grow(([2, 0, 1, 3],))[0]) == list(range(100))


def test_few_codes_stay_few() -> None:
    assert set(grow(([0, 1, 1, 0, 1, 0],))[0]) == {0, 1}
    assert set(grow((list("ABBAAB"),))[0]) == {"A", "B"}


def test_rows_keep_their_width_and_their_columns_kinds() -> None:
    made = grow(([(1, "ann", 2.5), (2, "bob", 3.5)],))[0]
    assert {tuple(map(type, row)) for row in made} == {(int, str, float)}
    assert len({row[0] for row in made}) == 100


def test_records_keep_their_keys() -> None:
    made = grow(([{"id": 1, "name": "a"}, {"id": 2, "name": "b"}],))[0]
    assert {tuple(row) for row in made} == {("id", "name")}


def test_neighbours_stay_indices() -> None:
    made = grow(([[1, 2], [0], [0, 1, 2]],))[0]
    assert all(0 <= node < 100 for row in made for node in row)
    assert [len(row) for row in made[:6]] == [2, 1, 3, 2, 1, 3]


def test_objects_grow_by_their_attributes() -> None:
    made = grow(([Basket([1, 2]), Basket([3, 4])],))[0]
    assert {type(item) for item in made} == {Basket}
    assert len({tuple(item.prices) for item in made}) > 50


def test_equal_lengths_grow_together_and_lengths_follow() -> None:
    assert [len(item) if isinstance(item, list) else item for item in grow(([1, 2, 3], [4, 5, 6], 3, 2, 50))] == [
        100,
        100,
        100,
        99,
        50,
    ]


def test_the_same_list_twice_stays_one_object() -> None:
    row = [1, 2, 3]
    made = grow((row, row))
    assert made[0] is made[1]


def test_lists_with_common_elements_go_on_having_them() -> None:
    made = grow((["ann", "bob", "cid"], ["bob", "ann", "dan", "eve"]), "all")
    assert len(set(made[0]) & set(made[1])) > 10


def test_numbers_grow_alone_and_only_once() -> None:
    assert scaled((5,), {}, "0", 99, "same", 1) == ((99,), {})
    assert scaled((5,), {}, "0", 99, "distinct", 1) is None
    assert scaled((5,), {}, "missing", 99, "same", 1) is None


def test_keywords_grow_too() -> None:
    found = scaled((), {"words": ["a", "b"], "n": 2}, "words", 10, "same", 1)
    assert found is not None
    assert (len(found[1]["words"]), found[1]["n"]) == (10, 10)


def test_growing_repeats_for_a_seed_and_leaves_the_original() -> None:
    args = ([[3, 1], [2, 2]], "ab cd")
    before = key(args)
    assert key(grow(args, "all")) == key(grow(args, "all"))
    assert key(args) == before


VARIED: list[Any] = [
    [100, 250, 250, 90, 1000],
    [-500, 0, 700],
    ["apple", "pear", "apple", "fig", "plum", "cherry", "quince", "mango", "lime", "kiwi"],
    ["41", "7003", "250"],
    "some text, twice: some text",
    {"left": [120, 300], "right": [300]},
    [1.25, 3.5, 1.25],
    {400, 900},
    [("ann", 3000), ("bob", 1000)],
]


@pytest.mark.parametrize("value", VARIED, ids=str)
def test_variants_are_fresh_and_of_the_same_shape(value: Any) -> None:
    found = {key(variant((value,), {}, seed)[0]) for seed in range(20)}
    assert len(found) > 5
    for seed in range(20):
        assert pattern(variant((value,), {}, seed)[0][0]) == pattern(value)


def pattern(value: Any) -> Any:
    """Order and equality of neighbouring leaves, signs, letters' cases, and every type and size."""
    if isinstance(value, (int, float)):
        return type(value), (value > 0) - (value < 0)
    if isinstance(value, str):
        return [(letter.isdigit(), letter.isupper()) if letter.isalnum() else letter for letter in value]
    items = list(value.items()) if isinstance(value, dict) else sorted(value) if isinstance(value, set) else list(value)
    flat = [item for item in items if isinstance(item, (int, float, str))]
    return (
        type(value),
        [pattern(item) for item in items],
        [(a < b, a == b) for a, b in pairwise(flat) if type(a) is type(b)],
    )


def test_maps_hold_across_the_arguments() -> None:
    text = "a longer text about pears"
    for seed in range(10):
        (xs, target, word), kwargs = variant(([120, 500, 900], 500, text), {"names": [text, "fig"]}, seed)
        assert target == xs[1]
        assert kwargs["names"][0] == word


def test_codes_and_keys_of_records_stay() -> None:
    args = ([{"id": 5000, "kind": "red"}, {"id": 9000, "kind": "blue"}], "kind")
    (records, field), kwargs = variant(args, {"mode": "sum"}, 1)
    assert (field, kwargs) == ("kind", {"mode": "sum"})
    assert [list(record) for record in records] == [["id", "kind"]] * 2
    assert [record["kind"] for record in records] == ["red", "blue"]
    assert [record["id"] for record in records] != [5000, 9000]


def test_dates_and_other_structured_texts_stay_valid() -> None:
    assert variant((["2024-01-31", "1999-12-01"],), {}, 3) == ((["2024-01-31", "1999-12-01"],), {})


def test_indices_sizes_and_codes_stay() -> None:
    args = ([[0, 1], [1, 2], [2, 0]], 3, [1, 1, 0])
    assert variant(args, {}, 1) == (args, {})


def test_aliases_stay_and_objects_are_copied() -> None:
    row, basket = [1000, 2000], Basket([500, 900])
    made, _ = variant((row, row, basket), {}, 3)
    assert made[0] is made[1]
    assert made[0] is not row
    assert made[2] is not basket
    assert basket.prices == [500, 900]
