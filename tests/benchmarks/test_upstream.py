"""How the benchmark on real packages reads a row, and cuts a release down to one function."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

BEFORE = "import re\n\nWORD = re.compile('a')\n\ndef f(x):\n    return slow(x)\n\ndef slow(x):\n    return x\n"
AFTER = """import re
from math import comb, perm

WORD = re.compile('b')

def unrelated():
    return perm(3)

def quick(x):
    return comb(x, SIZE)

SIZE = 2

def f(x):
    return quick(x) if WORD else slow(x)

def slow(x):
    return x + 0
"""


@pytest.fixture
def upstream(root: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(root / "benchmarks"))
    import _upstream  # type: ignore[import-not-found]

    found: ModuleType = _upstream
    return found


def row(upstream: ModuleType, function: str, measured: Mapping[str, Any] | None = None) -> Any:
    data: Mapping[str, Any] = {
        "id": "r", "package": "p", "version_before": "1", "version_after": "2", "file": "src/p/m.py",
        "function": function, "status": "", "measured": measured, "isolated_commit": {"same_result": True},
    }  # fmt: skip
    return upstream.Row.of(data)


@pytest.mark.parametrize(("function", "name"), [("f", "f"), ("C.f (multiline)", "C.f"), ("_f (called by f, g)", "_f")])
def test_a_remark_in_brackets_is_no_part_of_the_name(upstream: ModuleType, function: str, name: str) -> None:
    assert row(upstream, function).qualname == name


def test_results_are_equal_where_the_release_or_the_commit_gave_equal_ones(upstream: ModuleType) -> None:
    assert row(upstream, "f", {"ratio": 2.0, "same_result": False}).equal
    assert row(upstream, "f").ratio is None


@pytest.mark.parametrize("function", ["f / g", "C", "missing"])
def test_a_row_that_names_no_single_function_is_skipped(upstream: ModuleType, tmp_path: Path, function: str) -> None:
    (tmp_path / "m.py").write_text("class C:\n    def f(self): ...\n\ndef f(): ...\n", encoding="utf-8")
    with pytest.raises(upstream.Skipped, match="function"):
        upstream.checked(row(upstream, function), tmp_path / "m.py")


def test_the_function_alone_brings_what_is_new_and_keeps_what_was_there(upstream: ModuleType) -> None:
    text = upstream.alone(row(upstream, "f"), BEFORE, AFTER)
    assert [name for name in ("quick", "SIZE", "comb", "unrelated", "def slow", "WORD = ") if name in text] == [
        "quick", "SIZE", "comb",
    ]  # fmt: skip


def test_a_method_alone_brings_its_new_neighbours_only(upstream: ModuleType) -> None:
    before = "class C:\n    def f(self):\n        return self.g()\n    def g(self):\n        return 1\n"
    after = before.replace("self.g()", "self.g() + self.h()") + "    def h(self):\n        return 0\n    z = 3\n"
    text = upstream.alone(row(upstream, "C.f"), before, after)
    assert "def h" in text
    assert "def g" not in text
    assert "z = 3" not in text
