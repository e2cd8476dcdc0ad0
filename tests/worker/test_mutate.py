"""Mutation changes a little, keeps types, and leaves its original alone; keys tell values apart without asking them."""

from __future__ import annotations

import collections
import dataclasses
import enum
import random
from typing import Any, NamedTuple

import pytest

from afterburner_worker.constants import constants_of
from afterburner_worker.key import clone, key
from afterburner_worker.mutate import leaves, mutate, mutated_receiver
from afterburner_worker.scalars import Pool


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


class Pair(NamedTuple):
    first: int
    second: str


class Heap:
    """Derives what it holds from what its constructor is given."""

    def __init__(self, items: list[int], size: int = 5) -> None:
        self.items = sorted(items)
        self._size = size
        self.count = len(items)


class Opaque:
    def __init__(self, start: int) -> None:
        self.total = start


@dataclasses.dataclass(frozen=True)
class Frozen:
    xs: list[int]
    name: str


class Slotted:
    __slots__ = ("x",)

    def __init__(self, x: int) -> None:
        self.x = x


class Rude:
    def __init__(self, x: int) -> None:
        self.x = x

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("do not compare me")

    def __repr__(self) -> str:
        raise RuntimeError("do not print me")

    def __hash__(self) -> int:
        raise RuntimeError("do not hash me")

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError("do not ask me")


VALUES: list[Any] = [
    7,
    2.5,
    "hello",
    b"ab",
    [1, 2, 3],
    (1, "a"),
    {"a": 1, "b": 2},
    {1, 2, 3},
    frozenset({1}),
    collections.deque([1, 2]),
    collections.OrderedDict(a=1, b=2),
    Pair(1, "a"),
    Frozen([1], "n"),
    Slotted(3),
    Colour.RED,
    [[1, 2], [3]],
]


def changed(value: Any, times: int = 200) -> list[Any]:
    pool = Pool(random.Random(1))
    return [mutate(value, pool, leaves(value)) for _ in range(times)]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_mutation_changes_keeps_the_type_and_spares_the_original(value: Any) -> None:
    before = key(value)
    found = changed(value)
    assert key(value) == before
    assert len({key(item) for item in found}) > 1
    ordinary = [item for item in found if type(item) is type(value)]
    assert len(ordinary) > 180


def test_lists_are_reordered_repeated_cut_and_emptied() -> None:
    found = changed([3, 1, 2], 400)
    assert any(item == [1, 2, 3] for item in found)
    assert any(item == [2, 1, 3] for item in found)
    assert any(len(set(item)) < len(item) for item in found)
    assert any(len(item) < 3 for item in found)
    assert any(len(item) > 3 for item in found)


def test_rows_are_repeated_as_copies_and_as_the_same_object() -> None:
    found = changed([[1], [2]], 400)
    longer = [rows for rows in found if len(rows) == 3 and rows.count(rows[0]) + rows.count(rows[1]) == 3]
    assert {len({id(row) for row in rows}) for rows in longer} >= {2, 3}


def test_objects_change_by_their_attributes() -> None:
    pool = Pool(random.Random(1))
    original = Frozen([1, 2], "n")
    found = [mutated_receiver(original, pool) for _ in range(50)]
    assert original == Frozen([1, 2], "n")
    assert {type(item) for item in found} == {Frozen}
    assert len({item.name for item in found}) > 3


def test_objects_are_made_by_their_constructor_where_it_takes_what_they_hold() -> None:
    pool = Pool(random.Random(1))
    found = [mutated_receiver(Heap([3, 1, 2], size=9), pool) for _ in range(60)]
    assert all(item.items == sorted(item.items) and item.count == len(item.items) for item in found)
    assert len({len(item.items) for item in found}) > 2 and len({item._size for item in found}) > 2


def test_objects_that_cannot_be_made_so_are_often_left_alone() -> None:
    pool = Pool(random.Random(1))
    original = Opaque(3)
    found = [mutated_receiver(original, pool) for _ in range(60)]
    assert 10 < sum(item is original for item in found) < 50


def test_what_cannot_change_comes_back() -> None:
    thing = object()
    assert changed(thing, 3) == [thing] * 3


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True),
        (1, 1.0),
        (0.0, -0.0),
        ([1], (1,)),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ("1", 1),
        ({1}, frozenset({1})),
        (Frozen([1], "a"), Frozen([2], "a")),
        (Slotted(1), Slotted(2)),
        (Colour.RED, Colour.BLUE),
        (len, abs),
        ([[1], [1]], [[1]] * 2),
    ],
    ids=str,
)
def test_keys_differ_where_values_do(one: Any, other: Any) -> None:
    assert key(one) != key(other)
    assert key(one) == key(clone(one)) or one == [[1], [1]]


def test_keys_ask_no_user_code() -> None:
    assert key([Rude(1)]) == key([Rude(1)]) != key([Rude(2)])


def test_keys_of_cycles_and_of_sets_end_and_repeat() -> None:
    row: list[Any] = []
    row.append(row)
    assert key(row) == key(row)
    assert key({"b", "a", "c"}) == key({"c", "b", "a"})


def test_clones_share_nothing_mutable() -> None:
    original = {"a": [[1]], "b": Frozen([1], "x")}
    copied = clone(original)
    copied["a"][0].append(2)
    copied["b"].xs.append(2)
    assert original == {"a": [[1]], "b": Frozen([1], "x")}


SOURCE = '''
def f(xs, n, s):
    """Counts 'things'."""
    size = len(xs)
    if size > 50 or n < 7 or s == "stop" or s.split("/")[0] in ("red", "blue"):
        return 2.5
    return xs.get(n, -1)
'''


def test_constants_thresholds_groups_and_separators_are_folded() -> None:
    found = constants_of(SOURCE)
    assert {49, 50, 51} <= set(found["size:xs"])
    assert {6, 7, 8} <= set(found["int:n"])
    assert found["str:s"][0] == "stop"
    assert found["group"] == [["red", "blue"]]
    assert found["separator"] == ["/"]
    assert "things" in found["str"]
    assert 2.5 in found["float"]
    assert found["type:xs"][0].startswith("dict")
    assert found["type:s"] == ["str"]


def test_only_what_the_named_function_reaches_is_folded() -> None:
    text = "LIMIT = 777\nOTHER = 888\ndef f(n): return g(n) > 123\ndef g(n): return LIMIT\ndef h(n): return 999"
    found = set(constants_of(text, name="f")["int"])
    assert {777, 123} <= found
    assert not {888, 999} & found
    assert {888, 999} <= set(constants_of(text, name="missing")["int"])


def test_constants_of_both_versions_and_of_broken_text() -> None:
    found = constants_of("x = 77", "y = 1234", "z = (")
    assert {77, 78, 76, 1234} <= set(found["int"])
    assert constants_of("def (") == {}
