"""Run by any CPython: freezes samples, thaws them, freezes again, and prints what came out as JSON."""

from __future__ import annotations

import array
import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import json
import pathlib
import re
import sys
import threading
import uuid


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

OPAQUE = {
    "lock": threading.Lock,
    "lambda": lambda: lambda: 1,
    "bound": lambda: [].append,
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
    for name, make in OPAQUE.items():
        graph = freeze({"x": make()})
        out["kinds"][name] = graph["nodes"][graph["roots"]["x"][0]][0]
    print(json.dumps(out))


if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])
    main()
