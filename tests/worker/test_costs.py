"""Line times and allocations by the standard library's means, under every CPython, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROGRAM = Path(__file__).parent / "data" / "costs.py"
SERVER = Path(__file__).resolve().parents[2] / "server"
POINTER = 8


def costs(python: Path) -> Any:
    command = [python, "-B", "-W", "error", PROGRAM, SERVER]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


def check(found: Any) -> None:
    lines = found["lines"]
    assert lines["plain"].pop("for i in range(n):") in (5, 6), "older versions count the end of the loop too"
    assert lines["plain"] == {"total = 0": 1, "total += i": 5, "return total": 1}
    assert lines["lazily"]["yield i"] == 3, "a generator is drained"
    assert lines["cached"] == {"return n + 1": 1}, "the cache is cleared before each call"
    assert lines["recursive"]["if n < 2:"] == 9 and lines["recursive"]["return n"] == 5
    assert lines["raises"] == {"if n:": 1, "raise ValueError(n)": 1}
    assert lines["C.total"] == {"return sum(range(10))": 1}
    assert list(lines["C.made"]) == ["return [cls() for _ in range(n)]"]
    kept, gone = 100_000 * POINTER, 200_000 * POINTER
    memory = found["memory"]
    assert memory["tool"] == "tracemalloc" and len(memory["peaks"]) == 3
    assert all(kept + gone <= peak < kept + gone + 10_000 for peak in memory["peaks"]), memory
    assert all(0 < mean < kept + gone for mean in memory["means"])
    assert set(memory["lines"]) == {"kept = [None] * n", "gone = helper(2 * n)"}, "what it calls counts for a line"
    assert gone <= memory["lines"]["gone = helper(2 * n)"] < gone + 10_000


def test_lines_and_memory_are_measured() -> None:
    check(costs(Path(sys.executable)))


@pytest.mark.system
def test_lines_and_memory_are_measured_everywhere(cpython: Path) -> None:
    check(costs(cpython))
