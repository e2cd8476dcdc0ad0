"""The command `test`: where it writes, what it refuses, what it says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from afterburner import app
from afterburner.core.behaviour import Behaviour, Ending, Row
from afterburner.core.inputs import Origin
from afterburner.core.outcome import Environment
from afterburner.core.request import Request
from afterburner.core.source import Source
from afterburner.core.target import find

TEXT = "def f(n):\n    return n\n"
ENVIRONMENT = Environment("python3", "CPython 3.12.1", "full", "fork", "Linux", "0.1.0")
FOUND = Behaviour(
    find(Source("m.py", TEXT), "m", "f"), ENVIRONMENT, (Row(Origin.USER, "", ("1",), (), Ending("returns", "1")),),
    notes=("One call was left out.",),
)  # fmt: skip


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Callable[[Behaviour], list]:
    """Makes `app` answer with a behaviour; gives what it was asked."""

    def prepare(found: Behaviour) -> list:
        asked: list = []

        async def behaviour(request, report):
            asked.append(request)
            return found

        monkeypatch.setattr(app, "behaviour", behaviour)
        return asked

    return prepare


def test_it_writes_into_this_folder_and_says_how_to_run_it(call: Callable[..., Result], answer, folder: Path) -> None:
    asked = answer(FOUND)
    result = call("test", "m.py::f", "--call", "f(1)", "--profile", "fast")
    assert result.exit_code == 0
    assert "test_f_behaviour.py is written: 1 call (1 user)" in result.stdout
    assert "python -m pytest test_f_behaviour.py" in result.stdout and "One call was left out." in result.stdout
    assert "Written by `afterburner test m.py::f`" in (folder / "test_f_behaviour.py").read_text(encoding="utf-8")
    assert asked == [Request(Path("m.py"), "f", "fast", ("f(1)",))]


def test_a_dash_prints_the_module_and_nothing_else(call: Callable[..., Result], answer, folder: Path) -> None:
    answer(FOUND)
    result = call("test", "m.py::f", "-o", "-")
    assert result.exit_code == 0 and list(folder.iterdir()) == []
    assert compile(result.stdout, "printed", "exec")


def test_a_file_that_is_there_stays_unless_forced(call: Callable[..., Result], answer, folder: Path) -> None:
    asked = answer(FOUND)
    (folder / "mine.py").write_text("x = 1\n", encoding="utf-8")
    refused = call("test", "m.py::f", "-o", "mine.py")
    assert (refused.exit_code, refused.stdout, asked) == (2, "", [])
    assert "mine.py is there already" in refused.stderr and (folder / "mine.py").read_text() == "x = 1\n"
    assert call("test", "m.py::f", "-o", "mine.py", "--force").exit_code == 0
    assert "def test_f_returns" in (folder / "mine.py").read_text(encoding="utf-8")


def test_a_folder_that_does_not_exist_is_told_before_anything_runs(call: Callable[..., Result], answer) -> None:
    asked = answer(FOUND)
    result = call("test", "m.py::f", "-o", "none/test_f.py")
    assert result.exit_code == 2 and "there is no folder none" in result.stderr and asked == []


def test_nothing_to_keep_is_said_with_its_reason(call: Callable[..., Result], answer, folder: Path) -> None:
    answer(Behaviour(FOUND.target, ENVIRONMENT, problem="It reaches outside."))
    result = call("test", "m.py::f")
    assert (result.exit_code, result.stdout) == (6, "No test was written. It reaches outside.\n")
    assert list(folder.iterdir()) == []
