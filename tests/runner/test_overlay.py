"""The overlay's folder: what is pinned for whom, how it is built, and what is said when it cannot be."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from afterburner.runner import interpreter, overlay
from afterburner.runner.interpreter import Interpreter
from afterburner.runner.overlay import Overlay

OWN = interpreter.probe(sys.executable, "given")
PUTS_A_FILE = 'for last; do :; done\necho tool > "$last/tool.py"\n'
FAILS = "echo 'the index does not answer' >&2\nexit 2\n"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where overlays go; no uv is found."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}/usr/bin{os.pathsep}/bin")
    (tmp_path / "bin").mkdir()
    return overlay.place()


@pytest.fixture
def uv(cache: Path, tmp_path: Path) -> Callable[[str], None]:
    """`uv(script)` puts a program of that name on PATH, which does what the script says."""

    def put(script: str) -> None:
        program = tmp_path / "bin/uv"
        program.write_text(f"#!/bin/sh\n{script}", encoding="utf-8")
        program.chmod(0o755)

    return put


def provided(found: Interpreter = OWN, said: list[str] | None = None) -> Overlay:
    return asyncio.run(overlay.provided(found, (said if said is not None else []).append))


@pytest.mark.parametrize("python", [(3, 9), (3, 10), (3, 11), (3, 12), (3, 13)])
def test_each_package_is_pinned_once_for_each_version_and_with_hashes(python: tuple[int, int]) -> None:
    lines = list(overlay.pins(python))
    heads = [line for line in lines if "==" in line]
    names = [head.split("==")[0] for head in heads]
    wanted = {"line-profiler", "memray", "rich", "typing-extensions", *(["tomli"] if python < (3, 11) else [])}
    assert sorted(names) == sorted(wanted)
    assert not any(";" in line or "://" in line for line in lines), "neither markers nor addresses are left"
    for head, after in zip(heads, (lines[lines.index(head) + 1] for head in heads), strict=True):
        assert head.endswith("\\") and after.strip().startswith("--hash=sha256:")


def test_it_is_fetched_once_with_one_line_of_progress(uv: Callable[[str], None], cache: Path) -> None:
    uv(PUTS_A_FILE)
    said: list[str] = []
    assert not overlay.cached(OWN).folder
    first = provided(said=said)
    assert Path(first.folder).parent == cache and Path(first.folder, "tool.py").exists()
    uv(FAILS)
    assert provided(said=said) == first == overlay.cached(OWN)
    assert len(said) == 1 and OWN.label in said[0] and first.folder in said[0]
    assert [path.name for path in cache.iterdir()] == [Path(first.folder).name], "nothing half-made is left"


def test_uv_gets_the_users_interpreter_pins_and_hashes(uv: Callable[[str], None]) -> None:
    uv('for last; do :; done\necho "$@" > "$last/asked"\ncp afterburner-pins.txt "$last/pins"\n')
    folder = Path(provided().folder)
    asked = (folder / "asked").read_text()
    assert asked.startswith(f"pip install --python {OWN.path} ")
    assert {"--require-hashes", "--no-deps", "--only-binary", "--target"} <= set(asked.split())
    assert (folder / "pins").read_text().split("\n") == list(overlay.pins(OWN.version[:2]))


def test_a_failure_is_a_clause_and_leaves_nothing(uv: Callable[[str], None], cache: Path) -> None:
    uv(FAILS)
    found = provided()
    assert found == Overlay(problem="line_profiler and memray could not be fetched (the index does not answer)")
    assert list(cache.iterdir()) == []


def test_what_a_killed_build_left_is_removed_and_never_used(uv: Callable[[str], None], cache: Path) -> None:
    old, young = cache / ".making-old", cache / ".making-young"
    for left in (old, young):
        left.mkdir(parents=True)
    os.utime(old, (0, 0))
    uv(PUTS_A_FILE)
    folder = Path(provided().folder)
    assert set(cache.iterdir()) == {folder, young}, "the young one may be another process's work"


def test_two_at_once_get_the_same_whole_folder(uv: Callable[[str], None], cache: Path) -> None:
    uv(f"sleep 0.2\n{PUTS_A_FILE}")

    async def both() -> list[Overlay]:
        return await asyncio.gather(*(overlay.provided(OWN, lambda text: None) for _ in range(2)))

    one, other = asyncio.run(both())
    assert one == other and Path(one.folder, "tool.py").exists()
    assert [path.name for path in cache.iterdir()] == [Path(one.folder).name]


def test_cancelling_ends_the_installer(uv: Callable[[str], None], cache: Path, tmp_path: Path) -> None:
    uv(f"echo $$ > {tmp_path}/pid\nexec sleep 600\n")

    async def cancelled() -> None:
        task = asyncio.create_task(overlay.provided(OWN, lambda text: None))
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled())
    assert not Path("/proc", (tmp_path / "pid").read_text().strip()).exists()
    assert list(cache.iterdir()) == []


def test_without_uv_and_without_a_network_pip_says_so(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PATH", "")
    found = provided()
    assert not found.folder and "could not be fetched" in found.problem and "No matching distribution" in found.problem


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path, uv: Callable[[str], None]) -> None:
    uv(PUTS_A_FILE)
    (tmp_path / "cache").write_text("a file is in the way")
    assert "cannot be made" in provided().problem


@pytest.mark.parametrize(
    "found",
    [Interpreter(sys.executable, (3, 14, 0), "cpython", "given"), Interpreter("/x", (3, 11, 0), "pypy", "given")],
)
def test_for_others_nothing_is_pinned(cache: Path, found: Interpreter) -> None:
    assert provided(found).problem == f"line_profiler and memray are not pinned for {found.label}"


def test_an_interpreter_that_is_gone_is_said(cache: Path) -> None:
    assert "does not tell its ABI" in provided(Interpreter("/absent", (3, 11, 0), "cpython", "given")).problem
