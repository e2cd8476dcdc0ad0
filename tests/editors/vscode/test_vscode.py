"""The extension in a real VS Code, installed from the `.vsix` into a fresh profile, used by keyboard and mouse."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]
INSTALLED: dict[str, object] = {
    "afterburner.importStrategy": "fromEnvironment",
    "afterburner.serverInterpreter": sys.executable,
}
Play = Callable[..., str]


def test_one_key_optimises_and_what_was_found_is_applied_and_undone(play: Play) -> None:
    play("apply", INSTALLED)


def test_a_job_is_cancelled_with_all_its_processes(play: Play) -> None:
    log = play("cancel", {**INSTALLED, "afterburner.trace.server": "messages"})
    assert "Sending request 'workspace/executeCommand" in log


def test_a_folder_that_is_not_trusted_is_only_read_and_trust_lifts_that(
    play: Play, shop: Any, python_extension: Path, tmp_path: Path
) -> None:
    traces = tmp_path / "traces"
    traces.mkdir()
    _leaving_traces(shop.folder / "chosen/bin/python", traces)
    play("restricted", INSTALLED, [python_extension], traces=str(traces))


def _leaving_traces(python: Path, traces: Path) -> None:
    """An interpreter that leaves a file behind whenever it is run."""
    python.parent.mkdir(parents=True)
    real = shlex.quote(sys.executable)
    python.write_text(f'#!/bin/sh\n: >{shlex.quote(str(traces))}/interpreter\nexec {real} "$@"\n')
    python.chmod(0o755)


def test_a_suggestion_is_looked_at_and_applied_from_its_preview(play: Play) -> None:
    play("preview", INSTALLED)


def test_the_server_is_installed_without_a_network(play: Play, root: Path, other_python: Path, tmp_path: Path) -> None:
    wheelhouse = tmp_path / "wheelhouse"
    lock = root / "clients/vscode/server.lock"
    _pip("download", "--require-hashes", "--only-binary", ":all:", "-r", lock, "-d", wheelhouse)
    settings = {"afterburner.serverInterpreter": str(other_python), "afterburner.wheelhouse": str(wheelhouse)}
    play("install", settings, path="/usr/bin:/bin")


def test_the_server_is_installed_by_uv(play: Play, other_python: Path, tmp_path: Path) -> None:
    _pip("install", "--target", tmp_path / "uv", "uv")
    settings = {"afterburner.serverInterpreter": str(other_python)}
    play("install", settings, path=f"{tmp_path}/uv/bin:/usr/bin:/bin")


def test_a_server_that_cannot_start_says_why(play: Play, other_python: Path) -> None:
    strategy = {"afterburner.importStrategy": "fromEnvironment"}
    play("broken", {**strategy, "afterburner.serverInterpreter": str(other_python)})


def _pip(command: str, *arguments: object) -> None:
    quietly = [sys.executable, "-m", "pip", command, "--quiet", "--disable-pip-version-check"]
    subprocess.run([*quietly, *map(str, arguments)], check=True, capture_output=True)


def test_a_call_is_typed_and_used(play: Play) -> None:
    play("input", INSTALLED)


def test_inside_of_the_extension_host(
    play: Play, vsix: Path, shop: Any, surroundings: dict[str, str], tmp_path: Path
) -> None:
    zipfile.ZipFile(vsix).extractall(tmp_path / "unpacked")
    shutil.copytree(shop.folder, tmp_path / "branch")
    workspace = tmp_path / "shops.code-workspace"
    workspace.write_text(json.dumps({"folders": [{"path": str(shop.folder)}, {"path": str(tmp_path / "branch")}]}))
    surroundings["INSIDE_RESULTS"] = str(tmp_path / "results.json")
    inside = {
        "extension": str(tmp_path / "unpacked/extension"), "tests": str(Path(__file__).parent / "inside/index.cjs"),
        "workspace": str(workspace),
    }  # fmt: skip
    play("inside", INSTALLED, inside=inside, extensions=[])
