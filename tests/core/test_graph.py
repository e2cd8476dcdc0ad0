"""Graphs: untrusted data is checked whole, and the digest tells structures apart."""

from __future__ import annotations

import copy
import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterburner.core.errors import ProtocolViolation
from afterburner.core.fingerprint import canonical
from afterburner.core.grammar import steps, values_in, with_values
from afterburner.core.graph import Graph
from afterburner_worker.freeze import freeze
from afterburner_worker.thaw import thaw

ATOMS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.binary(max_size=3)
KEYS = st.recursive(ATOMS, lambda inner: st.tuples(inner) | st.frozensets(inner, max_size=3), max_leaves=4)
VALUES = st.recursive(
    KEYS | st.complex_numbers() | st.sets(KEYS, max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=3) | st.tuples(inner, inner),
    max_leaves=12,
)


def frozen(**roots: Any) -> Graph:
    return Graph.checked(json.loads(json.dumps(freeze(roots))))


@given(VALUES)
def test_what_the_worker_freezes_is_well_formed_and_thaws_to_the_same(thing: Any) -> None:
    graph = frozen(x=thing)
    assert canonical(graph) == canonical(frozen(**thaw(graph.data)))


@given(VALUES, VALUES)
def test_different_structures_have_different_digests(one: Any, other: Any) -> None:
    assert (canonical(frozen(x=one)) == canonical(frozen(x=other))) == (exact(one) == exact(other))


def exact(thing: Any) -> Any:
    """A plain model of strict equality, for values in which nothing is shared on purpose."""
    if isinstance(thing, float):
        return "float", "nan" if math.isnan(thing) else thing.hex()
    if isinstance(thing, complex):
        return "complex", exact(thing.real), exact(thing.imag)
    if isinstance(thing, list | tuple):
        return type(thing).__name__, *map(exact, thing)
    if isinstance(thing, set | frozenset):
        return type(thing).__name__, *sorted((exact(one) for one in thing), key=repr)
    if isinstance(thing, dict):
        return "dict", *((exact(key), exact(value)) for key, value in thing.items())
    return type(thing).__name__, thing


@given(VALUES)
def test_literals_make_the_graph_that_the_worker_would_make(thing: Any) -> None:
    assert canonical(Graph.plain({"x": thing})) == canonical(frozen(x=thing))


def test_what_is_no_literal_is_refused() -> None:
    with pytest.raises(TypeError, match="object is no literal"):
        Graph.plain({"x": [object()]})


@given(VALUES)
def test_a_node_with_its_own_values_is_itself(thing: Any) -> None:
    for node in frozen(x=thing, y=ValueError(thing), z=iter([thing])).nodes:
        assert with_values(node, list(values_in(node))) == node
        assert len(list(steps(node))) == len(list(values_in(node)))


def test_size_counts_nodes_and_values() -> None:
    assert Graph.plain({"x": [1, [2]]}).size == 2 + 1 + 3


def test_cyclic_sets_have_a_digest_that_does_not_depend_on_numbering() -> None:
    data = {
        "nodes": [["object", "m:C", [["s", [1]]], None], ["set", [[0], [2]]], ["tuple", [[0]]]],
        "roots": {"x": [0]},
    }
    other = {
        "nodes": [["set", [[1], [2]]], ["tuple", [[2]]], ["object", "m:C", [["s", [0]]], None]],
        "roots": {"x": [2]},
    }
    assert canonical(Graph.checked(data)) == canonical(Graph.checked(other))


GOOD: dict[str, Any] = {
    "nodes": [
        ["list", [1, {"f": "0x1.8000000000000p+0"}, {"i": "0x8000000000000000"}, [1], [0]]],
        ["tuple", []],
        ["dict", [["a", [1]]]],
        ["exception", "builtins:ValueError", [1], [["a", None]]],
        ["generator", [1], ["raise", [3]], []],
        ["deque", [], 3],
        ["range", [0, 5, 1]],
        ["bytes", "00ff"],
        ["carried", "m:f.<locals>.<lambda>", "cb0d0d0a", "lambda: 1", "00", None, None, None, [[9]], [["math", [10]]]],
        ["cell", []],
        ["module", "math"],
        ["pickled", "m:C", "80049500"],
        ["array", "numpy:ndarray", "<f8", [2, 1], "C", [{"f": "0x0.0p+0"}, {"f": "nan"}], None],
        ["array", "numpy:ndarray", "<f8", [], "C -8 8", [1], [12]],
        ["scalar", "numpy:float64", "<f8", {"f": "0x0.0p+0"}],
        ["table", "pandas:DataFrame", [["a", [12]]], [["index", None], ["columns", None]]],
    ],
    "roots": {"x": [0], "y": "text"},
}


def test_the_good_example_is_good() -> None:
    assert Graph.checked(GOOD).data == GOOD


@pytest.mark.parametrize(
    "node",
    [
        None, [], ["strange"], [1], ["list"], ["list", 1], ["list", [], []], ["list", [[99]]], ["list", [[-1]]],
        ["list", [[True]]], ["list", [[0, 1]]], ["list", [[]]], ["list", [1.5]], ["list", [2**63]],
        ["list", [{"f": "1.5"}]], ["list", [{"f": "NaN"}]], ["list", [{"f": 1}]], ["list", [{"i": "0x5"}]],
        ["list", [{"i": "9" * 30}]], ["list", [{"x": 1}]], ["list", [{"f": "nan", "i": "0x1"}]], ["list", [{}]],
        ["dict", [[1]]], ["dict", [[1, 2, 3]]], ["dict", [{"a": 1}]], ["bytes", "0"], ["bytes", "ZZ"], ["bytes", "AA"],
        ["complex", "nan", "1"], ["range", [1, 2]], ["range", [1, 2, 0]], ["range", [1, 2, "3"]], ["slice", [1]],
        ["deque", [], -1], ["deque", [], True], ["class", "nocolon"], ["class", 5], ["class", "m:" + "x" * 3000],
        ["object", "m:C", [[1, 2]], None], ["object", "m:C", [["a"]], None], ["exception", "m:E", [0], []],
        ["exception", "m:E", None, []], ["generator", [1, 2], ["stop"], []], ["generator", [1], ["cap"], [1, 2]],
        ["generator", [], ["cap", 1], []], ["generator", [], ["end", 1], []], ["iterator", "m:I", [], ["cap"]],
        ["opaque", "m:C", 5], ["pickled", "m:C", "0"], ["pickled", "m:C", "00" * 2_000_000], ["cell", 1],
        ["carried", "m:f", "00", "", "00" * 2_000_000, None, None, None, [], []],
        ["carried", "m:f", "00", "x" * 3000, "00", None, None, None, [], []],
        ["carried", "m:f", "00", "", "00", None, None, None, [], [[1, 2]]],
        ["array", "m:A", "<i8", [2], "C", [1], None], ["array", "m:A", "<i8", [2, 2], "C", [1, 2], None],
        ["table", "pandas:DataFrame", [], []], ["table", "pandas:Strange", [], []], ["table", "m:DataFrame", [], []],
        ["table", "pandas:RangeIndex", [], [["values", 1], ["name", None]]],
        ["array", "m:A", "<i8", [-1], "C", [], None], ["array", "m:A", "<i8", 1, "C", [1], None],
        ["array", "m:A", "<i8", [True], "C", [1], None], ["array", "m:A", "<i8", [1] * 65, "C", [1], None],
    ],
    ids=lambda node: repr(node)[:60],
)  # fmt: skip
def test_a_node_that_breaks_the_grammar_is_refused(node: Any) -> None:
    data = copy.deepcopy(GOOD)
    data["nodes"][7] = node
    with pytest.raises(ProtocolViolation, match="breaks the data format"):
        Graph.checked(data)


@pytest.mark.parametrize(
    "data",
    [
        None, [], {}, {"nodes": []}, {"nodes": [], "roots": []}, {"nodes": {}, "roots": {}},
        {"nodes": [], "roots": {"x": [0]}},
        {"nodes": [], "roots": {"x": 1.0}}, {"nodes": [], "roots": {}, "more": 1},
        {"nodes": [["tuple", []]] * 11, "roots": {}},
    ],
    ids=lambda data: repr(data)[:40],
)  # fmt: skip
def test_data_that_is_no_graph_is_refused(data: Any) -> None:
    with pytest.raises(ProtocolViolation):
        Graph.checked(data, most_nodes=10)


def test_a_hundred_thousand_levels() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    assert len(canonical(frozen(x=deep))) == 32
