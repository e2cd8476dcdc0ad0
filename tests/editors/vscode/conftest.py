"""The real VS Code: its parts from the user's cache, the extension as users install it, and scenarios played in it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
Play = Callable[..., str]
IN_THE_README = {"apply/03-actions": "found", "preview/01-preview": "preview", "input/01-template": "input"}
"""Screenshots that `--update` takes into the extension's README."""


@pytest.fixture
def shop(shop: Any) -> Any:
    """The project with the line ends of Windows, and without the script that screenshots have no font for."""
    found = replace(shop, before=_ours(shop.before), after=_ours(shop.after))
    found.file.write_bytes(found.before.encode())
    return found


def _ours(text: str) -> str:
    plain = text.replace("Customers; 𝒳 and 客 need more than one unit of any encoding.", "Customers and their orders.")
    return plain.replace(", 客 too,", "").replace("\n", "\r\n")


@pytest.fixture(scope="session")
def parts() -> Path:
    """The folder with node, code-server and playwright; for tests marked `system`."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "afterburner-editors/vscode"
    if not (folder / "complete").is_file():
        pytest.fail(f"there is no VS Code in {folder}: run tools/editors/vscode.sh")
    return folder


@pytest.fixture(scope="session")
def vsix(root: Path) -> Path:
    """The extension as it is packaged now."""
    answer = subprocess.run(["make", "vsix"], cwd=root, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return root / "clients/vscode/build/afterburner.vsix"


@pytest.fixture
def python_extension(tmp_path: Path) -> Path:
    """A `.vsix` that stands in for the Python extension, and has `chosen/bin/python` of the folder chosen."""
    path = tmp_path / "python.vsix"
    with zipfile.ZipFile(path, "w") as archive:
        for file in (HERE / "python_extension").iterdir():
            archive.write(file, f"extension/{file.name}")
    return path


@pytest.fixture
def play(
    request: pytest.FixtureRequest, root: Path, parts: Path, vsix: Path, shop: Any, surroundings: dict[str, str],
    tmp_path: Path,
) -> Play:  # fmt: skip
    """Plays a scenario by its name in a new window on the shop, and gives the log; nothing may be left running."""

    def played(scenario: str, settings: dict[str, object], others: Sequence[Path] = (), **more: object) -> str:
        node, shots = parts / "node_modules/node/bin/node", _emptied(root / "build/screenshots" / scenario)
        path = os.pathsep.join([str(node.parent), str(more.pop("path", surroundings["PATH"]))])
        given = {
            "parts": str(parts), "extensions": [str(vsix), *map(str, others)], "folder": str(shop.folder),
            "file": str(shop.file), "home": surroundings["HOME"], "shots": str(shots), "settings": settings,
            "environment": {**surroundings, "PATH": path}, "line": shop.line, "qualname": "repeat_customers",
            "before": shop.before, "after": shop.after, **more,
        }  # fmt: skip
        command = [node, HERE / "run.mjs", HERE / f"scenarios/{scenario}.mjs"]
        try:
            outputs: Any = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
            answer = subprocess.run(command, input=json.dumps(given), check=False, **outputs)
        finally:  # a scenario that hangs is killed, and what it started with it
            left = _processes_of(surroundings["HOME"])
            for process in left:
                os.kill(process, signal.SIGKILL)
        print(answer.stdout)
        log = "\n".join(file.read_text(errors="replace") for file in tmp_path.rglob("*Afterburner.log"))
        assert answer.returncode == 0, f"{answer.stdout}\n{log}"
        assert list(left.values()) == []
        if request.config.getoption("--update"):
            _take(shots, root / "clients/vscode/images")
        return log

    return played


def _emptied(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    return folder


def _take(shots: Path, images: Path) -> None:
    for taken, name in IN_THE_README.items():
        if taken.startswith(f"{shots.name}/"):
            shutil.copyfile(shots.parent / f"{taken}.png", images / f"{name}.png")


def _processes_of(home: str) -> dict[int, str]:
    """The commands of all processes of the user with this home."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"HOME={home}" in (process / "environ").read_text(errors="replace").split("\0"):
                found[int(process.name)] = (process / "cmdline").read_text().replace("\0", " ")
        except OSError:  # it ended meanwhile
            continue
    return found


@pytest.fixture
def other_python() -> Path:
    """The Python beneath this environment: one that has no Afterburner."""
    return Path(sys.base_prefix) / f"bin/python{sys.version_info.major}.{sys.version_info.minor}"
