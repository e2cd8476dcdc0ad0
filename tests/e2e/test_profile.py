"""`afterburner profile` as a user starts it, under every CPython, with and without the overlay, in both tiers."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from afterburner.core.inputs import CallText, Case, Origin
from afterburner.core.observation import Version
from afterburner.core.ports import Limits
from afterburner.core.source import Source
from afterburner.core.target import find
from afterburner.runner import interpreter, overlay, project
from afterburner.runner.opening import open_profiler, open_runner
from afterburner.runner.process import Confinement
from afterburner.runner.sandbox.select import STRONGEST_FIRST, select
from afterburner.runner.target_runner import TargetRunner

pytestmark = pytest.mark.system

SLOW = '''\
def total(n):
    """
    >>> total(20_000)
    20000
    """
    rows = []
    for i in range(n):
        rows.append(i)
    return len(rows)
'''
HOT = (7, 8)
BOX = "def tools(folder):\n    found = []\n    {}\n    return found\n"
IMPORTS = BOX.format(
    "for name in ('line_profiler', 'memray'):\n        try:\n            __import__(name)\n"
    "        except ImportError:\n            continue\n        found.append(name)"
)  # fmt: skip
READS = BOX.format(
    "import os\n    try:\n        found = len(os.listdir(folder)) > 0\n    except OSError:\n        found = False"
)


@pytest.fixture(scope="session")
def tool_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cache folder in which the overlays of this session are built, once for each interpreter."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def tools(cpython: Path, tool_cache: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The folder of the overlay for this interpreter."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tool_cache))
    found = asyncio.run(overlay.provided(interpreter.probe(str(cpython), "given"), print))
    assert found.folder, found.problem
    return found.folder


def profiled(terminal: Any, cpython: Path, *options: str) -> Any:
    terminal.write("m.py", SLOW)
    status, out, err = terminal.run("profile", "m.py::total", "--json", *options, interpreter=str(cpython))
    assert status == 0, out + err
    assert terminal.left() == [] and list(terminal.temporary.iterdir()) == []
    found = json.loads(out)
    assert [line["line"] for line in found["lines"] if line["hot"]] == list(HOT)
    assert {line["line"]: line["hits"] for line in found["lines"]}[8] == 20_000
    assert found["calls"][0]["origin"] == "doctest" and found["calls"][0]["peak_bytes"] > 160_000
    assert found["calls"][0]["integral_byte_s"] > 0
    allocated = {line["line"]: line["allocated_bytes"] or 0 for line in found["lines"]}
    assert max(allocated, key=lambda line: allocated[line]) in HOT
    return found


@pytest.mark.parametrize("terminal", ["jail", "full"], indirect=True)
def test_the_overlays_tools_measure(terminal: Any, cpython: Path, tools: str, tool_cache: Path) -> None:
    terminal.environment["XDG_CACHE_HOME"] = str(tool_cache)
    found = profiled(terminal, cpython)
    assert found["line_tool"].startswith("line_profiler 5.") and found["memory_tool"].startswith("memray 1.")
    assert found["environment"]["tier"] == terminal.tier and found["notes"] == []


def test_without_them_the_standard_library_measures_and_says_why(terminal: Any, cpython: Path) -> None:
    terminal.write("../home/.config/afterburner/config.toml", 'overlay = "never"\n')
    found = profiled(terminal, cpython)
    assert found["line_tool"] in ("sys.monitoring", "sys.settrace") and found["memory_tool"] == "tracemalloc"
    assert found["notes"] == [
        "Measured by the standard library's means, because line_profiler and memray were not fetched yet."
    ]  # fmt: skip
    assert not (terminal.home / ".cache").exists()


def opened(folder: Path, cpython: Path, text: str, tier: str, tools: str) -> TargetRunner:
    """The runner that everything is verified and timed on or, with `tools`, the one that only profiles."""
    file = folder / "m.py"
    file.write_text(text, encoding="utf-8")
    scratch = folder / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    found, place = interpreter.probe(str(cpython), "given"), project.locate(file)
    wanted = select("full", found.path) if tier == "full" else select("jail", found.path, STRONGEST_FIRST[1:])
    confinement = Confinement(found, wanted, (str(folder),), str(scratch))
    target = find(Source(str(file), text), place.module, "tools")
    return open_profiler(target, place, confinement, tools) if tools else open_runner(target, place, confinement, print)


@pytest.mark.parametrize("tier", ["jail", "full"])
def test_verifying_and_timing_children_know_nothing_of_the_overlay(
    tmp_path: Path, cpython: Path, tools: str, tier: str
) -> None:
    case = Case(Origin.USER, CallText(f"tools({tools!r})"))

    async def seen(text: str) -> Any:
        runner = opened(tmp_path, cpython, text, tier, "")
        try:
            [observed] = await runner.observe(Version(text), [case], Limits(20.0, 20.0))
            assert observed.graph is not None, observed.failure
            return observed.graph.node(observed.graph.roots["result"]) or observed.graph.roots["result"]
        finally:
            await runner.close()

    async def hits_in_a_profiling_child(line: int) -> float:
        runner = opened(tmp_path, cpython, IMPORTS, tier, tools)
        try:
            [found] = await runner.lines(Version(IMPORTS), [case], budget_s=0.1)
            return found.lines[line].hits
        finally:
            await runner.close()

    assert asyncio.run(seen(IMPORTS)) == ["list", []], "they cannot be imported"
    assert asyncio.run(seen(READS)) is False, "nor can their folder be read"
    appends = IMPORTS.splitlines().index("        found.append(name)") + 1
    assert asyncio.run(hits_in_a_profiling_child(appends)) == 2, "where they are meant to be, they can"
