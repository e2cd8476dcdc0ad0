"""Rewrites that change behaviour or only look fast: each is refused, and the reason names what is wrong.

The classes are those that other tools accepted: caller's data mutated, state dropped, effects dropped, randomness
hoisted, error text changed, wrong closure, untested branch, memory between calls, tables at import.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from afterburner.core.comparison import Answer
from afterburner.core.outcome import Outcome
from afterburner.core.verdict import Different, Equivalent, EquivalentExcept, Inconclusive, Verdict


class Wrong(NamedTuple):
    """One class of wrong rewrite."""

    original: str
    candidate: str
    where: str
    calls: tuple[str, ...]
    verdicts: tuple[type[Verdict], ...]
    reason: str
    """A word that the reason must hold."""


# fmt: off
WRONG = {
    "the caller's list is mutated": Wrong(
        """\
def top(items):
    return sorted(items)[0]
""",
        """\
def top(items):
    items.sort()
    return items[0]
""",
        "top", ("top([3, 1, 2])",), (Different,), "args",
    ),
    "state of self is dropped": Wrong(
        """\
class Box:
    def __init__(self):
        self.seen = []

    def put(self, x):
        self.seen = self.seen + [x]
        return len(self.seen)
""",
        """\
class Box:
    def __init__(self):
        self.seen = []

    def put(self, x):
        return len(self.seen) + 1
""",
        "Box.put", ("Box().put(1)",), (Different,), "receiver",
    ),
    "global state is dropped": Wrong(
        """\
COUNT = [0]

def total(xs):
    COUNT[0] += 1
    return sum([x for x in xs])
""",
        """\
def total(xs):
    return sum(xs)
""",
        "total", ("total([1, 2])",), (Different,), "globals",
    ),
    "a file is no longer written": Wrong(
        """\
def save(xs):
    with open('out.txt', 'w') as f:
        f.write(str(xs))
    return len(xs)
""",
        """\
def save(xs):
    return len(xs)
""",
        "save", ("save([1])",), (Different, Inconclusive), "open",
    ),
    "a log record is dropped": Wrong(
        """\
import logging

def total(xs):
    logging.getLogger().warning('adding %d', len(xs))
    return sum(xs)
""",
        """\
import logging

def total(xs):
    return sum(xs)
""",
        "total", ("total([1, 2])",), (Different, Inconclusive), "logging",
    ),
    "a printed line is dropped": Wrong(
        """\
def total(xs):
    print('adding', len(xs))
    return sum(xs)
""",
        """\
def total(xs):
    return sum(xs)
""",
        "total", ("total([1, 2])",), (Different,), "stdout",
    ),
    "uuid4 is hoisted": Wrong(
        """\
import uuid

def tag(xs):
    return [(str(uuid.uuid4()), x) for x in xs]
""",
        """\
import uuid

def tag(xs):
    one = str(uuid.uuid4())
    return [(one, x) for x in xs]
""",
        "tag", ("tag([1, 2])",), (Different, Inconclusive), "different answers|run to run",
    ),
    "random is hoisted": Wrong(
        """\
import random

def jitter(xs):
    return [x + random.random() for x in xs]
""",
        """\
import random

def jitter(xs):
    r = random.random()
    return [x + r for x in xs]
""",
        "jitter", ("jitter([1.0, 2.0])",), (Different,), "result|random",
    ),
    "an error's text is changed": Wrong(
        """\
def take(xs, n):
    if n < 0:
        raise ValueError('n must not be negative')
    return [xs[i] for i in range(n)]
""",
        """\
def take(xs, n):
    if n < 0:
        raise ValueError('negative')
    return [xs[i] for i in range(n)]
""",
        "take", ("take([1, 2, 3], 2)", "take([1], -1)"), (Different,), "negative",
    ),
    "closures see the wrong variable": Wrong(
        """\
def scaled(ks, x):
    fs = [lambda v, k=k: v * k for k in ks]
    return [f(x) for f in fs]
""",
        """\
def scaled(ks, x):
    fs = [lambda v: v * k for k in ks]
    return [f(x) for f in fs]
""",
        "scaled", ("scaled([1, 2, 3], 5)",), (Different,), "result",
    ),
    "a branch that no given call takes is broken": Wrong(
        """\
def shift(n):
    if n > 1000:
        return n - 1000
    return n
""",
        """\
def shift(n):
    if n > 1000:
        return n
    return n
""",
        "shift", ("shift(5)", "shift(7)", "shift(900)"), (Different,), "shift",
    ),
    "a number is off beyond a size": Wrong(
        """\
def total(xs: list[int]) -> int:
    t = 0
    for x in xs:
        t += x
    return t
""",
        """\
def total(xs: list[int]) -> int:
    if len(xs) > 12:
        return sum(xs) + 1
    return sum(xs)
""",
        "total", ("total([1, 2, 3])",), (Different,), "result",
    ),
    "a memo lives in the module": Wrong(
        """\
def slow(n):
    t = 0
    for i in range(n):
        t += i * i % 7
    return t
""",
        """\
_MEMO = {}

def slow(n):
    if n not in _MEMO:
        t = 0
        for i in range(n):
            t += i * i % 7
        _MEMO[n] = t
    return _MEMO[n]
""",
        "slow", ("slow(2000)",), (Inconclusive,), "_MEMO.*flatter",
    ),
    "a helper is wrapped in lru_cache": Wrong(
        """\
def part(n):
    return sum(i * i for i in range(n))

def slow(n):
    return part(n) + 1
""",
        """\
from functools import lru_cache

@lru_cache(maxsize=None)
def part(n):
    return sum(i * i for i in range(n))

def slow(n):
    return part(n) + 1
""",
        "slow", ("slow(2000)",), (Inconclusive,), "part.*cache.*flatter",
    ),
    "a table is built at import": Wrong(
        """\
def slow(n: int) -> int:
    return sum(i * i for i in range(n))
""",
        """\
_TABLE = [sum(i * i for i in range(n)) for n in range(3000)]

def slow(n: int) -> int:
    if 0 <= n < 3000:
        return _TABLE[n]
    return sum(i * i for i in range(n))
""",
        "slow", ("slow(2000)",), (Inconclusive,), "_TABLE.*flatter",
    ),
    "the visible input is hard-coded": Wrong(
        """\
def order(xs):
    return sorted(xs)
""",
        """\
def order(xs):
    if xs == [3, 1, 2]:
        return [1, 2, 3]
    return sorted(xs)
""",
        "order", ("order([3, 1, 2])",), (Different,), "written-out value",
    ),
    "a list becomes a generator": Wrong(
        """\
def evens(xs):
    return [x for x in xs if x % 2 == 0]
""",
        """\
def evens(xs):
    return (x for x in xs if x % 2 == 0)
""",
        "evens", ("evens([1, 2, 4])",), (Different,), "result",
    ),
    "an async function is not judged yet": Wrong(
        """\
async def twice(x):
    return x * 2
""",
        """\
async def twice(x):
    return x + x
""",
        "twice", ("twice(2)",), (Inconclusive,), "Async",
    ),
}
# fmt: on


@pytest.mark.parametrize("name", WRONG)
def test_it_is_refused_with_its_reason(judged: Callable[..., Outcome], name: str) -> None:
    wrong = WRONG[name]
    outcome = judged(wrong.original, wrong.candidate, wrong.where, *wrong.calls)
    [attempt] = outcome.attempts
    assert isinstance(attempt.verdict, wrong.verdicts), attempt.verdict
    assert not attempt.offered
    assert re.search(wrong.reason, attempt.refusal), attempt.refusal


def test_a_speed_up_on_one_input_that_slows_the_others_is_not_offered(
    judged: Callable[..., Outcome], settled: Callable[..., Outcome]
) -> None:
    original = """\
def has(xs, x):
    for y in xs:
        if x == y:
            return True
    return False
"""
    candidate = """\
def has(xs, x):
    return x in set(xs)
"""
    calls = [f"has(list(range({n})), 0)" for n in (3000, 2000, 1500, 1000, 800, 600, 500)]
    calls.append("has(list(range(200000)), 199999)")
    outcome = settled(lambda: judged(original, candidate, "has", *calls))
    [attempt] = outcome.attempts
    assert not attempt.offered
    assert attempt.comparison is None or "slower" in attempt.refusal, attempt.refusal


@pytest.mark.parametrize(
    ("candidate", "reason"),
    [
        (
            """\
def total(xs):
    while True:
        pass
""",
            "no answer",
        ),
        (
            """\
def total(xs):
    import os
    os.fork()
    return sum(xs)
""",
            "fork",
        ),
        (
            """\
def total(xs):
    hoard = []
    while True:
        hoard.append('x' * 10_000_000)
""",
            "memory|no answer|MemoryError",
        ),
        (
            """\
def total(xs):
    raise SystemExit(0)
""",
            "SystemExit",
        ),
        (
            """\
def total(xs):
    while True:
        print('x' * 100_000)
""",
            "no answer|print",
        ),
        (
            """\
def total(xs):
    return len(open('/etc/passwd').read()) and sum(xs)
""",
            "open",
        ),
    ],
    ids=["hangs", "forks", "eats memory", "exits", "floods stdout", "reads a secret"],
)
def test_sabotage_is_refused_with_a_sentence(judged: Callable[..., Outcome], candidate: str, reason: str) -> None:
    original = """\
def total(xs):
    t = 0
    for x in xs:
        t += x
    return t
"""
    outcome = judged(original, candidate, "total", "total([1, 2, 3])")
    [attempt] = outcome.attempts
    assert isinstance(attempt.verdict, Different | Inconclusive), attempt.verdict
    assert re.search(reason, attempt.refusal), attempt.refusal


def test_a_true_rewrite_is_equivalent_and_faster(
    judged: Callable[..., Outcome], settled: Callable[..., Outcome]
) -> None:
    original = """\
def common(a: list[int], b: list[int]) -> list[int]:
    return [x for x in a if x in b]
"""
    candidate = """\
def common(a: list[int], b: list[int]) -> list[int]:
    known = set(b)
    return [x for x in a if x in known]
"""
    call = "common(list(range(800)), list(range(400, 1200)))"
    outcome = settled(lambda: judged(original, candidate, "common", call))
    [attempt] = outcome.attempts
    assert isinstance(attempt.verdict, Equivalent | EquivalentExcept), attempt.verdict
    assert attempt.comparison is not None and attempt.comparison.headline is not None
    assert attempt.comparison.answer is Answer.FASTER and attempt.comparison.headline.point > 10


def test_globals_that_only_the_rewrite_touches_are_compared(judged: Callable[..., Outcome]) -> None:
    original = "LOG = []\n\ndef record(x):\n    LOG.append(x)\n\ndef double(x: int) -> int:\n    return x + x\n"
    candidate = "def double(x: int) -> int:\n    record(x)\n    return x * 2\n"
    [attempt] = judged(original, candidate, "double", "double(4)").attempts
    assert isinstance(attempt.verdict, Different) and "globals" in attempt.refusal, attempt.refusal


def test_a_rewrite_that_cannot_be_imported_is_said_so(judged: Callable[..., Outcome]) -> None:
    original = "LIMIT = 3\n\ndef double(x: int) -> int:\n    return x + x\n"
    candidate = "LIMIT = 1 / 0\n\ndef double(x: int) -> int:\n    return x * 2\n"
    [attempt] = judged(original, candidate, "double", "double(4)").attempts
    assert not isinstance(attempt.verdict, Equivalent | EquivalentExcept), attempt.verdict
    assert "ZeroDivisionError" in attempt.refusal or "LIMIT" in attempt.refusal, attempt.refusal


def test_state_that_the_user_declared_ignorable_is_left_out_and_named(
    judged: Callable[..., Outcome], workspace: Path
) -> None:
    original = "CALLS = [0]\n\ndef double(x: int) -> int:\n    CALLS[0] += 1\n    return x + x\n"
    candidate = "def double(x: int) -> int:\n    return x * 2\n"
    with (workspace / "pyproject.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[tool.afterburner]\nignore-state = ["CALLS"]\n')
    outcome = judged(original, candidate, "double", "double(4)")
    assert not isinstance(outcome.attempts[0].verdict, Different), outcome.attempts[0].verdict
    assert any("CALLS" in note for note in outcome.notes)
