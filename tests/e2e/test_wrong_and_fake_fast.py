"""Rewrites that change behaviour or only look fast: each is refused, and the reason names what is wrong.

The classes are those that other tools accepted: caller's data mutated, state dropped, effects dropped, randomness
hoisted, error text changed, wrong closure, untested branch, memory between calls, tables at import.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

import pytest

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


WRONG = {
    "the caller's list is mutated": Wrong(
        "def top(items):\n    return sorted(items)[0]\n",
        "def top(items):\n    items.sort()\n    return items[0]\n",
        "top", ("top([3, 1, 2])",), (Different,), "args",
    ),
    "state of self is dropped": Wrong(
        "class Box:\n    def __init__(self):\n        self.seen = []\n\n    def put(self, x):\n        self.seen = self.seen + [x]\n        return len(self.seen)\n",
        "class Box:\n    def __init__(self):\n        self.seen = []\n\n    def put(self, x):\n        return len(self.seen) + 1\n",
        "Box.put", ("Box().put(1)",), (Different,), "receiver",
    ),
    "global state is dropped": Wrong(
        "COUNT = [0]\n\ndef total(xs):\n    COUNT[0] += 1\n    return sum([x for x in xs])\n",
        "def total(xs):\n    return sum(xs)\n",
        "total", ("total([1, 2])",), (Different,), "globals",
    ),
    "a file is no longer written": Wrong(
        "def save(xs):\n    with open('out.txt', 'w') as f:\n        f.write(str(xs))\n    return len(xs)\n",
        "def save(xs):\n    return len(xs)\n",
        "save", ("save([1])",), (Different, Inconclusive), "open",
    ),
    "a log record is dropped": Wrong(
        "import logging\n\ndef total(xs):\n    logging.getLogger().warning('adding %d', len(xs))\n    return sum(xs)\n",
        "import logging\n\ndef total(xs):\n    return sum(xs)\n",
        "total", ("total([1, 2])",), (Different, Inconclusive), "logging",
    ),
    "a printed line is dropped": Wrong(
        "def total(xs):\n    print('adding', len(xs))\n    return sum(xs)\n",
        "def total(xs):\n    return sum(xs)\n",
        "total", ("total([1, 2])",), (Different,), "stdout",
    ),
    "uuid4 is hoisted": Wrong(
        "import uuid\n\ndef tag(xs):\n    return [(str(uuid.uuid4()), x) for x in xs]\n",
        "import uuid\n\ndef tag(xs):\n    one = str(uuid.uuid4())\n    return [(one, x) for x in xs]\n",
        "tag", ("tag([1, 2])",), (Different, Inconclusive), "different answers|run to run",
    ),
    "random is hoisted": Wrong(
        "import random\n\ndef jitter(xs):\n    return [x + random.random() for x in xs]\n",
        "import random\n\ndef jitter(xs):\n    r = random.random()\n    return [x + r for x in xs]\n",
        "jitter", ("jitter([1.0, 2.0])",), (Different,), "result|random",
    ),
    "an error's text is changed": Wrong(
        "def take(xs, n):\n    if n < 0:\n        raise ValueError('n must not be negative')\n    return [xs[i] for i in range(n)]\n",
        "def take(xs, n):\n    if n < 0:\n        raise ValueError('negative')\n    return [xs[i] for i in range(n)]\n",
        "take", ("take([1, 2, 3], 2)", "take([1], -1)"), (Different,), "negative",
    ),
    "closures see the wrong variable": Wrong(
        "def scaled(ks, x):\n    fs = [lambda v, k=k: v * k for k in ks]\n    return [f(x) for f in fs]\n",
        "def scaled(ks, x):\n    fs = [lambda v: v * k for k in ks]\n    return [f(x) for f in fs]\n",
        "scaled", ("scaled([1, 2, 3], 5)",), (Different,), "result",
    ),
    "a branch that no given call takes is broken": Wrong(
        "def shift(n):\n    if n > 1000:\n        return n - 1000\n    return n\n",
        "def shift(n):\n    if n > 1000:\n        return n\n    return n\n",
        "shift", ("shift(5)", "shift(7)", "shift(900)"), (Different,), "shift",
    ),
    "a number is off beyond a size": Wrong(
        "def total(xs: list[int]) -> int:\n    t = 0\n    for x in xs:\n        t += x\n    return t\n",
        "def total(xs: list[int]) -> int:\n    if len(xs) > 12:\n        return sum(xs) + 1\n    return sum(xs)\n",
        "total", ("total([1, 2, 3])",), (Different,), "result",
    ),
    "a memo lives in the module": Wrong(
        "def slow(n):\n    t = 0\n    for i in range(n):\n        t += i * i % 7\n    return t\n",
        "_MEMO = {}\n\ndef slow(n):\n    if n not in _MEMO:\n        t = 0\n        for i in range(n):\n            t += i * i % 7\n        _MEMO[n] = t\n    return _MEMO[n]\n",
        "slow", ("slow(2000)",), (Different,), "_MEMO",
    ),
    "a helper is wrapped in lru_cache": Wrong(
        "def part(n):\n    return sum(i * i for i in range(n))\n\ndef slow(n):\n    return part(n) + 1\n",
        "from functools import lru_cache\n\n@lru_cache(maxsize=None)\ndef part(n):\n    return sum(i * i for i in range(n))\n\ndef slow(n):\n    return part(n) + 1\n",
        "slow", ("slow(2000)",), (Different,), "cache|part",
    ),
    "a table is built at import": Wrong(
        "def slow(n: int) -> int:\n    return sum(i * i for i in range(n))\n",
        "_TABLE = [sum(i * i for i in range(n)) for n in range(3000)]\n\ndef slow(n: int) -> int:\n    if 0 <= n < 3000:\n        return _TABLE[n]\n    return sum(i * i for i in range(n))\n",
        "slow", ("slow(2000)",), (Different,), "_TABLE",
    ),
    "the visible input is hard-coded": Wrong(
        "def order(xs):\n    return sorted(xs)\n",
        "def order(xs):\n    if xs == [3, 1, 2]:\n        return [1, 2, 3]\n    return sorted(xs)\n",
        "order", ("order([3, 1, 2])",), (Different,), "written-out value",
    ),
    "a list becomes a generator": Wrong(
        "def evens(xs):\n    return [x for x in xs if x % 2 == 0]\n",
        "def evens(xs):\n    return (x for x in xs if x % 2 == 0)\n",
        "evens", ("evens([1, 2, 4])",), (Different,), "result",
    ),
    "an async function is not judged yet": Wrong(
        "async def twice(x):\n    return x * 2\n",
        "async def twice(x):\n    return x + x\n",
        "twice", ("twice(2)",), (Inconclusive,), "Async",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_it_is_refused_with_its_reason(judged: Callable[..., Outcome], name: str) -> None:
    wrong = WRONG[name]
    outcome = judged(wrong.original, wrong.candidate, wrong.where, *wrong.calls)
    [attempt] = outcome.attempts
    assert isinstance(attempt.verdict, wrong.verdicts), attempt.verdict
    assert not attempt.offered
    assert re.search(wrong.reason, attempt.refusal), attempt.refusal


def test_a_speed_up_on_one_input_that_slows_the_others_is_not_offered(judged: Callable[..., Outcome]) -> None:
    original = "def has(xs, x):\n    for y in xs:\n        if x == y:\n            return True\n    return False\n"
    candidate = "def has(xs, x):\n    return x in set(xs)\n"
    calls = [f"has(list(range({n})), 0)" for n in (3000, 2000, 1500, 1000, 800, 600, 500)]
    outcome = judged(original, candidate, "has", *calls, "has(list(range(200000)), 199999)")
    [attempt] = outcome.attempts
    assert not attempt.offered
    assert attempt.comparison is None or "slower" in attempt.refusal, attempt.refusal


@pytest.mark.parametrize(
    ("candidate", "reason"),
    [
        ("def total(xs):\n    while True:\n        pass\n", "no answer"),
        ("def total(xs):\n    import os\n    os.fork()\n    return sum(xs)\n", "fork"),
        ("def total(xs):\n    hoard = []\n    while True:\n        hoard.append('x' * 10_000_000)\n", "memory|no answer|MemoryError"),
        ("def total(xs):\n    raise SystemExit(0)\n", "SystemExit"),
        ("def total(xs):\n    while True:\n        print('x' * 100_000)\n", "no answer|print"),
        ("def total(xs):\n    return len(open('/etc/passwd').read()) and sum(xs)\n", "open"),
    ],
    ids=["hangs", "forks", "eats memory", "exits", "floods stdout", "reads a secret"],
)
def test_sabotage_is_refused_with_a_sentence(judged: Callable[..., Outcome], candidate: str, reason: str) -> None:
    original = "def total(xs):\n    t = 0\n    for x in xs:\n        t += x\n    return t\n"
    outcome = judged(original, candidate, "total", "total([1, 2, 3])")
    [attempt] = outcome.attempts
    assert isinstance(attempt.verdict, Different | Inconclusive), attempt.verdict
    assert re.search(reason, attempt.refusal), attempt.refusal


def test_a_true_rewrite_is_equivalent_and_faster(judged: Callable[..., Outcome]) -> None:
    original = "def common(a: list[int], b: list[int]) -> list[int]:\n    return [x for x in a if x in b]\n"
    candidate = "def common(a: list[int], b: list[int]) -> list[int]:\n    known = set(b)\n    return [x for x in a if x in known]\n"
    outcome = judged(original, candidate, "common", "common(list(range(800)), list(range(400, 1200)))")
    [attempt] = outcome.attempts
    assert isinstance(attempt.verdict, Equivalent | EquivalentExcept), attempt.verdict
    assert attempt.comparison is not None and attempt.comparison.headline is not None
    assert attempt.comparison.headline.lower > 5
