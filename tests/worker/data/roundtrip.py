"""Run by any CPython: freezes samples, thaws them, freezes again, and prints what came out as JSON."""

from __future__ import annotations

import array
import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import functools
import io
import itertools
import json
import math
import operator
import pathlib
import random
import re
import sys
import threading
import types
import uuid


class Backwards:
    def __len__(self):
        return 3

    def __getitem__(self, index):
        return index * 10


class Color(enum.Enum):
    RED = 1


class Bits(enum.Flag):
    A = 1
    B = 2


class Plain:
    def __init__(self, a):
        self.a = a
        self.me = self


class Slotted:
    __slots__ = ("__hidden", "a", "unset")

    def __init__(self, a):
        self.a = a
        self.__hidden = [a]


class Below(Slotted):
    def __init__(self, a):
        super().__init__(a)
        self.extra = {a: a}


@dataclasses.dataclass(frozen=True)
class Frozen:
    x: int
    y: list


class Strict(list):
    def __iter__(self):
        raise AssertionError("called")

    def __len__(self):
        raise AssertionError("called")


class Text(str):
    __slots__ = ()


class Number(int):
    pass


class Mapping(dict):
    def items(self):
        raise AssertionError("called")


class Failure(Exception):
    def __init__(self, a, b):
        super().__init__(f"{a} and {b}")
        self.b = b


Point = collections.namedtuple("Point", "x y")


def generate():
    yield [1]
    yield (2,)
    return "end"


def fail():
    yield 1
    raise Failure(1, 2)


def cycle():
    out = [1]
    out.append((out,))
    return out


def shared():
    one = {"a": 1}
    return [one, one, (one,)]


def deep():
    out = []
    for _ in range(20_000):
        out = [out]
    return out


SAMPLES = {
    "atoms": lambda: [None, True, False, 0, -1, 2**62, 2**63, -(2**63), 2**200, "", "é\0\ud800", 1.5, -0.0, 5e-324],
    "floats": lambda: [float("inf"), float("-inf"), float("nan"), 0.1],
    "bytes": lambda: [
        b"",
        b"\x00a",
        bytearray(b"xy"),
        complex(1, -0.0),
        range(1, 9, 2),
        slice(1, None, 2),
        ...,
        NotImplemented,
    ],
    "containers": lambda: [
        (),
        (1, [2]),
        {1: [2], "a": {3}},
        {1, 2},
        frozenset({"a", (1, 2)}),
        collections.deque([1, [2]], 5),
    ],
    "mixed set": lambda: {1, "a", 2.5, None, (1, "b"), frozenset({3, (4,)}), Point(1, 2)},
    "collections": lambda: [
        collections.Counter("aab"),
        collections.OrderedDict(b=1, a=[2]),
        collections.defaultdict(list, a=[1]),
    ],
    "decimals": lambda: [
        decimal.Decimal("1.10"),
        decimal.Decimal("-0E+3"),
        decimal.Decimal("sNaN"),
        fractions.Fraction(-1, 3),
    ],
    "times": lambda: [
        datetime.date(2020, 2, 29),
        datetime.datetime(2020, 10, 25, 2, 30, fold=1),
        datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc),
        datetime.time(1, 2, 3, 4, datetime.timezone(datetime.timedelta(hours=-3), "X")),
        datetime.timedelta(-1, 5, 7),
    ],
    "values": lambda: [
        uuid.UUID(int=5),
        pathlib.PurePosixPath("/a/b"),
        pathlib.Path("x"),
        re.compile("a+", re.I),
        re.compile(b"b"),
    ],
    "enums": lambda: [Color.RED, Bits.A, Bits.A | Bits.B],
    "names": lambda: [int, Plain, type(None), len, json.dumps, str.lower, fractions.Fraction.limit_denominator],
    "objects": lambda: [Plain([1]), Slotted(2), Below(3), Frozen(1, [2]), object()],
    "subclasses": lambda: [Strict([1]), Text("t"), Number(7), Mapping(a=1), Point(1, [2])],
    "errors": lambda: [
        ValueError("x", 1),
        Failure(1, 2),
        OSError(2, "no", "file"),
        KeyError(Plain(1)),
        UnicodeDecodeError("a", b"b", 0, 1, "c"),
    ],
    "lazy": lambda: [generate(), fail(), iter([1, [2]]), iter((1, 2))],
    "cycle": cycle,
    "shared": shared,
    "deep": deep,
}

def unloaded():
    """A function of a module that nobody has loaded, with what it needs of that module."""
    space = {"__name__": "gone", "math": math, "LIMIT": 3, "__builtins__": __builtins__}
    return eval("lambda x: [math.floor(x), LIMIT, len(str(x))]", space)


def local(step):
    """Functions that share a cell, one of which calls itself."""
    count = [0]

    def up(n, *, by=step):
        count[0] += by
        return n if n <= 0 else up(n - 1)

    return [up, lambda: count, lambda x, y=[1]: (x, y), lambda x: math.floor(x)]


def started(iterator, items=1):
    for _ in range(items):
        next(iterator)
    return iterator


CARRIED = {
    "functions": lambda: local(2),
    "unloaded": unloaded,
    "bound": lambda: [[1].append, {"a": 1}.get, Plain([1]).__init__, "a".upper, dict.fromkeys, [1].__len__],
    "partials": lambda: [
        functools.partial(max, [1], key=len),
        functools.partial(local(1)[0], by=3),
        operator.itemgetter(1),
        operator.itemgetter("a", "b"),
        operator.attrgetter("a.b"),
        operator.methodcaller("split", ","),
        operator.methodcaller("sort", key=len, reverse=True),
    ],
    "cached": lambda: [re.compile, functools.lru_cache],
    "views": lambda: [
        {"a": [1]}.keys(),
        {"a": [1]}.values(),
        collections.OrderedDict(a=1).items(),
        types.MappingProxyType({"a": [1]}),
        memoryview(b"abc"),
        memoryview(bytearray(b"abc")),
    ],
    "buffers": lambda: [io.StringIO("a\nb"), started(io.StringIO("a\nb\n")), started(io.BytesIO(b"a\nb\n"))],
    "simple": lambda: [types.SimpleNamespace(a=[1]), collections.UserDict(a=1), collections.UserList([1])],
    "iterators": lambda: [
        started(iter([1, [2], 3])),
        iter((1, 2)),
        started(iter("abé")),
        started(iter(range(5))),
        iter(b"ab"),
        started(iter({"a": 1, "b": 2})),
        iter({"a": [1]}.items()),
        started(iter({1, 2, 3})),
        started(iter(collections.deque([1, 2]))),
        started(reversed([1, 2, 3])),
        started(reversed((1, 2, 3))),
        reversed({"a": 1, "b": 2}),
        iter([]),
    ],
    "pickled": lambda: [array.array("i", [1]), random.Random(3)],
}

FRESH = {
    "map": lambda: started(map(lambda x: x + 1, iter([1, 2, 3]))),
    "filter": lambda: filter(None, [0, 1, 2]),
    "zip": lambda: started(zip("abc", range(3))),
    "twice": lambda: (lambda it: zip(it, it))(iter([1, 2, 3, 4])),
    "enumerate": lambda: started(enumerate("abc", 5)),
    "reversed": lambda: started(reversed(Backwards())),
    "count": lambda: started(itertools.count(5, 2)),
    "cycle": lambda: started(itertools.cycle([1, 2, 3]), 4),
    "repeat": lambda: itertools.repeat([1], 3),
    "chain": lambda: started(itertools.chain([1, 2], (3,), "ab"), 3),
    "islice": lambda: started(itertools.islice([1, 2, 3, 4, 5], 1, 4)),
    "accumulate": lambda: started(itertools.accumulate([1, 2, 3, 4])),
    "takewhile": lambda: itertools.takewhile(lambda x: x < 3, [1, 2, 3, 4]),
    "product": lambda: started(itertools.product("ab", repeat=2)),
    "combinations": lambda: started(itertools.combinations("abc", 2)),
    "zip_longest": lambda: itertools.zip_longest("ab", "c", fillvalue=0),
    "sentinel": lambda: iter([3, 2, 1].pop, 1),
    "huge range": lambda: started(iter(range(10**6))),
}
"""Iterators that are written as what makes them again."""

OPAQUE = {
    "lock": threading.Lock,
    "lambda": lambda: lambda: 1,
    "array": lambda: array.array("i", [1]),
    "local class": lambda: type("Local", (), {}),
    "file": lambda: sys.stderr,
}


def main():
    from afterburner_worker.freeze import freeze
    from afterburner_worker.graph import canonical
    from afterburner_worker.thaw import compile_thaw, thaw

    out = {"same": {}, "kinds": {}, "graphs": {}}
    for name, make in SAMPLES.items():
        graph = freeze({"x": make()})
        copies = compile_thaw(graph)
        found = [canonical(freeze(copy)) for copy in (thaw(graph), copies(), copies())]
        out["same"][name] = found == [canonical(graph)] * 3
        out["graphs"][name] = graph
    for name, make in CARRIED.items():
        original = make()
        graph = freeze({"x": original}, drain=False, carry=True)
        copies = compile_thaw(graph)
        found = [canonical(freeze(copy, drain=False, carry=True)) for copy in (thaw(graph), copies(), copies())]
        out["same"][name] = found == [canonical(graph)] * 3
        out["graphs"][name] = graph
        again = freeze(copies(), drain=True, carry=name in ("pickled",))
        out["same"][name + " observed"] = [node for node in again["nodes"] if node[0] == "opaque"] == []
    for name, make in FRESH.items():
        original = make()
        graph = freeze({"x": original}, drain=False, carry=True)
        copies = compile_thaw(graph)
        rest = list(itertools.islice(original, 7))
        found = [list(itertools.islice(copy["x"], 7)) for copy in (thaw(graph), copies(), copies())]
        out["same"][name] = found == [rest] * 3
        out["graphs"][name] = graph
    for name, make in OPAQUE.items():
        graph = freeze({"x": make()})
        out["kinds"][name] = graph["nodes"][graph["roots"]["x"][0]][0]
    print(json.dumps(out))


if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])
    main()
