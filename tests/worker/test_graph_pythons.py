"""Freezing and thawing under every CPython, in a process of its own: what is frozen thaws to the same graph."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from afterburner.core import grammar
from afterburner.core.agreement import agree
from afterburner.core.fingerprint import canonical
from afterburner.core.graph import Graph
from afterburner_worker.graph import GRAMMAR

PROGRAM = Path(__file__).parent / "data" / "roundtrip.py"
SERVER = Path(__file__).resolve().parents[2] / "server"


def run(python: Path, seed: str = "0") -> Any:
    answer = subprocess.run(
        [python, "-B", "-W", "error", PROGRAM, SERVER],
        capture_output=True, text=True, check=False, env={"PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


def check(answer: Any) -> None:
    assert [name for name, same in answer["same"].items() if not same] == []
    assert set(answer["kinds"].values()) == {"opaque"}, answer["kinds"]
    for graph in answer["graphs"].values():
        checked = Graph.checked(graph)
        assert agree(checked, checked) == ()


def test_everything_that_can_be_frozen_thaws_to_the_same() -> None:
    check(run(Path(sys.executable)))


@pytest.mark.system
def test_everything_that_can_be_frozen_thaws_to_the_same_everywhere(cpython: Path) -> None:
    check(run(cpython))


def test_a_graph_does_not_depend_on_the_hash_seed() -> None:
    """Up to the numbers of nodes, which the digest leaves out."""
    one, other = (run(Path(sys.executable), seed)["graphs"] for seed in ("1", "2"))
    for name in one:
        assert canonical(Graph.checked(one[name])) == canonical(Graph.checked(other[name])), name


def test_server_and_worker_mean_the_same_grammar() -> None:
    assert dict(grammar.GRAMMAR) == GRAMMAR
