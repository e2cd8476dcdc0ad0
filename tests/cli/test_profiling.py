"""What `profile` asks of the app, prints, and exits with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from afterburner import app
from afterburner.core import target as targets
from afterburner.core.facts import Allocations, LineTime, LineTimings
from afterburner.core.source import Source
from afterburner.core.survey import CaseCosts, Survey

TIMES = LineTimings({2: LineTime(3, 4.0)}, "sys.monitoring", 5)


@pytest.fixture
def asked(made: Any, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the app was asked; it answers with a survey, or without calls where the name is `lonely`."""
    questions: list[Any] = []

    async def profile(request: app.Request, report: Any, only: str | None = None) -> Survey:
        questions.append((request, only))
        target = targets.find(Source("m.py", "def f(n):\n    return n\n"), "m", "f")
        cases = (CaseCosts("f(1)", "user", TIMES, Allocations((64,), tool="tracemalloc")),)
        lonely = request.where == "lonely"
        problem = "No call of it could be made up." if lonely else ""
        settings = made.outcomes()["offer"][1].profile
        return Survey(target, settings, () if lonely else cases, lonely, (), problem, made.ENVIRONMENT, 0.5)

    monkeypatch.setattr(app, "profile", profile)
    return questions


def test_the_options_reach_the_app(asked: list[Any], call: Any, tmp_path: Path) -> None:
    calls = tmp_path / "calls.txt"
    calls.write_text("f(3)")
    options = ["--call", "f(1)", "--call", "f(2)", "--inputs", calls, "--interpreter", "/usr/bin/python3"]
    assert call("profile", "m.py::C.f", "--profile", "fast", *options, "--only", "memory").exit_code == 0
    expected = app.Request(Path("m.py"), "C.f", "fast", ("f(1)", "f(2)"), calls, "/usr/bin/python3")
    assert asked == [(expected, "memory")]


def test_the_table_stands_beside_the_source(asked: list[Any], call: Any) -> None:
    out = call("profile", "m.py::f").stdout
    [hot] = [line for line in out.splitlines() if line.startswith(">")]
    assert " ".join(hot.split()) == "> 2 3 4.00 µs 100.0% return n"
    assert asked[0][1] is None


def test_json_is_the_document_and_nothing_else(asked: list[Any], call: Any) -> None:
    answer = call("profile", "m.py:1", "--json")
    found = json.loads(answer.stdout)
    assert (found["schema"], found["exit_code"], found["lines"][1]["hits"]) == ("afterburner/survey/1", 0, 3)


def test_without_a_call_the_status_says_so(asked: list[Any], call: Any) -> None:
    answer = call("profile", "m.py::lonely")
    assert answer.exit_code == 6 and "No call of it could be made up." in answer.stdout


def test_a_name_that_is_none_and_a_choice_that_is_none_are_wrong_usage(asked: list[Any], call: Any) -> None:
    assert call("profile", "m.py").exit_code == 2
    assert call("profile", "m.py::f", "--only", "cpu").exit_code == 2
    assert asked == []
