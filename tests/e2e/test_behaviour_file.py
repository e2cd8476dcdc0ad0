"""Files that `afterburner test` writes: they pass on the function as it was, and fail on rewrites that differ."""

from __future__ import annotations

import asyncio
import importlib.util
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from afterburner import app
from afterburner.core.behaviour import Behaviour
from afterburner.core.request import Request
from afterburner.pipeline.events import silent
from afterburner.report import pytest_file

FUNCTIONS = {
    "results of many types": '''\
def parts(text, seen=None, *, upper=False):
    """
    >>> parts("a b a", upper=True)
    """
    words = (text.upper() if upper else text).split()
    table = {word: words.count(word) for word in words}
    return table, set(words), (len(words), bool(words), float(len(words))), frozenset(table.values()), seen
''',
    "not a number": '''\
def halves(xs: list[float]) -> list[float]:
    """
    >>> halves([1.0, float("nan"), -0.0, float("inf")])
    """
    return [x / 2 for x in xs]
''',
    "objects": '''\
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum


class Size(Enum):
    SMALL = 1
    LARGE = 2


@dataclass
class Item:
    name: str
    price: Decimal


class Cart:
    __slots__ = ("items", "size")

    def __init__(self, items):
        self.items = list(items)
        self.size = Size.LARGE if len(self.items) > 2 else Size.SMALL


def parts(items: list[str]):
    """
    >>> parts(["a", "bb"])
    """
    cart = Cart(Item(name, Decimal(len(name)) / 4) for name in items)
    return cart, cart.size
''',
    "methods": '''\
class Stack:
    """
    >>> Stack([1, 2]).parts(3)
    >>> Stack([]).parts(0)
    """

    def __init__(self, items):
        self.items = items
        self.pushed = 0

    def parts(self, item):
        self.items.append(item)
        self.pushed += 1
        if item < 0:
            raise ValueError(f"{item} is negative")
        return self.items[:]
''',
    "prints and exceptions": '''\
import json


class Wrong(Exception):
    pass


def parts(n: int):
    """
    >>> parts(4)
    >>> parts(-1)
    >>> parts(0)
    """
    print("asked for", n)
    if n < 0:
        raise Wrong("negative", n)
    return json.dumps(100 // n)
''',
    "generators": '''\
def parts(n: int):
    """
    >>> parts(3)
    """
    for i in range(n):
        yield [i] * i
''',
    "a long text": '''\
def parts(text: str) -> str:
    """
    >>> parts("it's \\\\"quoted\\\\"\\\\n\\\\t\\\\x00 \\u00e9")
    >>> parts("x" * 5000)
    """
    return text[::-1][:50]
''',
}  # fmt: skip
WHERE = {"not a number": "halves", "methods": "Stack.parts"}
VISIBLE = {
    "the caller's list is mutated", "state of self is dropped", "a printed line is dropped",
    "an error's text is changed", "closures see the wrong variable", "a branch that no given call takes is broken",
    "a number is off beyond a size", "a list becomes a generator",
}  # fmt: skip
"""The wrong rewrites whose difference shows in results, arguments, exceptions or output."""


@pytest.fixture(scope="module")
def wrong(root: Path) -> dict:
    """The rewrites of test_wrong_and_fake_fast, by name."""
    spec = importlib.util.spec_from_file_location("wrong", root / "tests/e2e/test_wrong_and_fake_fast.py")
    assert spec and spec.loader
    module: ModuleType = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.WRONG


@pytest.fixture
def kept(workspace: Path) -> Callable[..., Behaviour]:
    """`kept(text, "f", *calls)` gives the behaviour of the function, and writes its test."""

    def keep(text: str, where: str, *calls: str, interpreter: str = sys.executable) -> Behaviour:
        (workspace / "subject.py").write_text(text, encoding="utf-8")
        request = Request(workspace / "subject.py", where, "quick", calls, interpreter=interpreter)
        found = asyncio.run(app.behaviour(request, silent))
        assert not found.problem, found.problem
        (workspace / "test_kept.py").write_text(pytest_file.text(found, "afterburner test"), encoding="utf-8")
        return found

    return keep


def passed(folder: Path) -> tuple[int, str]:
    """Exit status and output of pytest on the test that was kept."""
    command = [sys.executable, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null", "test_kept.py"]
    answer = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return answer.returncode, answer.stdout


def formatted(file: Path) -> str:
    """What ruff would change of a file, or finds wrong with it."""
    ruff = Path(sys.executable).with_name("ruff")
    options = ["--isolated", "--line-length", "120", file]
    changes = subprocess.run([ruff, "format", "--diff", *options], capture_output=True, text=True, check=False).stdout
    select = [ruff, "check", "--quiet", "--select", "E,F,W", "--target-version", "py39"]
    return changes + subprocess.run([*select, *options], capture_output=True, text=True, check=False).stdout


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_file_is_tidy_and_passes_on_the_original(kept, workspace: Path, name: str) -> None:
    found = kept(FUNCTIONS[name], WHERE.get(name, "parts"))
    status, output = passed(workspace)
    rows = sum(len(rows) for _, rows in pytest_file.tests_of(found))
    assert status == 0 and f"{rows} passed" in output, output
    assert rows > 5
    assert formatted(workspace / "test_kept.py") == ""


@pytest.mark.parametrize("name", sorted(VISIBLE))
def test_a_rewrite_that_differs_where_a_test_can_see_it_fails(kept, wrong: dict, workspace: Path, name: str) -> None:
    case = wrong[name]
    kept(case.original, case.where, *case.calls)
    assert passed(workspace)[0] == 0
    (workspace / "subject.py").write_text(case.candidate, encoding="utf-8")
    assert passed(workspace)[0] == 1


def test_calls_that_depend_on_earlier_ones_or_on_chance_are_left_out_and_counted(kept, workspace: Path) -> None:
    text = (
        "import random\n\nSEEN = []\n\ndef count(n: int) -> int:\n    SEEN.append(n)\n"
        "    if n > 5:\n        return n + int(random.random() * 1e9)\n    return len(SEEN) if n < 0 else n\n"
    )
    found = kept(text, "count", "count(-1)", "count(-2)", "count(3)", "count(9)")
    assert passed(workspace)[0] == 0
    assert any("random numbers" in why for why in found.left_out)
    assert any("one after the other" in why for why in found.left_out)
    assert ("-2",) not in [getattr(row, "args", ()) for row in found.rows]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("async def f(n: int) -> int:\n    return n\n", "Asynchronous functions are not verified yet"),
        ("import os\n\ndef f(n: int) -> str:\n    return os.urandom(8).hex()\n", "different answers from run to run"),
        ("import random\n\ndef f(n: int) -> float:\n    return random.random()\n", "No call of it can be written down"),
        ("def f(n: int):\n    x = []\n    x.append(x)\n    return x\n", "No call of it can be written down"),
    ],
    ids=["async", "unsteady", "random", "cyclic"],
)
def test_what_no_test_can_keep_is_a_sentence(workspace: Path, text: str, said: str) -> None:
    (workspace / "subject.py").write_text(text, encoding="utf-8")
    request = Request(workspace / "subject.py", "f", "quick", interpreter=sys.executable)
    found = asyncio.run(app.behaviour(request, silent))
    assert said in found.problem and found.rows == ()


def test_a_module_that_cannot_be_imported_is_said_so(workspace: Path) -> None:
    (workspace / "my-script.py").write_text("def f(n: int) -> int:\n    return n\n", encoding="utf-8")
    request = Request(workspace / "my-script.py", "f", "quick", interpreter=sys.executable)
    found = asyncio.run(app.behaviour(request, silent))
    assert found.problem == "No test can import it: `my-script` is no name of a module." and found.rows == ()


def test_the_command_writes_once_and_then_refuses(terminal) -> None:
    terminal.write("shop.py", FUNCTIONS["methods"])
    status, out, err = terminal.run("test", "shop.py::Stack.parts", "--profile", "quick")
    assert (status, out.split(":")[0]) == (0, "test_stack_parts_behaviour.py is written"), out + err
    written = terminal.files()["test_stack_parts_behaviour.py"]
    assert b"def test_stack_parts_raises" in written
    status, out, err = terminal.run("test", "shop.py::Stack.parts", "-o", "test_stack_parts_behaviour.py")
    assert (status, out) == (2, "") and "is there already" in err
    assert terminal.files()["test_stack_parts_behaviour.py"] == written


def test_calls_of_the_projects_tests_and_own_file_are_kept_and_a_refusal_is_told(terminal) -> None:
    terminal.write("shop.py", "def common(left, right):\n    return [item for item in left if item in right]\n")
    terminal.write(
        "test_shop.py", "from shop import common\n\ndef test_it():\n    assert common('abc', ['c']) == ['c']\n"
    )
    terminal.write(
        "afterburner_inputs.py", "from shop import common\n\nfor n in (2, 3):\n    common('xyz' * n, ['z'])\n"
    )
    shown = terminal.run("inputs", "shop.py::common", interpreter=None)
    assert "1 test file may call it" in shown[1] and "afterburner trust" in " ".join(shown[1].split())
    status, out, err = terminal.run("test", "shop.py::common", "--tests", "--profile", "quick", "-o", "-")
    assert status == 0 and 'pytest.param(("abc", ["c"]), ["c"], id="test-1")' in out, out + err
    assert 'pytest.param(("xyzxyz", ["z"]), ["z", "z"], id="user-1")' in out
    status, out, err = terminal.run("test", "shop.py::common", "--no-tests", "--profile", "quick", "-o", "-")
    assert status == 0 and "test-1" not in out, out + err


@pytest.mark.system
def test_every_cpython_runs_what_it_wrote(kept, workspace: Path, cpython: Path) -> None:
    """The file is run in the sandbox, by that interpreter, before anybody gets it: all that is kept passed there."""
    found = kept(FUNCTIONS["objects"], "parts", interpreter=str(cpython))
    assert len(found.rows) > 5 and not any("one after the other" in why for why in found.left_out)
    program = "import sys; compile(open(sys.argv[1], encoding='utf-8').read(), 'kept', 'exec')"
    subprocess.run([cpython, "-I", "-W", "error", "-c", program, workspace / "test_kept.py"], check=True)
