"""Capture under every CPython, in a virtual environment that holds pytest and nothing of ours."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SUBJECT = """
import functools

def logged(f):
    @functools.wraps(f)
    def inner(*args, **kwargs):
        return f(*args, **kwargs)
    return inner

class Stack:
    def __init__(self, items):
        self.items = items

    @logged
    def push(self, item, *more, at=None):
        "Adds items."
        if item is None:
            raise ValueError("nothing to push")
        self.items += [item, *more]
        return self

    @classmethod
    def of(cls, *items):
        return cls(list(items))

def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)

def lazy(items):
    yield from items

async def later(n):
    return n
"""
TESTS = """
import asyncio, inspect, traceback, unittest
import pytest
from package.subject import Stack, fib, later, lazy

@pytest.mark.parametrize("n", [1, 2])
def test_push(n, stack):
    assert stack.push(n, 3, at=n).items == [0, n, 3]

class TestOthers(unittest.TestCase):
    def test_traceback(self):
        with pytest.raises(ValueError) as raised:
            Stack([]).push(None)
        frames = traceback.extract_tb(raised.value.__traceback__)
        assert [frame.name for frame in frames][-2:] == ["inner", "push"]
        assert frames[-1].line == 'raise ValueError("nothing to push")'
        assert str(inspect.signature(Stack.push)) == "(self, item, *more, at=None)"

    def test_fib(self):
        self.assertEqual(fib(15), 610)

    def test_lazy(self):
        self.assertEqual(list(lazy(iter([1, 2]))), [1, 2])
        self.assertEqual(asyncio.run(later(7)), 7)
        assert Stack.of(1).items == [1]
"""
FILES = {
    "src/package/__init__.py": "",
    "src/package/subject.py": SUBJECT,
    "tests/test_stack.py": TESTS,
    "conftest.py": (
        "import pytest, sys\nsys.path.insert(0, 'src')\n\n@pytest.fixture\ndef stack():\n"
        "    from package.subject import Stack\n    return Stack([0])\n"
    ),
    "local_plugin.py": "def pytest_unconfigure(config):\n    print('the local plugin')\n",
    "pytest.ini": "[pytest]\naddopts = -p local_plugin -n 2 --maxfail=1 --junitxml=report.xml\n",
}
Environment = Callable[[Path], Path]
pytestmark = pytest.mark.system


def test_the_whole_way(project: Any, state: Callable[..., Any], cpython: Path, with_pytest: Environment) -> None:
    project.python = with_pytest(cpython)
    project.write(FILES)
    venv = Path(project.python).parents[1]
    where = {"file": "src/package/subject.py", "name": "package.subject"}
    variables = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": ""}
    before = state(project.root, venv)
    found = {}
    for qualname in ("Stack.push", "Stack.of", "fib", "lazy", "later"):
        captured = project.capture(qualname, "pytest", "tests", environment=variables, **where)
        assert captured.outcomes == dict.fromkeys(
            ("test_push[1]", "test_push[2]", "test_traceback", "test_fib", "test_lazy"), "passed"
        ), captured.output
        assert captured.ended["status"] == "done" and captured.ended["notes"] == []
        found[qualname] = [args for args, _ in captured.calls]
        assert "the local plugin" in captured.output
    assert found["Stack.push"] == [[1, 3], [2, 3], [None]]
    assert found["Stack.of"] == [[1]] and found["later"] == [[7]] and found["fib"][0] == [15]
    captured = project.capture("fib", "unittest", "tests.test_stack.TestOthers.test_fib", environment={
        "PYTHONPATH": str(project.root / "src")
    }, **where)  # fmt: skip
    assert captured.outcomes == {"tests.test_stack.TestOthers.test_fib": "passed"} and captured.calls[0] == ([15], {})
    assert state(project.root, venv) == before


def test_where_every_tool_of_the_interpreter_is_taken_the_code_is_exchanged(project: Any, cpython: Path) -> None:
    takes = (
        "import sys\nfor tool in range(6) if hasattr(sys, 'monitoring') else ():\n"
        "    sys.monitoring.use_tool_id(tool, 'another')\n"
    )
    project.write({**FILES, "site/sitecustomize.py": takes, "run.py": "from package.subject import fib\nfib(4)\n"})
    project.python = cpython
    path = f"{project.root / 'site'}:{project.root / 'src'}"
    where = {"file": "src/package/subject.py", "name": "package.subject", "environment": {"PYTHONPATH": path}}
    captured = project.capture("fib", "script", "run.py", **where)
    assert [args[0] for args, _ in captured.calls] == [4, 3, 2, 1]
    noted = [note for note in captured.ended["notes"] if "tool id" in note]
    assert bool(noted) == (int(cpython.name.rpartition(".")[2]) >= 12), captured.ended
