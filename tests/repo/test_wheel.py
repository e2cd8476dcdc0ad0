"""What users install: the wheel's contents, and its profiles found without a checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(root)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_both_packages_and_the_profiles(root: Path, wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    code = {str(path.relative_to(root / "server")) for path in (root / "server").rglob("*.py")}
    profiles = {f"afterburner/profiles/{path.name}" for path in (root / "profiles").glob("*.toml")}
    assert code | profiles <= names
    assert len(profiles) == 5


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    strange = [
        name for name in names if not name.startswith(("afterburner/", "afterburner_worker/", "afterburner_ls-"))
    ]
    assert strange == []
    assert [
        name for name in names if not name.endswith((".py", ".toml", ".lock", "py.typed")) and "dist-info" not in name
    ] == []


def test_the_installed_package_finds_its_profiles(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    program = "from afterburner.settings.profiles import _folder, builtin_profiles as b; print(_folder(), *sorted(b()))"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    answer = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert answer.stdout.split() == [
        str(tmp_path.resolve() / "afterburner/profiles"), "balanced", "fast", "memory", "offline", "thorough"
    ]  # fmt: skip


def test_the_wheel_names_its_command_licence_and_least_python(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    text = {Path(name).name: archive.read(name).decode() for name in archive.namelist() if "dist-info/" in name}
    assert "afterburner = afterburner.cli:main" in text["entry_points.txt"]
    assert "Requires-Python: >=3.11" in text["METADATA"]
    assert "License-Expression: MIT" in text["METADATA"]
