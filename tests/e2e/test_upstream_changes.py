"""Changes of a kind that real projects accept: none is called different that was not seen to differ."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from afterburner import app
from afterburner.core.inputs import CallText, Case, Origin
from afterburner.core.outcome import Outcome
from afterburner.core.suggestion import Attempt
from afterburner.core.verdict import Different, Equivalent, EquivalentExcept, Inconclusive
from afterburner.pipeline.events import silent

Judge = Callable[..., Outcome]

CHUNKS = "def chunks(xs, n):\n    return [xs[i:i + n] for i in range(0, len(xs), n)] if n else []\n"
CHUNK_CALLS = [f"chunks(list(range({size})), {n})" for size, n in ((9, 2), (4, 4), (10, 3), (1, 5), (7, 1))]


def attempt(outcome: Outcome) -> Attempt:
    [only] = outcome.attempts
    return only


def test_a_difference_where_no_given_call_has_been_is_an_exception(judged: Judge) -> None:
    candidate = "def chunks(xs, n):\n    return [xs[i:i + n] for i in range(0, len(xs), n)]\n"
    found = attempt(judged(CHUNKS, candidate, "chunks", *CHUNK_CALLS))
    assert isinstance(found.verdict, EquivalentExcept), found.verdict
    assert found.verdict.counterexamples[0].tier == "T2"
    assert not found.offered


def test_a_difference_among_calls_like_the_given_ones_is_one(judged: Judge) -> None:
    candidate = CHUNKS.replace("len(xs), n)]", "len(xs), n)][:40]")
    found = attempt(judged(CHUNKS, candidate, "chunks", *CHUNK_CALLS))
    assert isinstance(found.verdict, Different), found.verdict


MISSING = "def parse(text):\n    return text.strip()\n"


@pytest.mark.parametrize(
    ("candidate", "named"),
    [
        ("def parse(text):\n    return clean(text)\n", "clean"),
        ("import json\n\ndef parse(text):\n    return json.loads_fast(text)\n", "loads_fast"),
        ("from json import loads_fast\n\ndef parse(text):\n    return loads_fast(text)\n", "loads_fast"),
        ("import string\n\ndef parse(text):\n    return string.capwords(text, None, 1)\n", "capwords"),
    ],
)
def test_what_needs_other_changes_cannot_be_put_in_place(judged: Judge, candidate: str, named: str) -> None:
    found = attempt(judged(MISSING, candidate, "parse", "parse(' a ')", "parse('b')"))
    assert isinstance(found.verdict, Inconclusive), found.verdict
    assert named in found.refusal and "put in place" in found.refusal


def test_a_misspelt_name_of_the_original_is_a_difference(judged: Judge) -> None:
    original = "def total(xs):\n    size = len(xs)\n    return sum(xs) + size\n"
    candidate = "def total(xs):\n    return sum(xs) + size\n"
    found = attempt(judged(original, candidate, "total", "total([1, 2])"))
    assert isinstance(found.verdict, Different), found.verdict


def test_a_further_optional_parameter_is_an_exception(judged: Judge) -> None:
    original = "def drop(d: dict[str, int], *keys: str):\n    return {k: d[k] for k in d if k not in keys}\n"
    candidate = original.replace("*keys: str)", "*keys: str, **kwargs: int)").replace("not in keys", "not in set(keys)")
    found = attempt(judged(original, candidate, "drop", "drop({'a': 1, 'b': 2}, 'a')"))
    assert isinstance(found.verdict, EquivalentExcept), found.verdict
    assert found.verdict.counterexamples[0].original == "raises TypeError"


def test_a_lost_register_method_is_an_exception(judged: Judge) -> None:
    original = """\
from functools import singledispatch

LIMIT = 3

@singledispatch
def norm(v):
    return str(v)

@norm.register(str)
def _(v):
    return v.strip()
"""
    candidate = """\
LIMIT = 3

def norm(v):
    return v.strip() if isinstance(v, str) else str(v)

def _(v):
    return v
"""
    found = attempt(judged(original, candidate, "norm", "norm(' a ')", "norm(3)"))
    assert isinstance(found.verdict, EquivalentExcept), found.verdict
    assert "norm.register" in found.refusal


def test_a_generator_that_became_another_iterator_is_the_same(judged: Judge) -> None:
    original = """\
from itertools import chain, repeat

def padded(xs: list[int], n: int):
    for x in xs:
        yield x
    for _ in range(n):
        yield 0
"""
    candidate = "def padded(xs: list[int], n: int):\n    rest = chain(xs, repeat(0, max(n, 0)))\n    return rest\n"
    found = attempt(judged(original, candidate, "padded", "padded([1, 2], 3)", "padded([], 1)"))
    assert isinstance(found.verdict, Equivalent | EquivalentExcept), found.verdict


def test_memory_on_an_object_is_not_offered_and_named(judged: Judge) -> None:
    original = """\
class Box:
    def __init__(self, n):
        self.n = n

    def square(self):
        return self.n * self.n
"""
    candidate = original.replace("return self.n * self.n", "self.kept = self.n * self.n\n        return self.kept")
    found = attempt(judged(original, candidate, "Box.square", "Box(3).square()"))
    assert isinstance(found.verdict, Inconclusive), found.verdict
    assert "`self.kept`" in found.refusal and "flatter" in found.refusal


def test_a_private_constant_may_go_or_be_made_anew(judged: Judge) -> None:
    original = """\
import re

LIMIT = 3
_SPACE = re.compile(' +')

def squeeze(text: str):
    return _SPACE.sub(' ', text)
"""
    candidate = original.replace("_SPACE", "_MANY").replace(" +", "  +")
    found = attempt(judged(original, candidate, "squeeze", "squeeze('a   b')"))
    assert isinstance(found.verdict, Equivalent), found.verdict
    made_anew = attempt(judged(original, original.replace(" +", "  +"), "squeeze", "squeeze('a   b')"))
    assert isinstance(made_anew.verdict, Equivalent), made_anew.verdict


def test_an_error_that_comes_with_the_call_and_not_with_the_first_item_is_an_exception(judged: Judge) -> None:
    original = """\
def first(xs: list[int], n: int):
    if n < 1:
        raise ValueError('n must be positive')
    for i in range(min(n, len(xs))):
        yield xs[i]
"""
    candidate = """\
def first(xs: list[int], n: int):
    if n < 1:
        raise ValueError('n must be positive')
    return (x for x in xs[:n])
"""
    found = attempt(judged(original, candidate, "first", "first([1, 2], 1)", "first([1], 0)"))
    assert isinstance(found.verdict, EquivalentExcept), found.verdict
    wrong = candidate.replace("be positive", "not be negative")
    assert isinstance(attempt(judged(original, wrong, "first", "first([1, 2], 1)", "first([1], 0)")).verdict, Different)


def test_what_does_not_fit_its_own_package_is_out_of_place(judged: Judge, workspace: Path) -> None:
    package = workspace / "kit"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "more.py").write_text("def count(text):\n    return len(text)\n", encoding="utf-8")
    original = "from kit.more import count\n\ndef width(text):\n    return count(text.strip(' '))\n"
    calls = ("width(' a ')", "width('b')", "width('c ')")
    candidate = "from kit.more import count\n\ndef width(text):\n    return count(len(text.strip(' ')))\n"
    fitting = attempt(judged(original, candidate, "width", *calls, module="kit/subject.py"))
    assert isinstance(fitting.verdict, Inconclusive), fitting.verdict
    assert "kit.more takes no such argument" in fitting.refusal
    broken = "from kit.more import count\n\ndef width(text):\n    return len(count(text.strip(' ')))\n"
    own = attempt(judged(original, broken, "width", *calls, module="kit/subject.py"))
    assert isinstance(own.verdict, Different), own.verdict


@pytest.mark.parametrize(("origin", "kind"), [(Origin.TEST, EquivalentExcept), (Origin.USER, Different)])
def test_the_words_of_an_error_that_a_test_provoked_are_an_exception(
    workspace: Path, origin: Origin, kind: type[EquivalentExcept | Different]
) -> None:
    original = """\
def take(xs, n):
    if n > len(xs):
        raise ValueError('not enuogh')
    return xs[:n]
"""
    (workspace / "subject.py").write_text(original, encoding="utf-8")
    candidate = workspace.parent / "candidate.py"
    candidate.write_text(original.replace("enuogh", "enough"), encoding="utf-8")
    calls = ("take([1, 2], 1)", "take([1], 2)")
    cases = tuple(Case(origin, CallText(call), call) for call in calls)
    request = app.Request(workspace / "subject.py", "take", "quick", interpreter=sys.executable, cases=cases)
    found = attempt(asyncio.run(app.verify(request, candidate, silent)))
    assert isinstance(found.verdict, kind), found.verdict
