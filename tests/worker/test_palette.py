"""Types are read from text and hints, and values of them are made."""

from __future__ import annotations

import collections
import dataclasses
import enum
import random
import typing
from typing import Any, Optional

import pytest

from afterburner_worker.hints import ANY, FLOAT, INT, STR, Type, merged, parse, type_of
from afterburner_worker.palette import CannotBuild, build, value, values
from afterburner_worker.scalars import Pool


class Access(enum.Flag):
    READ = 1
    WRITE = 2


class _Named(typing.TypedDict):
    name: str


class Options(_Named, total=False):
    size: int


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


@dataclasses.dataclass
class Point:
    x: int
    y: float = 0.0


class Node:
    def __init__(self, val: int = 0, next: Optional[Node] = None) -> None:  # noqa: UP045
        self.val = val
        self.next = next


class Picky:
    def __init__(self) -> None:
        raise ValueError("not by you")


LIST = Type("list", (INT,))


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("int", INT),
        ("list[int]", LIST),
        ("List[int]", LIST),
        ("typing.Sequence[int]", LIST),
        ("dict[str, int]", Type("dict", (STR, INT))),
        ("tuple[int, ...]", Type("row", (INT,))),
        ("tuple[int, str]", Type("tuple", (INT, STR))),
        ("set[str]", Type("set", (STR,))),
        ("Optional[int]", Type("union", (INT, Type("none")))),
        ("int | None", Type("union", (INT, Type("none")))),
        ("Callable[[int, str], bool]", Type("callable", (Type("bool"),), 2)),
        ("Literal['a', 2]", Type("literal", (), ("a", 2))),
        ("'list[int]'", LIST),
        ("Any", ANY),
        ("nowhere.Known[int]", ANY),
        ("not python (", ANY),
        (typing.List[int], LIST),  # noqa: UP006
        (typing.Optional[float], Type("union", (FLOAT, Type("none")))),  # noqa: UP045
        (typing.Annotated[int, "metres"], INT),
        (typing.NewType("Metres", int), INT),
        (collections.Counter, Type("Counter", (ANY,))),
        (Colour, Type("enum", (), Colour)),
        (Point, Type("class", (), Point)),
        ("collections.OrderedDict[str, int]", Type("OrderedDict", (STR, INT))),
    ],
    ids=str,
)
def test_descriptions_are_read(description: object, expected: Type) -> None:
    assert parse(description) == expected


def test_names_are_looked_up_where_they_are_given() -> None:
    assert parse("list[P]", {"P": Point}) == Type("list", (Type("class", (), Point),))


def test_an_alias_is_followed() -> None:
    assert parse("Grid", {"Grid": list[list[int]]}) == Type("list", (LIST,))


@pytest.mark.parametrize(
    ("example", "expected"),
    [
        ([1, 2], LIST),
        ([], Type("list", (ANY,))),
        ((1, "a"), Type("tuple", (INT, STR))),
        ({"a": [1]}, Type("dict", (STR, LIST))),
        ([1, "a"], Type("list", (Type("union", (INT, STR)),))),
        (True, Type("bool")),
        (Point(1), Type("class", (), Point)),
        (Colour.RED, Type("enum", (), Colour)),
    ],
    ids=str,
)
def test_examples_show_their_type(example: object, expected: Type) -> None:
    assert type_of(example) == expected


def test_lists_of_different_things_become_lists_of_either() -> None:
    seen = [Type("list", (INT,)), Type("list", (STR,)), Type("list", (ANY,))]
    assert merged(seen) == Type("list", (Type("union", (INT, STR)),))


MADE = {
    "int": int,
    "str": str,
    "bool": bool,
    "bytes": bytes,
    "complex": complex,
    "range": range,
    "list[int]": list,
    "tuple[int, ...]": tuple,
    "set[str]": set,
    "frozenset[int]": frozenset,
    "dict[str, list[int]]": dict,
    "collections.deque[int]": collections.deque,
    "Counter[str]": collections.Counter,
    "defaultdict[str, int]": collections.defaultdict,
    "list[Optional[int]]": list,
}


@pytest.mark.parametrize("text", MADE)
def test_values_have_their_type_exactly(text: str) -> None:
    rng = random.Random(1)
    assert {type(values(text, rng)) for _ in range(50)} == {MADE[text]}


def test_elements_have_their_type() -> None:
    rng = random.Random(1)
    rows = [values("list[tuple[int, str]]", rng) for _ in range(50)]
    assert {tuple(map(type, row)) for found in rows for row in found} == {(int, str)}


def test_lists_of_ints_show_ties_orders_and_the_empty_list() -> None:
    rng = random.Random(1)
    found = [values("list[int]", rng) for _ in range(200)]
    longer = [row for row in found if len(row) > 3]
    assert [] in found
    assert any(len(set(row)) < len(row) for row in longer)
    assert any(row == sorted(row) for row in longer)
    assert any(row == sorted(row, reverse=True) for row in longer)
    assert any(sorted(row) == list(range(len(row))) for row in longer)
    assert any(min(row) < 0 for row in longer)


def test_matrices_are_mostly_rectangular_and_not_always_square() -> None:
    rng = random.Random(1)
    found = [rows for _ in range(100) if (rows := values("list[list[int]]", rng))]
    rectangular = [rows for rows in found if len({len(row) for row in rows}) == 1]
    assert len(rectangular) > len(found) // 2
    assert any(len(rows) != len(rows[0]) for rows in rectangular)


def test_boundary_values_occur_when_asked_for() -> None:
    pool = Pool(random.Random(1), exotic=1.0)
    strings = {value(STR, pool) for _ in range(500)}
    floats = {repr(value(FLOAT, pool)) for _ in range(500)}
    assert {"ß", "İ"} & strings
    assert {"nan", "inf", "-0.0"} <= floats


def test_ordinary_values_are_within_reach() -> None:
    pool = Pool(random.Random(1), exotic=0.0, reach=50)
    assert all(abs(value(INT, pool)) <= 60 for _ in range(500))


def test_values_repeat_for_the_same_seed() -> None:
    texts = [str([values(text, random.Random(7)) for text in MADE if "set" not in text]) for _ in range(2)]
    assert texts[0] == texts[1]


def test_classes_are_built_from_their_hints() -> None:
    pool = Pool(random.Random(1))
    points = [build(Point, pool) for _ in range(20)]
    assert {type(point.x) for point in points} == {int}
    assert len({point.x for point in points}) > 3


def test_linked_objects_end() -> None:
    found = [build(Node, Pool(random.Random(seed))) for seed in range(30)]
    assert any(node.next is not None for node in found)
    assert all(_length(node) < 20 for node in found)


def _length(node: Any) -> int:
    return 0 if node is None else 1 + _length(node.next)


def test_members_of_an_enumeration() -> None:
    pool = Pool(random.Random(1))
    assert {build(Colour, pool) for _ in range(20)} == {Colour.RED, Colour.BLUE}


def test_flags_are_combined() -> None:
    pool = Pool(random.Random(1))
    assert {build(Access, pool) for _ in range(60)} == {
        Access(0),
        Access.READ,
        Access.WRITE,
        Access.READ | Access.WRITE,
    }


def test_keys_that_may_be_missing_are_missing_now_and_then() -> None:
    found = [values(Options, random.Random(seed)) for seed in range(30)]
    assert {tuple(sorted(one)) for one in found} == {("name",), ("name", "size")}
    assert {type(one["name"]) for one in found} == {str}


def test_arrays_need_their_module() -> None:
    kind = parse("npt.NDArray[np.float32]")
    assert kind == Type("ndarray", (), ("float32", None))
    assert (parse("np.ndarray"), parse("pd.DataFrame").kind) == (Type("ndarray", (), ("", None)), "frame")
    with pytest.raises(CannotBuild, match="not imported"):
        values(kind, random.Random(1))


def test_what_cannot_be_built_is_said() -> None:
    with pytest.raises(CannotBuild, match=r"Picky cannot be built \(ValueError: not by you\)"):
        build(Picky, Pool(random.Random(1)))
