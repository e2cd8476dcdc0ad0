"""Slow patterns by reading alone: where they stand, what is doubtful, and what an edit costs."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from textwrap import dedent

import pytest

from afterburner.core.facts import Facts
from afterburner.core.pieces import cut
from afterburner.core.rewrite import Rewrite, Safety
from afterburner.core.slow_pattern import SlowPattern
from afterburner.core.source import Source
from afterburner.core.target import Target
from afterburner.rules import Rule, discover
from afterburner.rules import patterns as module
from afterburner.rules.patterns import Known, patterns

COMMON = """
    def common(a, b: list):
        found = []
        for x in a:
            if x in b:
                found.append(x)
        return found
"""


def found(text: str, known: Known | None = None) -> list[SlowPattern]:
    source = Source("m.py", dedent(text))
    return [item for step in patterns(source, cut(source), known or Known()) for item in step]


def marked(text: str) -> list[tuple[str, str]]:
    """Each pattern's rule and the text that it marks."""
    lines = dedent(text).splitlines()
    shown = []
    for item in found(text):
        part = lines[item.line - 1 : item.end_line]
        part[-1] = part[-1][: item.end_column]
        part[0] = part[0][item.column :]
        shown.append((item.rule, "\n".join(part)))
    return shown


def test_what_is_marked_is_the_statement_that_runs_most_often() -> None:
    assert marked(COMMON) == [("membership-set", "if x in b")]


def test_columns_are_characters_whatever_stands_before() -> None:
    text = "def f(a, b: list):\n    return 'ü', [x for x in a if x in b]  # …\n"
    assert marked(text) == [("membership-set", "return 'ü', [x for x in a if x in b]")]


def test_where_no_statement_changes_the_name_is_marked() -> None:
    assert ("recursion-memo", "fib") in marked("""
        import os
        class C:
            pass
        def fib(n):
            if n < 2:
                return n
            return fib(n - 1) + fib(n - 2)
    """)


def test_where_a_rule_only_adds_lines_the_one_above_is_marked() -> None:
    text = "def f(xs):\n    found = False\n    for x in xs:\n        if x > 3:\n            found = True\n"
    text += "    return found\n"
    assert marked(text) == [("flag-break", "found = True")]


def test_a_pattern_says_what_could_be_faster_in_a_sentence() -> None:
    (item,) = found(COMMON)
    assert item.message == "Could be faster: membership tests in `b` use a set built once before the loop."
    assert (item.qualname, item.safety) == ("common", Safety.NEEDS_PROOF)
    assert item.title == "Membership in a list inside a loop becomes membership in a set that is built once."


def test_places_are_those_of_the_whole_file() -> None:
    above = "import os\n\n\ndef other():\n    return os.name\n\n\n"
    (item,) = found(above + dedent(COMMON))
    assert item.line == above.count("\n") + 5


@pytest.mark.parametrize(
    "text",
    [
        "def f(a, b):\n    return [x for x in a if x in b]\n",
        "def f(a, b: set):\n    return [x for x in a if x in b]\n",
        "def f(cs):\n    out = ''\n    for c in cs:\n        out += c\n    return out\n",
        "def f(cs):\n    out = ''\n    for c in cs:\n        out = out + str(c)\n    return out\n",
        "def list(x):\n    return x\n\n\ndef f(a, b):\n    return [x for x in a if x in list(b)]\n",
    ],
)
def test_what_is_wrong_too_often_is_not_said(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("membership-set", "def f(a, b):\n    c = list(b)\n    return [x for x in a if x in c]\n"),
        ("membership-set", "def f(a, b):\n    return [x for x in a if x in set(b)]\n"),
        ("concat-join", "def f(cs):\n    out = ''\n    for c in cs:\n        out = str(c) + out\n    return out\n"),
        ("concat-join", "def f(cs):\n    out = ''\n    for c in cs:\n        out = out + c + ','\n    return out\n"),
        ("concat-join", "def f(cs):\n    out = b''\n    for c in cs:\n        out += c\n    return out\n"),
    ],
)
def test_what_the_text_supports_is_said(rule: str, text: str) -> None:
    assert [item.rule for item in found(text)] == [rule]


def test_functions_that_mention_each_other_keep_their_own_patterns() -> None:
    one = "def one(a, b: list):\n    two\n    return [x for x in a if x in b]\n\n\n"
    two = "def two(a, b: list):\n    one\n    return [x for x in a if x in b]\n"
    assert [(item.qualname, item.line) for item in found(one + two)] == [("one", 3), ("two", 8)]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The functions that the one rule there is was asked about."""
    names: list[str] = []

    def find(target: Target, facts: Facts) -> Iterator[Rewrite]:
        names.append(target.qualname)
        if target.name == "breaks":
            raise RuntimeError("broken")
        yield Rewrite(Source("", target.source.text + "\n"), "rule:one", "an idea")

    rule = Rule("one", "A title.", "time", Safety.PRESERVING, "micro", find)
    monkeypatch.setattr(module, "discover", lambda: {"one": rule})
    return names


def test_an_edit_costs_what_mentions_the_edited_and_nothing_else(asked: list[str]) -> None:
    text = "def a():\n    return 1\n\n\ndef b():\n    return a()\n\n\nclass C:\n    def m(self):\n        return 2\n"
    known = Known()
    first = found(text, known)
    assert asked == ["a", "b", "C.m"]
    asked.clear()
    moved = found("\n\n" + text, known)
    assert asked == [] and [item.line for item in moved] == [item.line + 2 for item in first]
    found(text.replace("return 1", "return 3"), known)
    assert asked == ["a", "b"]


def test_a_rule_that_fails_is_logged_and_the_rest_is_heard(asked: list[str], caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        shown = found("def breaks():\n    return 1\n\n\ndef works():\n    return 2\n")
    assert [item.qualname for item in shown] == ["works"]
    assert "The rule one failed on breaks." in caplog.text


def test_every_rule_can_be_asked_about_any_function() -> None:
    text = (
        "async def f(*a, k=1, **b):\n    async with k as z, a:\n        match z:\n            case [x, *_]:\n"
        "                yield x\n    try:\n        pass\n    except* OSError:\n        del z\n"
    )
    assert found(text) == [] and len(discover()) > 30
