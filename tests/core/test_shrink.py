"""Shrinking: every proposal is simpler, keeps the call's form, and greedy descent finds the small counterexample."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterburner.core.graph import Graph
from afterburner.core.shrink import simplicity, smaller, trimmed
from afterburner_worker.freeze import freeze
from afterburner_worker.thaw import thaw

ATOMS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.binary(max_size=5)
VALUES = st.recursive(
    ATOMS | st.frozensets(ATOMS, max_size=3),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(ATOMS, inner, max_size=3) | st.tuples(inner, inner),
    max_leaves=10,
)


def call(*args: Any, **kwargs: Any) -> Graph:
    return Graph.checked(freeze({"args": args, "kwargs": kwargs}))


def smallest(graph: Graph, fails: Callable[..., bool]) -> tuple[Any, ...]:
    """Greedy descent, as the caller does it."""
    while True:
        for proposal in smaller(graph):
            roots = thaw(proposal.data)
            if fails(*roots["args"], **roots["kwargs"]):
                graph = proposal
                break
        else:
            return tuple(thaw(graph.data)["args"])


@given(VALUES, VALUES)
def test_proposals_are_simpler_and_well_formed(one: Any, other: Any) -> None:
    graph = call(one, k=other)
    for count, proposal in enumerate(smaller(graph)):
        Graph.checked(proposal.data)
        assert simplicity(proposal) < simplicity(graph)
        roots = thaw(proposal.data)
        assert len(roots["args"]) == 1 and list(roots["kwargs"]) == ["k"]
        assert type(roots["args"][0]) is type(one) and type(roots["kwargs"]["k"]) is type(other)
        if count > 60:
            break


@pytest.mark.parametrize(
    ("args", "fails", "expected"),
    [
        ((list(range(1000)),), lambda xs: len(xs) >= 3, ([0, 0, 0],)),
        (([5, 900, 3, 77, 12],), lambda xs: any(x > 10 for x in xs), ([11],)),
        (([4, 9, 4, 7],), lambda xs: len(set(xs)) < len(xs), ([0, 0],)),
        (("hello world, again",), lambda s: "o" in s, ("o",)),
        ((-50, 1.75), lambda n, x: n < -3 and x > 0.6, (-4, 1.0)),
        (({"a": [1, 2], "b": [3]},), lambda d: any(d.values()), ({"": [0]},)),
        (([[1, 2], [3], [], [4, 5, 6]],), lambda rows: any(len(row) == 3 for row in rows), ([[0, 0, 0]],)),
        ((b"abcdef",), lambda data: len(data) > 1, (b"ab",)),
    ],
)
def test_descent_ends_at_the_small_case(args: Any, fails: Callable[..., bool], expected: Any) -> None:
    assert smallest(call(*args), fails) == expected


def test_large_cuts_come_first() -> None:
    first = next(iter(smaller(call(list(range(100)), "text"))))
    assert thaw(first.data)["args"] == ([], "text")


def test_records_keep_their_length() -> None:
    rows = [(1, "a"), (2, "b")]
    assert all(len(row) == 2 for proposal in smaller(call(rows)) for row in thaw(proposal.data)["args"][0])


def test_sharing_survives() -> None:
    one = [3, 4]
    for proposal in smaller(call(one, one)):
        first, second = thaw(proposal.data)["args"]
        assert first is second


def test_nothing_is_simpler_than_nothing() -> None:
    assert list(smaller(call([], 0, "", None, True, 0.0))) == []


def test_trimmed_drops_what_nothing_leads_to() -> None:
    graph = Graph.checked({"nodes": [["list", []], ["tuple", [[2]]], ["list", [1]]], "roots": {"args": [1]}})
    assert trimmed(graph).data == {"nodes": [["tuple", [[1]]], ["list", [1]]], "roots": {"args": [0]}}
