"""numpy and pandas, old and new, in a Python of their own: what is frozen thaws to the same and reads as code."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from afterburner.core.agreement import agree
from afterburner.core.graph import Graph
from afterburner.core.render import render_value

PROGRAM = Path(__file__).parent / "data" / "arrays.py"
SERVER = Path(__file__).resolve().parents[2] / "server"

pytestmark = pytest.mark.system


@pytest.fixture(scope="session", params=["3.9", "3.13"])
def numeric(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, cpythons: Callable[[str], Path]
) -> Path:
    """A Python with numpy and pandas: their last versions for the oldest and the newest CPython."""
    python = cpythons(request.param)
    folder = tmp_path_factory.mktemp("numeric") / "venv"
    subprocess.run([python, "-m", "venv", folder], check=True, capture_output=True)
    found = folder / "bin" / "python"
    install = [found, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "numpy", "pandas"]
    subprocess.run(install, check=True, capture_output=True)
    return found


def run(python: Path, texts: dict[str, str] | None = None) -> Any:
    answer = subprocess.run(
        [python, "-B", PROGRAM, SERVER], input=json.dumps(texts or {}), capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


@pytest.fixture(scope="session")
def answer(numeric: Path) -> Any:
    """What the program prints about its samples."""
    return run(numeric)


def test_what_is_frozen_thaws_to_the_same_and_reads_as_code(numeric: Path, answer: Any) -> None:
    assert [name for name, same in answer["same"].items() if not same] == []
    assert list(answer["sealed"].values()) == [["pickled", "opaque", True]] * 3
    graphs = {name: Graph.checked(graph) for name, graph in answer["graphs"].items()}
    assert [name for name, graph in graphs.items() if agree(graph, graph)] == []
    texts = {name: render_value(graphs[name], graphs[name].roots["x"]) for name in answer["spelled"]}
    again = run(numeric, texts)
    for name, text in texts.items():
        severe = [found for found in agree(graphs[name], Graph.checked(again[name])) if found.severity != "note"]
        assert severe == [], text


def test_arrays_in_one_memory_say_so(answer: Any) -> None:
    graph = Graph.checked(answer["graphs"]["views"])
    arrays = [node for node in graph.nodes if node[0] == "array"]
    assert [node[6] is None for node in arrays].count(True) == 1
    assert answer["views"] == [[[7, 7], [7, 7]], [7, 7], [7, 7, 7]]


def test_arrays_and_tables_grow_by_rows(answer: Any) -> None:
    assert {json.dumps(found) for found in answer["grown"].values()} == {'[50, true, ["0"]]'}


def test_arrays_and_tables_are_made_up_and_changed(answer: Any) -> None:
    made, changed = dict(answer["made up"]), answer["mutated"]
    assert made.pop("live") == ["ndarray", "int64"]
    assert made.pop("float32") == [True, True]
    assert list(made.values()) == [[True, [0, 1, 2, 3]]] * 4
    assert list(changed.values()) == [[True, True, True]] * len(changed)
