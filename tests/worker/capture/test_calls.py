"""What is recorded of a call, whatever the target is, and what is said of one that cannot be kept."""

from __future__ import annotations

from typing import Any

import pytest

SUBJECT = """
import functools
UNSET = object()

def plain(a, b=2, *rest, key=None, **others):
    return a

def positional(a, /, b, *, c=3):
    return a

def unset(a, b=UNSET, c=UNSET, d=4):
    return a

def deco(f):
    @functools.wraps(f)
    def inner(*args, **kwargs):
        return f(*args, **kwargs)
    return inner

@deco
@functools.lru_cache(None)
def wrapped(n):
    return n

def changes(items):
    items.clear()

def recursive(n):
    return n if n < 2 else recursive(n - 1) + recursive(n - 2)

def lazy(items):
    for item in items:
        yield item

async def later(n):
    return n

async def stream(n):
    yield n

class Box:
    def __init__(self, value=0):
        self.value = value

    def __eq__(self, other):
        raise AssertionError("user code was called")

    __hash__ = None
    __repr__ = __eq__

    def add(self, other):
        return Box(self.value + other)

    @classmethod
    def make(cls, value):
        return cls(value)

    @staticmethod
    def double(value):
        return 2 * value

    @property
    def half(self):
        return self.value / 2

    class Inner:
        def get(self, n):
            return n

class Sub(Box):
    def add(self, other):
        return super().add(other)
"""
BOX = ["object", "subject:Box"]


HEAD = "import asyncio\nfrom subject import *\nfrom subject import UNSET\n"


@pytest.mark.parametrize(
    ("qualname", "body", "calls"),
    [
        ("plain", "plain(1)", [([1, 2], {"key": None})]),
        ("plain", "plain(1, 5, 6, 7, key=8, z=9)", [([1, 5, 6, 7], {"key": 8, "z": 9})]),
        ("positional", "positional(1, b=2)", [([1, 2], {"c": 3})]),
        ("unset", "unset(1)", [([1], {"d": 4})]),
        ("unset", "unset(1, c=2)", [([1], {"c": 2, "d": 4})]),
        ("plain", "for a in (1, True, '1', 1, True): plain(a)", [([a, 2], {"key": None}) for a in (1, True, "1")]),
        ("plain", "plain(1, z=1), plain(1, y=1)", [([1, 2], {"key": None, name: 1}) for name in "zy"]),
        ("wrapped", "wrapped(1), wrapped(1), wrapped(2)", [([1], {}), ([2], {})]),
        ("changes", "changes([1, 2])", [([[1, 2]], {})]),
        ("lazy", "list(lazy([1, 2]))", [([[1, 2]], {})]),
        ("later", "asyncio.run(later(3))", [([3], {})]),
        ("stream", "asyncio.run(stream(3).__anext__())", [([3], {})]),
        ("Box.double", "Box.double(3), Box().double(4)", [([3], {}), ([4], {})]),
        ("Box.Inner.get", "Box.Inner().get(1)", [([1], {})]),
        ("Box.__init__", "Box(4)", [([4], {})]),
        ("plain", "plain(lambda x: x + UNSET)", [([["carried", "__main__:<lambda>"], 2], {"key": None})]),
        ("plain", "import os\nplain(os)", [([["module", "os"], 2], {"key": None})]),
    ],
)
def test_arguments_are_recorded_as_they_can_be_passed(project: Any, qualname: str, body: str, calls: Any) -> None:
    captured = ran(project, qualname, body)
    assert captured.calls == calls


@pytest.mark.parametrize(
    ("qualname", "body", "receivers"),
    [
        ("Box.add", "Box(1).add(2)", [BOX]),
        ("Box.add", "Sub(1).add(2)", [["object", "subject:Sub"]]),
        ("Box.make", "Box.make(1), Sub.make(1)", [["class", "subject:Box"], ["class", "subject:Sub"]]),
        ("Box.half", "Box(3).half", [BOX]),
    ],
)
def test_what_a_method_is_called_on_is_apart(project: Any, qualname: str, body: str, receivers: Any) -> None:
    captured = ran(project, qualname, body)
    graphs = [body["graph"] for _, body in sorted(captured.recorded.items())]
    assert [graph["nodes"][graph["roots"]["receiver"][0]][:2] for graph in graphs] == receivers


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("import sqlite3\nplain(sqlite3.connect(':memory:'))", "`a` is a sqlite3.Connection, which cannot be rebuilt"),
        ("import sys\nplain([sys.modules['__main__']])", "`a` holds a module, which is not found by"),
        ("import threading\nplain(1, key=[threading.Lock()])", "`key` holds a _thread.lock, which cannot be rebuilt"),
        ("class Local: pass\nplain(Local())", "`a` is a __main__.Local, which is not found by"),
    ],
)
def test_what_cannot_be_rebuilt_is_named(project: Any, body: str, reason: str) -> None:
    captured = ran(project, "plain", body)
    [(program, said)] = captured.unrecorded
    assert program == "run.py" and reason in said and not captured.recorded


def test_an_iterator_is_not_consumed(project: Any) -> None:
    body = "import itertools\nassert sum(1 for _ in lazy(itertools.chain([1], (x for x in [2, 3])))) == 3"
    ran(project, "lazy", body)


def test_of_a_recursion_the_outer_call_comes_first_and_few_inner_ones(project: Any) -> None:
    captured = ran(project, "recursive", "for n in range(10, 16): recursive(n)", most_cases=8)
    arguments = sorted(args[0] for args, _ in captured.calls)
    assert set(range(10, 16)) <= set(arguments) and len(arguments) <= 9
    assert captured.ended["calls"] > 1_000


@pytest.mark.parametrize("qualname", ["plain", "changes", "stream"])
def test_tracebacks_signatures_and_sources_stay_what_they_are(project: Any, qualname: str) -> None:
    body = """\
import inspect, traceback
assert str(inspect.signature(plain)) == "(a, b=2, *rest, key=None, **others)"
assert inspect.iscoroutinefunction(later) and inspect.isgeneratorfunction(lazy) and inspect.isasyncgenfunction(stream)
assert inspect.getsource(plain).startswith("def plain(") and plain.__code__.co_name == "plain"
try:
    changes(3)
except AttributeError as error:
    frames = traceback.extract_tb(error.__traceback__)
    assert [frame.name for frame in frames] == ["<module>", "changes"]
    assert frames[-1].line == "items.clear()"
"""
    ran(project, qualname, body)


def test_the_open_text_stands_in_for_the_file(project: Any) -> None:
    project.write({"subject.py": "def f(x):\n    return 0\n", "run.py": "import subject\nassert subject.f(1) == 1\n"})
    captured = project.capture("f", "script", "run.py", text="def f(x):\n    return x\n")
    assert captured.outcomes == {"run.py": "passed"} and captured.calls == [([1], {})]


HOT = """
import unittest
from subject import f

class Test(unittest.TestCase):
    def test_a(self):
        f([1] * 500)

    def test_hot(self):
        for n in range(100_000):
            f(n)

    def test_z(self):
        f([2] * 500)
"""


def test_no_hot_test_takes_every_slot_and_the_choice_repeats(project: Any) -> None:
    project.write({"subject.py": "def f(x):\n    return x\n", "test_hot.py": HOT})
    first = project.capture("f", "unittest", "test_hot", most_cases=16, seed=1)
    kept = [body["test"].rpartition(".")[2] for body in first.recorded.values()]
    assert sorted(kept) == ["test_a", *["test_hot"] * 8, "test_z"]
    again = project.capture("f", "unittest", "test_hot", most_cases=16, seed=1)
    other = project.capture("f", "unittest", "test_hot", most_cases=16, seed=2)
    assert first.calls == again.calls != other.calls


def test_equal_calls_count_once_and_large_ones_are_named(project: Any) -> None:
    captured = ran(project, "plain", "plain([1])\nplain([1])\nplain([[n] for n in range(1000)])", most_nodes=500)
    assert captured.calls == [([[1], 2], {"key": None})]
    assert captured.unrecorded == [("run.py", "its arguments have more than 500 parts")]


def test_without_time_for_snapshots_nothing_is_kept_and_that_is_said(project: Any) -> None:
    captured = ran(project, "plain", "for n in range(100): plain([[n]] * 5000)", share=-1e9)
    assert not captured.recorded
    assert captured.unrecorded == [
        ("run.py", "its arguments could not be written down in the time that a test may lose")
    ]


def test_a_forked_child_and_a_new_process_write_nothing(project: Any) -> None:
    body = """\
import os, subprocess, sys
child = os.fork()
if child == 0:
    plain("in the child")
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
subprocess.run([sys.executable, "-c", "import subject; subject.plain(1)"], check=True)
plain("here")
"""
    assert [args[0] for args, _ in ran(project, "plain", body).calls] == ["here"]


def test_patched_clocks_files_and_json_do_no_harm(project: Any) -> None:
    body = """\
import json, os, time
from unittest import mock
with mock.patch("os.open", side_effect=OSError), mock.patch("os.write", side_effect=OSError):
    plain(1)
with mock.patch("json.dumps", side_effect=ValueError), mock.patch("os.getpid", return_value=1):
    plain(2)
with mock.patch("time.perf_counter", return_value=0.0):
    plain(3)
os.closerange(3, 64)
theirs = [open("theirs.txt", "a+") for _ in range(8)]
plain(4)
assert all(file.read() == "" and file.seek(0) == 0 and file.read() == "" for file in theirs)
"""
    assert [args[0] for args, _ in ran(project, "plain", body).calls] == [1, 2, 3, 4]


def test_what_hides_the_function_is_said(project: Any) -> None:
    hidden = "class Hidden:\n    def __init__(self, f):\n        self.f = f\n\n@Hidden\ndef f():\n    pass\n"
    project.write({"subject.py": hidden, "run.py": "from subject import f\n"})
    captured = project.capture("f", "script", "run.py")
    assert captured.outcomes == {"run.py": "passed"} and not captured.recorded
    assert "cannot be reached" in captured.ended["notes"][0]


def ran(project: Any, qualname: str, body: str, **settings: Any) -> Any:
    """What was captured while a script of this body ran, which must not fail."""
    project.write({"subject.py": SUBJECT, "run.py": HEAD + body})
    captured = project.capture(qualname, "script", "run.py", **settings)
    assert captured.outcomes == {"run.py": "passed"}, captured.output + str(captured.tests)
    assert captured.ended["status"] == "done" and captured.ended["notes"] == []
    return captured
