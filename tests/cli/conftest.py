"""The command line with an `app` that answers with outcomes made by hand."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from click.testing import CliRunner, Result

from afterburner import app
from afterburner.cli import main


@pytest.fixture(scope="session")
def made(root: Path) -> SimpleNamespace:
    """The outcomes of tests/report, by name."""
    spec = importlib.util.spec_from_file_location("made_outcomes", root / "tests/report/conftest.py")
    assert spec and spec.loader
    module: ModuleType = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.MADE


@pytest.fixture
def call() -> Callable[..., Result]:
    """Run a command line in this process; stdout and stderr apart."""
    return lambda *arguments: CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def answers(made: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[tuple]]:
    """`answers(name)` makes `app` give the outcome of that name, and gives the list of what it was asked."""

    def prepare(name: str) -> list[tuple]:
        asked: list[tuple] = []

        async def judged(*arguments):
            *request, report = arguments
            asked.append(tuple(request))
            for step in STEPS:
                report(SimpleNamespace(stage="measure", message=step, done=0, total=0))
            return made.outcomes()[name][1]

        monkeypatch.setattr(app, "optimize", judged)
        monkeypatch.setattr(app, "compare", judged)
        return asked

    return prepare


STEPS = ("launch 1", "launch 2", "growth")
