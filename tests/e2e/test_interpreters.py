"""Judging under every supported CPython: named, or found in the project; forked and spawned; in both tiers."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.system

SLOW = "def total(n):\n    t = 0\n    for i in range(n):\n        t += i\n    return t\n"
FAST = "def total(n):\n    return sum(range(n))\n"
WRONG = "def total(n):\n    return sum(range(n)) + 1\n"
THREAD = "import threading, time\nthreading.Thread(target=time.sleep, args=(600,), daemon=True).start()\n"
LARGE = ("--call", "total(3000)")
SMALL = ("--call", "total(0)")


@pytest.fixture
def environment(terminal: Any, cpython: Path) -> Path:
    """The interpreter of a virtual environment in the project, in which nothing is installed."""
    folder = terminal.project / ".venv"
    subprocess.run([cpython, "-m", "venv", "--without-pip", folder], check=True)
    assert list(next(folder.glob("lib/python*/site-packages")).iterdir()) == []
    return folder / "bin/python"


def judged(terminal: Any, status: int, *arguments: str, interpreter: Path | None = None) -> Any:
    """The document of a run that ends with this status, and leaves nothing."""
    named = str(interpreter) if interpreter else None
    found, out, err = terminal.run(*arguments, "--profile", "quick", "--json", interpreter=named)
    assert found == status, out + err
    assert terminal.left() == [] and list(terminal.temporary.iterdir()) == []
    return json.loads(out)


def ran_in(document: Any) -> tuple[str, str, str, str]:
    where = document["environment"]
    return where["interpreter"], where["python"].rpartition(".")[0], where["tier"], where["runner"]


def label(cpython: Path) -> str:
    asked = "import sys; print('CPython %d.%d' % sys.version_info[:2])"
    return subprocess.run([cpython, "-c", asked], capture_output=True, text=True, check=True).stdout.strip()


def test_a_named_one_forks_in_the_jail(terminal: Any, cpython: Path) -> None:
    terminal.write("m.py", SLOW)
    terminal.write("c.py", FAST)
    found = judged(terminal, 0, "compare", "m.py::total", "c.py", *LARGE, interpreter=cpython)
    assert ran_in(found) == (str(cpython), label(cpython), "jail", "fork")
    assert found["attempts"][0]["comparison"]["headline"]["lower"] > 1


@pytest.mark.parametrize("terminal", ["full"], indirect=True)
def test_the_projects_own_forks_in_bubblewrap(terminal: Any, cpython: Path, environment: Path) -> None:
    terminal.write("m.py", SLOW)
    found = judged(terminal, 0, "optimize", "m.py::total", *LARGE)
    assert ran_in(found) == (str(environment), label(cpython), "full", "fork")
    assert found["attempts"][0]["offered"]


def test_the_projects_own_is_spawned_in_the_jail(terminal: Any, cpython: Path, environment: Path) -> None:
    terminal.write("m.py", THREAD + SLOW)
    terminal.write("c.py", WRONG)
    found = judged(terminal, 4, "compare", "m.py::total", "c.py", *SMALL)
    assert ran_in(found) == (str(environment), label(cpython), "jail", "spawn")


@pytest.mark.parametrize("terminal", ["full"], indirect=True)
def test_a_named_one_is_spawned_in_bubblewrap(terminal: Any, cpython: Path) -> None:
    terminal.write("m.py", THREAD + SLOW)
    terminal.write("c.py", WRONG)
    found = judged(terminal, 4, "compare", "m.py::total", "c.py", *SMALL, interpreter=cpython)
    assert ran_in(found) == (str(cpython), label(cpython), "full", "spawn")
    assert found["attempts"][0]["verdict"]["counterexamples"][0]["call"].startswith("total(")
