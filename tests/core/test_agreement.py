"""Agreement of observations: each rule of the comparison accepts what it should and refuses what it should."""

from __future__ import annotations

import collections
import datetime
import decimal
import io
import itertools
import math
import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterburner.core.agreement import Difference, agree, envelope, perturbed
from afterburner.core.graph import Graph
from afterburner_worker.freeze import freeze
from afterburner_worker.thaw import thaw

SCALARS = st.none() | st.booleans() | st.integers(-5, 5) | st.floats() | st.text(max_size=3)
HASHABLE = st.recursive(SCALARS, lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=3), max_leaves=4)
VALUES = st.recursive(
    HASHABLE | st.sets(HASHABLE, max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(HASHABLE, inner, max_size=3),
    max_leaves=10,
)


class Box:
    def __init__(self, content: Any) -> None:
        self.content = content

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 1


class Other(Box):
    __hash__ = Box.__hash__


class Failure(Exception):
    def __init__(self, text: str, code: int) -> None:
        super().__init__(text)
        self.code = code


Point = collections.namedtuple("Point", "x y")


def observed(**roots: Any) -> Graph:
    return Graph.checked(freeze(roots))


def severities(one: Any, other: Any, **options: Any) -> list[str]:
    return [d.severity for d in agree(observed(result=one), observed(result=other), **options)]


@given(VALUES)
def test_everything_agrees_with_itself_and_its_copies(thing: Any) -> None:
    graph = observed(result=thing, args=(thing,))
    assert agree(graph, graph) == ()
    assert agree(graph, observed(**thaw(graph.data))) == ()


@given(VALUES, VALUES)
def test_only_equal_things_agree(one: Any, other: Any) -> None:
    first, second = observed(result=one), observed(result=other)
    assert (agree(first, second) == ()) == (agree(second, first) == ())
    if agree(first, second) == ():
        assert repr(sorted(map(repr, flat(one)))) == repr(sorted(map(repr, flat(other))))


def flat(thing: Any) -> Iterator[Any]:
    if isinstance(thing, dict):
        for item in thing.items():
            yield from flat(item)
    elif isinstance(thing, list | tuple | set | frozenset):
        yield type(thing)
        for one in thing:
            yield from flat(one)
    else:
        yield math.nan if isinstance(thing, float) and math.isnan(thing) else thing


STRICT: list[tuple[Any, Any]] = [
    (1, True), (1, 1.0), (0, None), ("a", b"a"), ([1], (1,)), ({1}, frozenset({1})), (2**70, 2**70 + 1), ("1", 1),
    (0.0, -0.0), (math.nan, 1.0), (math.inf, 1e308), (math.inf, -math.inf), (complex(0.0, 1), complex(-0.0, 1)),
    ({"a": 1, "b": 2}, {"b": 2, "a": 1}), ({"a": 1}, {"a": 1, "b": 2}), ({1: 0}, {True: 0}), ([1, 2], [2, 1]),
    ([1], [1, 1]),
    ({1, 2}, {1, 3}), ({1}, {True}), ({(1, 2)}, {(1, 3)}), (b"a", bytearray(b"a")), (range(3), range(4)),
    (collections.deque([1], 3), collections.deque([1])), (collections.OrderedDict(a=1), {"a": 1}),
    (collections.Counter("a"), {"a": 1}), (collections.defaultdict(list), collections.defaultdict(dict)),
    (decimal.Decimal("1.0"), decimal.Decimal("1.00")), (Point(1, 2), (1, 2)), (Box(1), Box(2)), (Box(1), Other(1)),
    (datetime.datetime(2020, 1, 1), datetime.datetime(2020, 1, 1, fold=1)),
    (datetime.datetime(2020, 1, 1), datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)),
    (len, max), (int, bool), (Box, Other), (threading.Lock(), 1), (threading.Lock(), threading.RLock()),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), STRICT, ids=repr)
def test_strictly_different(one: Any, other: Any) -> None:
    assert set(severities(one, other)) == {"strict"}
    assert set(severities([one], [other])) == {"strict"}


SAME: list[tuple[Callable[[], Any], Callable[[], Any]]] = [
    (lambda: math.nan, lambda: -math.nan),
    (lambda: {3, 1, 2}, lambda: {2, 3, 1}),
    (lambda: {(1, "b"), ("a", 2), None}, lambda: {None, ("a", 2), (1, "b")}),
    (lambda: frozenset({frozenset({1}), frozenset({2})}), lambda: frozenset(map(frozenset, ([2], [1])))),
    (lambda: [(1, 2)] * 2, lambda: [tuple(range(1, 3)), tuple(range(1, 3))]),
    (lambda: ["x" * 50] * 2, lambda: ["x" * 50, "x" * 25 + "x" * 25]),
    (lambda: [Point(1, 2)] * 2, lambda: [Point(1, 2), Point(1, 2)]),
    (lambda: Box([1]), lambda: Box([1])),
    (lambda: (n for n in (1, 2)), lambda: (n for n in [1, 2])),
    (lambda: [len, int], lambda: [len, int]),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same(one: Callable[[], Any], other: Callable[[], Any]) -> None:
    assert severities(one(), other()) == []


class TestSharing:
    def test_a_result_that_is_no_longer_the_argument(self) -> None:
        rows = [1]
        [found] = agree(observed(result=rows, args=(rows,)), observed(result=[1], args=([1],)))
        assert (found.severity, found.channel, found.reference_text) == (
            "strict",
            "result",
            "the same object as args[0]",
        )

    def test_a_result_that_has_become_the_argument(self) -> None:
        rows = [1]
        assert [d.severity for d in agree(observed(result=[1], args=([1],)), observed(result=rows, args=(rows,)))] == [
            "strict"
        ]

    def test_sharing_inside_the_result_only_is_a_note(self) -> None:
        one = [0]
        assert severities([one, one], [[0], [0]]) == ["note"]
        assert severities([[0], [0]], [one, one]) == ["note"]

    def test_sharing_inside_the_result_of_what_an_argument_holds_is_strict(self) -> None:
        one, copy = [0], [0]
        reference, candidate = observed(result=[one, one], args=(one,)), observed(result=[copy, [0]], args=(copy,))
        assert [d.severity for d in agree(reference, candidate)] == ["strict"]

    def test_sharing_between_arguments(self) -> None:
        one = [0]
        assert [d.severity for d in agree(observed(args=(one, one)), observed(args=([0], [0])))] == ["strict"]

    def test_lost_sharing_does_not_hide_a_difference(self) -> None:
        one = [0]
        assert severities([one, one], [[0], [1]]) == ["strict", "note"]

    @pytest.mark.parametrize("channel", ["globals", "receiver", "defaults", "state", "closure"])
    def test_a_result_that_is_state(self, channel: str) -> None:
        cache = {"a": 1}
        reference = observed(**{channel: {"c": cache}, "result": cache})
        candidate = observed(**{channel: {"c": dict(cache)}, "result": dict(cache)})
        assert [d.severity for d in agree(reference, candidate)] == ["strict"]

    def test_cycles_of_the_same_shape(self) -> None:
        ring, chain = [1], [1]  # type: list[Any], list[Any]
        ring.append(ring)
        chain.append([1, chain])
        assert severities(ring, ring) == []
        assert "strict" not in severities(ring, chain)
        assert severities(ring, [1, [1, None]]) != []

    def test_yielded_arguments_stay_the_arguments(self) -> None:
        rows, copies = [[1], [2]], [[1], [2]]
        reference = observed(result=(row for row in rows), args=(rows,))
        candidate = observed(result=(list(row) for row in copies), args=(copies,))
        assert [d.severity for d in agree(reference, candidate)] == ["strict", "strict"]


class TestFloats:
    def test_are_reported_with_both_values(self) -> None:
        [found] = agree(observed(result=[0.1 + 0.2]), observed(result=[0.3]))
        assert (found.severity, found.path, found.floats) == ("float", "[0]", (0.1 + 0.2, 0.3))

    def test_inside_their_tolerance_are_notes(self) -> None:
        assert severities([1.0], [1.5], tolerance={"result[0]": 0.5}) == ["note"]
        assert severities([1.0], [1.6], tolerance={"result[0]": 0.5}) == ["float"]

    def test_four_ulp_where_nothing_is_named(self) -> None:
        near, far = 1.0 + 4 * math.ulp(1.0), 1.0 + 5 * math.ulp(1.0)
        assert severities(1.0, near, tolerance={}) == ["note"]
        assert severities(1.0, far, tolerance={}) == ["float"]

    @pytest.mark.parametrize("other", [math.nan, math.inf, -0.0])
    def test_no_tolerance_covers_nan_infinity_or_the_sign_of_zero(self, other: float) -> None:
        assert severities(0.0, other, tolerance={"result": math.inf}) == ["strict"]

    def test_in_sets_tuples_keys_and_complex_numbers(self) -> None:
        near = 0.1 + 0.2
        for one, other in [
            ({0.3, 1}, {near, 1}),
            ({(0.3, "a")}, {(near, "a")}),
            ({0.3: 1}, {near: 1}),
            (0.3j, complex(0, near)),
        ]:
            assert severities(one, other) == ["float"]

    def test_the_envelope_is_eight_spreads_and_four_ulp(self) -> None:
        moved = envelope(
            observed(result=[1.0, 2.0, 3]), [observed(result=[1.5, 2.0, 3]), observed(result=[0.75, 2.0, 3])]
        )
        assert moved == {"result[0]": 8 * 0.5 + 4 * math.ulp(1.0)}

    def test_an_envelope_of_members_names_the_place_that_agree_asks_for(self) -> None:
        reference, other = observed(result={1.0, 5.0}), observed(result={1.0, 5.0000001})
        assert [d.severity for d in agree(reference, other, envelope(reference, [other]))] == ["note"]

    def test_an_envelope_passes_over_what_broke(self) -> None:
        assert (
            envelope(
                observed(result=[1.0]),
                [observed(exception=ValueError()), observed(result=[math.inf]), observed(result=[])],
            )
            == {}
        )

    def test_perturbed_inputs_move_by_one_ulp(self) -> None:
        graph = observed(args=([1.5, 0.0, math.inf, math.nan, 7, "a"], 2.5, 1j))
        values = thaw(perturbed(graph, 3).data)["args"]
        assert values[0][0] in (math.nextafter(1.5, 2), math.nextafter(1.5, 1))
        assert values[0][1:3] == [0.0, math.inf] and values[0][4:] == [7, "a"]
        assert abs(values[1] - 2.5) == math.ulp(2.5)
        assert values[2].real == 0 and values[2].imag != 1
        assert perturbed(graph, 3) == perturbed(graph, 3)

    def test_different_seeds_move_differently(self) -> None:
        graph = observed(args=(list(map(float, range(1, 40))),))
        assert len({str(perturbed(graph, seed).nodes) for seed in range(8)}) == 8


class TestLazy:
    def test_a_list_is_no_generator(self) -> None:
        assert severities((n for n in [1]), [1]) == ["strict"]

    def test_another_lazy_iterator_is_a_note(self) -> None:
        assert severities((n for n in [1]), map(int, [1])) == ["note"]
        assert severities((n for n in [1]), map(int, [2])) == ["strict", "note"]

    def test_how_it_ends_counts(self) -> None:
        def ending(how: Any) -> Iterator[int]:
            yield 1
            if isinstance(how, Exception):
                raise how
            return how

        assert severities(ending(1), ending(1)) == []
        assert severities(ending(1), ending(2)) == ["strict"]
        assert severities(ending(ValueError()), ending(None)) == ["strict"]
        assert severities(ending(ValueError()), ending(KeyError())) == ["strict"]

    def test_items_are_those_of_their_moment(self) -> None:
        def growing(copy: bool) -> Iterator[list[int]]:
            buffer: list[int] = []
            for number in range(2):
                buffer.append(number)
                yield list(buffer) if copy else buffer

        assert "strict" in severities(growing(False), growing(True))

    def test_what_was_cut_off_is_noted(self) -> None:
        assert severities(itertools.count(), itertools.count()) == ["note"]


class TestExceptions:
    def test_returning_is_not_raising(self) -> None:
        [found] = agree(observed(result=1), observed(exception=ValueError("x")))
        assert (found.severity, found.reference_text, found.candidate_text) == (
            "strict",
            "returned 1",
            "raised ValueError('x')",
        )

    def test_exact_type(self) -> None:
        assert [d.severity for d in agree(observed(exception=LookupError()), observed(exception=KeyError()))] == [
            "strict"
        ]

    def test_the_message_is_strict_or_a_note(self) -> None:
        one, other = observed(exception=ValueError("a")), observed(exception=ValueError("b", 1))
        assert [d.severity for d in agree(one, other)] == ["strict"]
        assert [d.severity for d in agree(one, other, message="note")] == ["note"]

    def test_attributes_are_strict_whatever_the_message(self) -> None:
        one, other = observed(exception=Failure("a", 1)), observed(exception=Failure("b", 2))
        assert sorted(d.severity for d in agree(one, other, message="note")) == ["note", "strict"]


class TestChannels:
    @pytest.mark.parametrize("channel", ["stdout", "args", "globals", "random"])
    def test_a_channel_on_one_side_only(self, channel: str) -> None:
        one, other = observed(result=1, **{channel: "x"}), observed(result=1)
        assert [(d.channel, d.severity) for d in agree(one, other)] == [(channel, "strict")]
        assert [(d.channel, d.severity) for d in agree(other, one)] == [(channel, "strict")]

    def test_changed_state(self) -> None:
        for channel in ("args", "kwargs", "receiver", "globals", "stdout", "stderr"):
            assert [d.channel for d in agree(observed(**{channel: "a"}), observed(**{channel: "b"}))] == [channel]

    def test_globals_go_by_name(self) -> None:
        assert agree(observed(globals={"a": 1, "b": 2}), observed(globals={"b": 2, "a": 1})) == ()
        assert agree(observed(globals={"a": 1}), observed(globals={"b": 1})) != ()

    def test_ignored_channels_and_places(self) -> None:
        one, other = observed(result=1, globals={"hits": 1, "x": 1}), observed(result=1, globals={"hits": 2, "x": 1})
        assert agree(one, other) != ()
        assert agree(one, other, ignore=frozenset({"globals"})) == ()
        assert agree(one, other, ignore=frozenset({"globals['hits']"})) == ()
        assert agree(one, other, ignore=frozenset({"globals['x']"})) != ()

    def test_the_result_comes_first_in_the_list(self) -> None:
        found = agree(observed(args=([1],), result=1, stdout="a"), observed(args=([2],), result=2, stdout="b"))
        assert [d.channel for d in found] == ["result", "args", "stdout"]

    def test_what_is_opaque_is_not_verified_never_equal(self) -> None:
        [found] = agree(observed(result=[threading.Lock()]), observed(result=[threading.Lock()]))
        assert (found.severity, found.path) == ("unverified", "[0]")
        assert severities([lambda: 1], [lambda: 1]) == ["unverified"]

    def test_functions_that_the_call_was_given_are_compared(self) -> None:
        def counting(start: int) -> Any:
            calls = [start]
            return lambda: calls

        given = Graph.checked(freeze({"args": (counting(1), counting(1))}, carry=True))
        first, second = thaw(given.data)["args"], thaw(given.data)["args"]
        assert agree(observed(args=first, result=first[0]), observed(args=second, result=second[0])) == ()
        second[1]().append(2)
        [found] = agree(observed(args=first), observed(args=second))
        assert (found.channel, found.path, found.severity) == ("args", "[1].cell[0]", "strict")

    def test_what_is_left_in_a_buffer_is_compared(self) -> None:
        one, other = io.StringIO("ab"), io.StringIO("ab")
        other.read(1)
        assert severities(one, io.StringIO("ab")) == []
        assert severities(one, other) == ["strict"]
        assert [d.severity for d in agree(observed(args=(one,), result=one), observed(args=(one,), result=other))] != []

    def test_bound_methods_and_partials_are_compared_by_what_they_hold(self) -> None:
        assert severities([[1].append, partial(len, [1])], [[1].append, partial(len, [1])]) == []
        assert severities([1].append, [2].append) == severities(partial(max, 1), partial(max, 2)) == ["strict"]

    def test_the_very_same_opaque_argument_is_named_once(self) -> None:
        lock = threading.Lock()
        assert [d.channel for d in agree(observed(args=(lock,), result=lock), observed(args=(lock,), result=lock))] == [
            "args"
        ]


def test_the_place_is_named() -> None:
    [found] = agree(observed(result={"k": [Box((1, 2))]}), observed(result={"k": [Box((1, 3))]}))
    assert found == Difference("result", "['k'][0].content[1]", "2", "3", "strict")


def test_long_texts_show_the_place_where_they_part() -> None:
    [found] = agree(observed(stdout="x" * 5000 + "a"), observed(stdout="x" * 5000 + "b"))
    assert (
        len(found.reference_text) < 200
        and found.reference_text.endswith("xa'")
        and found.candidate_text.endswith("xb'")
    )


def test_the_number_of_differences_is_capped_by_severity() -> None:
    one, other = [[n, float(n)] for n in range(100)], [[n + 1, n + 0.5] for n in range(100)]
    assert severities(one, other, most=5) == ["strict"] * 5 + ["float"] * 5


def test_a_hundred_thousand_levels() -> None:
    deep: list[Any] = []
    other: list[Any] = [0]
    for _ in range(100_000):
        deep, other = [deep], [other]
    assert severities(deep, deep) == []
    assert severities(deep, other) == ["strict"]


def test_tangled_sharing_ends() -> None:
    def ladder(step: int) -> list[Any]:
        rungs: list[list[Any]] = [[] for _ in range(400)]
        for place, rung in enumerate(rungs):
            rung += [rungs[(place + 1) % 400], rungs[(place * step + 7) % 400]]
        return rungs[0]

    assert severities(ladder(3), ladder(7)) != []
