"""Observed calls as rows of a test, and why some cannot be rows."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from afterburner.core.behaviour import Ending, Row, Spoken
from afterburner.core.graph import Graph
from afterburner.core.inputs import CallGraph, CallText, Case, Origin
from afterburner.core.observation import Observed
from afterburner.core.source import Source
from afterburner.core.target import Target, find
from afterburner.core.written import TOO_LONG, row

MODULE = "import math\nLIMIT = 3\n\ndef f(xs, k=2):\n    return xs\n\nclass C:\n    def m(self):\n        return 1\n"


def target(where: str = "f") -> Target:
    return find(Source("shop.py", MODULE), "shop", where)


def given(*args: object, origin: Origin = Origin.USER, written: CallText | None = None, **kwargs: object) -> Case:
    call = CallGraph(Graph.plain({"args": args, "kwargs": kwargs}).data)
    return Case(origin, call, written=written)


def observed(*args: object, strict: bool = True, **roots: object) -> Observed:
    """What a call did that was left with these arguments."""
    return Observed(
        Graph.plain({**roots, "args": args, "kwargs": {}, "stdout": roots.get("stdout", "")}), "", None, strict
    )


def seen(nodes: list, roots: Mapping[str, object], strict: bool = True) -> Observed:
    return Observed(Graph(tuple(nodes), {"args": [0], "kwargs": [1], **roots}), "", None, strict)


NOTHING = [["tuple", []], ["dict", []]]


def test_a_call_with_its_result() -> None:
    found = row(target(), given([3, 1.5, "a"]), observed([3, 1.5, "a"], result={"k": (True, None)}), {})
    assert isinstance(found, Row)
    assert (found.args, found.kwargs, found.receiver) == (("[3, 1.5, 'a']",), (), "")
    assert found.ending == Ending("returns", "{'k': (True, None)}")
    assert found.mutable and found.after == ()


def test_keyword_arguments_and_what_is_printed() -> None:
    seen_call = Observed(Graph.plain({"args": (1,), "kwargs": {"k": 2}, "result": 3, "stdout": "hm\n"}))
    found = row(target(), given(1, k=2), seen_call, {})
    assert isinstance(found, Row) and found.kwargs == (("k", "2"),) and not found.mutable
    assert found.ending.printed == "'hm\\n'"


def test_arguments_that_are_changed_are_shown_afterwards() -> None:
    found = row(target(), given([2, 1]), observed([1, 2], result=None), {})
    assert isinstance(found, Row) and found.after == (("args", "([1, 2],)"), ("kwargs", "{}"))


@pytest.mark.parametrize(("strict", "said"), [(True, "('no',)"), (False, None)])
def test_an_exceptions_message_counts_where_the_code_chose_it(strict: bool, said: str | None) -> None:
    nodes = [*NOTHING, ["exception", "shop:Wrong", [3], []], ["tuple", ["no"]]]
    found = row(target(), given(), seen(nodes, {"exception": [2]}, strict), {})
    assert isinstance(found, Row) and found.ending == Ending("raises", "Wrong", said)
    assert found.names == {"shop:Wrong"}


def test_what_a_generator_yields_is_a_list() -> None:
    nodes = [*NOTHING, ["generator", [1, 2], ["stop", None], []]]
    found = row(target(), given(), seen(nodes, {"result": [2]}), {})
    assert isinstance(found, Row) and found.ending == Ending("yields", "[1, 2]")


def test_objects_are_made_from_their_attributes_or_by_an_evident_constructor() -> None:
    nodes = [*NOTHING, ["object", "shop:C", [["a", 1]], None]]
    plain = row(target(), given(), seen(nodes, {"result": [2]}), {})
    known = row(target(), given(), seen(nodes, {"result": [2]}), {"shop:C": ("a",)})
    assert isinstance(plain, Row) and plain.ending.value == "rebuilt(C, a=1)"
    assert isinstance(known, Row) and known.ending.value == "C(a=1)"
    assert plain.made == known.made == {"shop:C"}


def test_a_member_of_an_enum_is_named_whatever_its_name() -> None:
    for member, text in (("RED", "Color.RED"), ("dark red", "Color['dark red']")):
        found = row(target(), given(), seen([*NOTHING, ["enum", "shop:Color", member]], {"result": [2]}), {})
        assert isinstance(found, Row) and found.ending.value == text and found.names == {"shop:Color"}


def test_names_of_other_modules_are_known() -> None:
    nodes = [*NOTHING, ["value", "decimal:Decimal", ["0.5"]], ["deque", [[2]], None]]
    found = row(target(), given(), seen(nodes, {"result": [3]}), {})
    assert isinstance(found, Row) and found.ending.value == "collections.deque([decimal.Decimal('0.5')])"
    assert found.names == {"decimal:Decimal", "collections:"}


CYCLE = [*NOTHING, ["list", [[2]]]]
REASONS = {
    "a result that went as a digest": (given(), Observed(digest="abc"), "results too large to be written"),
    "a cycle": (given(), seen(CYCLE, {"result": [2]}), "a cycle in the value"),
    "an endless generator": (
        given(), seen([*NOTHING, ["generator", [1], ["cap"], []]], {"result": [2]}),
        "iterators that do not simply end",
    ),
    "an opaque result": (
        given(), seen([*NOTHING, ["opaque", "shop:Socket", "no"]], {"result": [2]}), "shop.Socket: no",
    ),
    "a local class": (
        given(), seen([*NOTHING, ["object", "shop:f.<locals>.C", [], None]], {"result": [2]}),
        "f.<locals>.C has no name to import",
    ),
    "a class with an odd name": (
        given(), seen([*NOTHING, ["object", "shop:C(); x", [], None]], {"result": [2]}), "C(); x has no name to import",
    ),
    "a lambda whose source is none": (
        given(),
        seen([*NOTHING, ["carried", "shop:f", "", "lambda x: :", "00", None, None, None, [], []]], {"result": [2]}),
        "values that Python cannot read again",
    ),
    "a long argument": (given(list(range(2000))), observed(list(range(2000)), result=1), TOO_LONG),
    "a long made-up one": (
        given(list(range(60)), origin=Origin.GENERATED), observed(list(range(60)), result=1), TOO_LONG,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("case", "answer", "reason"), REASONS.values(), ids=REASONS)
def test_what_cannot_be_written_has_a_reason(case: Case, answer: Observed, reason: str) -> None:
    found = row(target(), case, answer, {})
    assert isinstance(found, str) and reason.removeprefix("shop.") in found


def test_arguments_that_share_an_object_are_left_out() -> None:
    one = [1]
    assert row(target(), given(one, one), observed(one, one, result=1), {}) == "objects that several arguments share"


def test_iterators_as_arguments_are_left_out() -> None:
    graph = {"nodes": [["tuple", [[2]]], ["dict", []], ["generator", [1], ["stop", None], []]], "roots": {"args": [0]}}
    answer = row(target(), Case(Origin.USER, CallGraph(graph)), observed(1, result=1), {})
    assert answer == "iterators, buffers or functions without a name among the arguments"


def test_a_large_call_that_somebody_wrote_is_kept_as_it_was_written() -> None:
    text = CallText("f(list(range(LIMIT, 2000)), k=math.inf)", "import random\nmath2 = math")
    found = row(target(), given(list(range(3, 2000)), written=text), observed(1, result=5), {})
    assert found == Spoken(Origin.USER, text, Ending("returns", "5"), frozenset({"shop:f", "shop:LIMIT", "shop:math"}))


def test_a_call_without_plain_arguments_is_kept_as_it_was_written() -> None:
    found = row(target(), Case(Origin.DOCTEST, CallText("sorted(f([1]))")), observed(1, result=[1]), {})
    assert isinstance(found, Spoken) and found.ending.value == "[1]"
    star = row(target(), Case(Origin.USER, CallText("f(sep)", "from os import *")), observed(1, result=1), {})
    assert star == "calls that need an import of everything"
