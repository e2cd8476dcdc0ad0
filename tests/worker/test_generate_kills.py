"""Wrong rewrites, each of which generated calls must tell from its original: around one call, and from types alone."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import pytest

from afterburner_worker.constants import constants_of
from afterburner_worker.generate import Call, mutated, propose
from afterburner_worker.key import key
from afterburner_worker.parameters import inferred


class Wrong(NamedTuple):
    """A function, a rewrite that differs somewhere, and one ordinary call."""

    name: str
    original: str
    rewrite: str
    seed: tuple[Any, ...]


WRONG = [
    Wrong(
        "off by one at the end",
        "def f(xs: list[int], k: int): return [sum(xs[i:i+k]) for i in range(len(xs) - k + 1)]",
        "def f(xs: list[int], k: int): return [sum(xs[i:i+k]) for i in range(len(xs) - k)]",
        ([1, 2, 3, 4], 2),
    ),
    Wrong(
        "window of nothing",
        "def f(xs: list[int], k: int): return [xs[i:i+k] for i in range(0, len(xs), max(k, 1))]",
        "def f(xs: list[int], k: int): return [xs[i:i+k] for i in range(0, len(xs), k)] if xs else []",
        ([1, 2, 3], 2),
    ),
    Wrong(
        "last of the ties",
        "def f(xs: list[str]): return max(xs, key=len) if xs else None",
        "def f(xs: list[str]): return sorted(xs, key=len)[-1] if xs else None",
        (["a", "bb", "ccc"],),
    ),
    Wrong(
        "unstable descending",
        "def f(xs: list[tuple[int, str]]): return sorted(xs, key=lambda p: -p[0])",
        "def f(xs: list[tuple[int, str]]): return sorted(xs, key=lambda p: p[0])[::-1]",
        ([(1, "a"), (2, "b")],),
    ),
    Wrong(
        "lower for casefold",
        "def f(s: str): return s.casefold()",
        "def f(s: str): return s.lower()",
        ("Hello",),
    ),
    Wrong(
        "digits of ASCII only",
        "def f(s: str): return [c for c in s if c.isdigit()]",
        "def f(s: str): return [c for c in s if '0' <= c <= '9']",
        ("a1b2",),
    ),
    Wrong(
        "one blank is not white space",
        "def f(s: str): return s.split()",
        "def f(s: str): return s.split(' ')",
        ("a b",),
    ),
    Wrong(
        "other line ends",
        "def f(s: str): return s.splitlines()",
        "def f(s: str): return s.split('\\n')",
        ("a\nb",),
    ),
    Wrong(
        "stripped too little",
        "def f(s: str): return s.strip()",
        "def f(s: str): return s.strip(' ')",
        (" a ",),
    ),
    Wrong(
        "empty is an error",
        "def f(xs: list[int]): return max(xs)",
        "def f(xs: list[int]): return max(xs, default=0)",
        ([3, 1],),
    ),
    Wrong(
        "order lost with the duplicates",
        "def f(xs: list[int]): return list(dict.fromkeys(xs))",
        "def f(xs: list[int]): return sorted(set(xs))",
        ([1, 2, 3],),
    ),
    Wrong(
        "a pair of one element",
        "def f(xs: list[int], t: int): return any(a + b == t for i, a in enumerate(xs) for b in xs[:i])",
        "def f(xs: list[int], t: int): return any(t - a in set(xs) for a in xs)",
        ([1, 5, 9], 6),
    ),
    Wrong(
        "the caller's list sorted",
        "def f(xs: list[int]): return sorted(xs)[:2]",
        "def f(xs: list[int]):\n    xs.sort()\n    return xs[:2]",
        ([1, 2, 3],),
    ),
    Wrong(
        "the caller's list returned",
        "def f(xs: list[int]): return [x for x in xs if x >= 0]",
        "def f(xs: list[int]): return xs if min(xs, default=0) >= 0 else [x for x in xs if x >= 0]",
        ([1, -2],),
    ),
    Wrong(
        "rows shared",
        "def f(m: list[list[int]]): return [list(row) for row in m]",
        "def f(m: list[list[int]]): return list(m)",
        ([[1, 2], [3, 4]],),
    ),
    Wrong(
        "truncated, not floored",
        "def f(a: int, b: int): return a // (abs(b) + 1)",
        "def f(a: int, b: int): return int(a / (abs(b) + 1))",
        (7, 2),
    ),
    Wrong(
        "floats round large ints",
        "def f(n: int): return n * 3 // 7",
        "def f(n: int): return int(n * 3 / 7)",
        (70,),
    ),
    Wrong(
        "broken beyond a size",
        "def f(xs: list[int]): return sum(xs)",
        "def f(xs: list[int]): return sum(xs) if len(xs) <= 50 else sum(xs[:50])",
        ([1, 2, 3],),
    ),
    Wrong(
        "broken beyond a value",
        "def f(n: int): return n % 10",
        "def f(n: int): return n % 10 if n < 700 else n % 100",
        (13,),
    ),
    Wrong(
        "square matrices only",
        "def f(m: list[list[int]]): return [list(c) for c in zip(*m)]",
        "def f(m: list[list[int]]): return [[m[j][i] for j in range(len(m))] for i in range(len(m))]",
        ([[1, 2], [3, 4]],),
    ),
    Wrong(
        "the default lost",
        "def f(s: str, sep: str = ', ', *, upper: bool = False): return sep.join(s.upper() if upper else s)",
        "def f(s: str, sep: str = ', ', *, upper: bool = False): return sep.join(s)",
        ("ab",),
    ),
    Wrong(
        "shorter list padded",
        "def f(a: list[int], b: list[int]): return [x * y for x, y in zip(a, b)]",
        "def f(a: list[int], b: list[int]): return [a[i] * b[i] for i in range(len(a))]",
        ([1, 2], [3, 4]),
    ),
    Wrong(
        "counts ignored",
        "def f(a: str, b: str): return sorted(a) == sorted(b)",
        "def f(a: str, b: str): return set(a) == set(b)",
        ("abc", "cab"),
    ),
    Wrong(
        "later key forgotten",
        "def f(d: dict[str, int]): return {v: k for k, v in d.items()}",
        "def f(d: dict[str, int]): return {v: k for k, v in sorted(d.items(), reverse=True)}",
        ({"a": 1, "b": 2},),
    ),
    Wrong(
        "not a number",
        "def f(xs: list[float]): return sorted(set(xs)) == sorted(xs) and all(x == x for x in xs)",
        "def f(xs: list[float]): return sorted(set(xs)) == sorted(xs)",
        ([1.0, 2.5],),
    ),
    Wrong(
        "negative zero",
        "def f(x: float): return x * 2",
        "def f(x: float): return x * 2 + 0.0",
        (1.5,),
    ),
    Wrong(
        "any number of arguments",
        "def f(*xs: int): return max(xs, default=None)",
        "def f(*xs: int): return max(xs[:3], default=None)",
        (1, 2),
    ),
]


def outcome(function: Callable[..., Any], call: Call) -> str:
    """What a call does, strictly: value or exception's type, arguments afterwards, aliasing between them."""
    args, kwargs = copy.deepcopy(call)
    try:
        result: object = function(*args, **kwargs)
    except Exception as error:
        result = type(error).__name__
    return key([result, args, kwargs])


def defined(source: str) -> Callable[..., Any]:
    names: dict[str, Any] = {}
    exec(source, names)
    function: Callable[..., Any] = names["f"]
    return function


def told_apart(wrong: Wrong, calls: list[Call]) -> bool:
    original, rewrite = defined(wrong.original), defined(wrong.rewrite)
    return any(outcome(original, call) != outcome(rewrite, call) for call in calls)


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.name)
def test_mutations_of_one_call_tell_it_apart(wrong: Wrong) -> None:
    parameters = inferred(defined(wrong.original))
    calls = mutated([(wrong.seed, {})], parameters, constants_of(wrong.original, wrong.rewrite), 600, 1)
    assert told_apart(wrong, calls)


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.name)
def test_calls_from_types_alone_tell_it_apart(wrong: Wrong) -> None:
    parameters = inferred(defined(wrong.original))
    constants = constants_of(wrong.original, wrong.rewrite)
    first = propose(parameters, 1, 150, constants)
    assert told_apart(wrong, first + mutated(first[:8], parameters, constants, 450, 1))


@pytest.mark.parametrize("wrong", [w for w in WRONG if len(w.seed) == 1], ids=lambda wrong: wrong.name)
def test_a_call_without_any_annotation_tells_it_apart(wrong: Wrong) -> None:
    parameters = [replace(parameter, types=()) for parameter in inferred(defined(wrong.original))]
    calls = mutated([(wrong.seed, {})], parameters, constants_of(wrong.original, wrong.rewrite), 600, 1)
    assert told_apart(wrong, calls)


def test_equal_versions_are_not_told_apart() -> None:
    same = Wrong(
        "same", "def f(xs: list[int]): return sum(xs)", "def f(ys: list[int]): return sum(y for y in ys)", ([1],)
    )
    assert not told_apart(same, mutated([(same.seed, {})], inferred(defined(same.original)), {}, 300, 1))
