"""Judging under every supported CPython: named, or found in the project; forked and spawned; in both tiers."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.system
Run = Callable[..., Any]

SLOW = "def total(n):\n    t = 0\n    for i in range(n):\n        t += i\n    return t\n"
FAST = "def total(n):\n    return len(range(n)) * (n - 1) // 2\n"
WRONG = "def total(n):\n    return sum(range(n)) + 1\n"
THREAD = "import threading, time\nthreading.Thread(target=time.sleep, args=(600,), daemon=True).start()\n"
LARGE = ("--call", "total(3000)")
SMALL = ("--call", "total(0)")


@pytest.fixture
def run(terminal: Any, settled: Any) -> Run:
    """`run(status, *arguments)` gives the document of a run that ends with this status, and leaves nothing."""

    def document(status: int, *arguments: str, interpreter: Path | None = None) -> Any:
        named = str(interpreter) if interpreter else None
        command = (*arguments, "--profile", "quick", "--json")
        found, out, err = settled(lambda: terminal.run(*command, interpreter=named))
        assert found == status, out + err
        assert terminal.left() == [] and list(terminal.temporary.iterdir()) == []
        return json.loads(out)

    return document


@pytest.fixture
def environment(terminal: Any, cpython: Path) -> Path:
    """The interpreter of a virtual environment in the project, in which nothing is installed."""
    folder = terminal.project / ".venv"
    subprocess.run([cpython, "-m", "venv", "--without-pip", folder], check=True)
    assert list(next(folder.glob("lib/python*/site-packages")).iterdir()) == []
    return folder / "bin/python"


def ran_in(document: Any) -> tuple[str, str, str, str]:
    where = document["environment"]
    return where["interpreter"], where["python"].rpartition(".")[0], where["tier"], where["runner"]


def label(cpython: Path) -> str:
    asked = "import sys; print('CPython %d.%d' % sys.version_info[:2])"
    return subprocess.run([cpython, "-c", asked], capture_output=True, text=True, check=True).stdout.strip()


def test_a_named_one_forks_in_the_jail(terminal: Any, run: Run, cpython: Path) -> None:
    terminal.write("m.py", SLOW)
    terminal.write("c.py", FAST)
    found = run(0, "compare", "m.py::total", "c.py", *LARGE, interpreter=cpython)
    assert ran_in(found) == (str(cpython), label(cpython), "jail", "fork")
    assert found["attempts"][0]["comparison"]["headline"]["point"] > 10


@pytest.mark.parametrize("terminal", ["full"], indirect=True)
def test_the_projects_own_forks_in_bubblewrap(terminal: Any, run: Run, cpython: Path, environment: Path) -> None:
    terminal.write("m.py", SLOW)
    found = run(0, "optimize", "m.py::total", *LARGE)
    assert ran_in(found) == (str(environment), label(cpython), "full", "fork")
    assert found["attempts"][0]["offered"]


def test_the_projects_own_is_spawned_in_the_jail(terminal: Any, run: Run, cpython: Path, environment: Path) -> None:
    terminal.write("m.py", THREAD + SLOW)
    terminal.write("c.py", WRONG)
    found = run(4, "compare", "m.py::total", "c.py", *SMALL)
    assert ran_in(found) == (str(environment), label(cpython), "jail", "spawn")


@pytest.mark.parametrize("terminal", ["full"], indirect=True)
def test_a_named_one_is_spawned_in_bubblewrap(terminal: Any, run: Run, cpython: Path) -> None:
    terminal.write("m.py", THREAD + SLOW)
    terminal.write("c.py", WRONG)
    found = run(4, "compare", "m.py::total", "c.py", *SMALL, interpreter=cpython)
    assert ran_in(found) == (str(cpython), label(cpython), "full", "spawn")
    assert found["attempts"][0]["verdict"]["counterexamples"][0]["call"].startswith("total(")


SHOP = """\
class Shop:
    def __init__(self, known):
        self.known = known

    def common(self, names):
        found = []
        for name in names:
            if name in self.known:
                found.append(name)
        return found
"""
TESTS = """\
import pytest
from shop import Shop

@pytest.mark.parametrize("size", [300, 2000])
def test_common(size):
    names = [f"name {n}" for n in range(size)]
    assert Shop(names[::2]).common(names) == names[::2]
"""


@pytest.fixture
def shop(terminal: Any) -> Any:
    """A project with tests, and nothing typed."""
    terminal.write("shop.py", SHOP)
    terminal.write("tests/test_shop.py", TESTS)
    return terminal


def test_calls_of_the_projects_tests_are_seen_profiled_and_used(
    shop: Any, run: Run, cpython: Path, with_pytest: Callable[[Path], Path]
) -> None:
    """In an environment that holds pytest and nothing of ours."""
    python, before = with_pytest(cpython), shop.files()
    installed = snapshot(python.parents[1])
    found = run(0, "optimize", "shop.py::Shop.common", "--tests", interpreter=python)
    assert (found["cases"]["test"], found["attempts"][0]["offered"]) == (2, True)
    assert found["attempts"][0]["verdict"]["evidence"]["tests"] == {"passed": 2, "not_run": {}}
    told = run(0, "profile", "shop.py::Shop.common", "--tests", interpreter=python)
    assert {call["origin"] for call in told["calls"]} == {"test"}
    assert {line["line"] for line in told["lines"] if line["hits"]} >= {6, 7, 8, 9, 10}
    assert shop.files() == before and snapshot(python.parents[1]) == installed


def snapshot(folder: Path) -> dict[str, tuple[int, int]]:
    """Each file below a folder with its size and when it was written."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): ((found := path.stat()).st_size, found.st_mtime_ns) for path in files}
