"""Arrays and tables in the server: compared element by element, told apart by type, shrunk, written as code."""

from __future__ import annotations

from typing import Any

import pytest

from afterburner.core.agreement import agree, envelope, perturbed
from afterburner.core.domain import describe_types
from afterburner.core.graph import Graph
from afterburner.core.render import render_value
from afterburner.core.shrink import smaller

Node = list[Any]


def f(*numbers: float) -> list[Any]:
    return [{"f": float(number).hex()} for number in numbers]


def array(items: list[Any], *sizes: int, dtype: str = "<f8", layout: str = "C", shares: Any = None) -> Node:
    return ["array", "numpy:ndarray", dtype, list(sizes), layout, items, shares]


def index(size: int, place: int) -> list[Node]:
    return [["range", [0, size, 1]], ["table", "pandas:RangeIndex", [], [["values", [place]], ["name", None]]]]


def frame(prices: list[Any]) -> Graph:
    """A table of two columns of numbers, at node 0."""
    nodes = [
        ["table", "pandas:DataFrame", [["price", [1]], ["n", [2]]], [["index", [4]], ["columns", [5]]]],
        array(f(*prices), len(prices)),
        array(list(range(len(prices))), len(prices), dtype="<i8"),
        *index(len(prices), 3),
        ["table", "pandas:Index", [], [["values", [6]], ["name", None]]],
        array(["price", "n"], 2, dtype="|O"),
    ]
    return Graph.checked({"nodes": nodes, "roots": {"result": [0]}})


def graph(*nodes: Node, **roots: Any) -> Graph:
    return Graph.checked({"nodes": list(nodes), "roots": roots or {"result": [0]}})


def text(*nodes: Node) -> str:
    return render_value(graph(*nodes), [0])


def test_the_element_that_differs_is_named() -> None:
    one, other = graph(array(f(1, 2, 3, 4), 2, 2)), graph(array(f(1, 2, 3, 5), 2, 2))
    [found] = agree(one, other)
    assert (found.channel, found.path, found.reference_text, found.candidate_text) == ("result", "[1, 1]", "4.0", "5.0")
    assert (found.severity, found.floats) == ("float", (4.0, 5.0))


def test_the_column_that_differs_is_named() -> None:
    [found] = agree(frame([1.0, 2.0]), frame([1.0, 3.0]))
    assert found.path == "['price'][1]"


def test_nan_is_nan_and_zero_has_a_sign() -> None:
    nans = [graph(array([{"f": text}], 1)) for text in ("nan", "-nan")]
    assert agree(*nans) == ()
    assert [found.severity for found in agree(graph(array(f(0.0), 1)), graph(array(f(-0.0), 1)))] == ["strict"]


@pytest.mark.parametrize(
    "other",
    [array([1, 2], 2, dtype="<i4"), array([1, 2], 1, 2, dtype="<i8"), array([1, 3], 2, dtype="<i8"), ["list", [1, 2]]],
    ids=["dtype", "shape", "element", "type"],
)
def test_type_and_shape_and_integers_are_strict(other: Node) -> None:
    assert [found.severity for found in agree(graph(array([1, 2], 2, dtype="<i8")), graph(other))] == ["strict"]


def test_the_order_in_memory_is_a_note_and_writing_is_not() -> None:
    plain = graph(array(f(1, 2), 2))
    assert [found.severity for found in agree(plain, graph(array(f(1, 2), 2, layout="S")))] == ["note"]
    assert [found.severity for found in agree(plain, graph(array(f(1, 2), 2, layout="Cr")))] == ["strict"]


def views(shares: Any, layout: str = "C", channel: str = "args") -> Graph:
    return graph(array(f(1, 2), 2), array(f(2), 1, layout=layout, shares=shares), **{channel: [0], "result": [1]})


def test_memory_that_an_argument_has_is_its_memory() -> None:
    assert agree(views([0], "C +8 8"), views([0], "C +8 8")) == ()
    assert [found.severity for found in agree(views([0], "C +8 8"), views(None))] == ["strict"]
    assert [found.severity for found in agree(views(None), views([0], "C +8 8"))] == ["strict"]
    assert [found.severity for found in agree(views([0], "C +8 8"), views([0], "C +0 8"))] == ["strict"]


def test_memory_shared_inside_the_result_alone_is_a_note() -> None:
    def pair(shares: Any) -> Graph:
        return graph(["tuple", [[1], [2]]], array(f(1, 2), 2), array(f(2), 1, shares=shares))

    assert [found.severity for found in agree(pair([1]), pair(None))] == ["note"]


def test_a_narrow_float_moves_by_its_own_unit() -> None:
    [[moved]] = [perturbed(graph(array(f(1.5), 1, dtype="<f4")), 1).nodes[0][5]]
    assert abs(float.fromhex(moved["f"]) - 1.5) == 2.0**-23
    tolerance = envelope(graph(array(f(1.5), 1)), [graph(array([moved], 1))])
    assert tolerance["result[0]"] > 2.0**-21


def test_types_name_what_is_inside() -> None:
    first = [["tuple", [[1], [2], [3]]], array(f(1), 1, 1), ["scalar", "numpy:float32", "<f4", f(1)[0]]]
    shifted = Graph((*first, *_shifted(frame([1.0]).nodes, 3)), {"args": [0]})
    assert describe_types(shifted) == {
        "0": "ndarray[float64, 2-d]",
        "1": "float32",
        "2": "DataFrame[price: float64, n: int64]",
    }


def _shifted(nodes: Any, by: int) -> tuple[Node, ...]:
    def moved(part: Any) -> Any:
        if type(part) is list and len(part) == 1 and type(part[0]) is int:
            return [part[0] + by]
        return [moved(one) for one in part] if type(part) is list else part

    return tuple(
        [*node[:3], node[3], *map(moved, node[4:])] if node[0] == "array" else [node[0], *map(moved, node[1:])]
        for node in nodes
    )


@pytest.mark.parametrize(
    ("node", "shown"),
    [
        (array([1, 2, 3, 4], 2, 2, dtype="<i8"), "numpy.array([[1, 2], [3, 4]])"),
        (array([1], 1, dtype="<i4"), "numpy.array([1], dtype='int32')"),
        (array(f(1.5), 1), "numpy.array([1.5])"),
        (array(f(1.5), 1, dtype=">f8"), "numpy.array([1.5], dtype='>f8')"),
        (array([], 0, 3), "numpy.empty((0, 3), dtype='float64')"),
        (array([True], dtype="|b1"), "numpy.array(True)"),
        (array(f(1, 2), 1, 2, layout="F"), "numpy.array([[1.0, 2.0]], order='F')"),
        (array([0], 1, dtype="<M8[D]"), "numpy.array([0], dtype='<M8[D]')"),
        (array([], 0, dtype="[('a', '<i4')]"), "numpy.empty((0,), dtype=[('a', '<i4')])"),
        (["scalar", "numpy:float64", "<f8", f(1)[0]], "numpy.float64(1.0)"),
        (["scalar", "numpy:datetime64", "<M8[D]", 5], "numpy.datetime64(5, 'D')"),
    ],
    ids=lambda node: str(node)[:40],
)
def test_an_array_reads_as_the_call_that_makes_it(node: Node, shown: str) -> None:
    assert text(node) == shown


def test_a_table_reads_as_the_call_that_makes_it() -> None:
    made = frame([1.0, 2.0])
    shown = "pandas.DataFrame({'price': numpy.array([1.0, 2.0]), 'n': numpy.array([0, 1])})"
    assert render_value(made, [0]) == shown


def test_what_a_table_lacks_is_no_error() -> None:
    """The parts of untrusted tables may be anything; each form must still read somehow."""
    for name in ("Series", "Index", "Categorical", "DatetimeArray", "IntegerArray", "MultiIndex", "StringArray"):
        parts = ("values", "index", "name", "codes", "categories", "ordered", "utc", "zone", "data", "mask", "dtype")
        node = ["table", f"pandas:{name}", [], [[part, 1] for part in (*parts, "levels", "names")]]
        assert text(node).startswith("pandas.")
        assert list(smaller(graph(["tuple", [[1]]], node, args=[0]))) == []


def test_arrays_and_tables_are_shrunk_by_rows() -> None:
    made = Graph((["tuple", [[1]]], *_shifted(frame([1.0, 2.0, 3.0]).nodes, 1)), {"args": [0]})
    sizes = {tuple(node[3]) for one in smaller(made) for node in one.nodes if node[0] == "array" and node[2] == "<f8"}
    assert {(0,), (1,), (2,)} <= sizes
    for one in smaller(made):
        prices, numbers = [node for node in one.nodes if node[0] == "array" and node[2] != "|O"]
        assert prices[3] == numbers[3]


def test_a_table_that_holds_itself_ends() -> None:
    node = ["table", "pandas:Series", [], [["values", [1]], ["index", [1]], ["name", None]]]
    assert list(smaller(graph(["tuple", [[1]]], node, args=[0]))) == []
