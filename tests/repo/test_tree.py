"""The checkout itself: no trace of anybody's machine, a lock that pins by hash, and news that towncrier accepts."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

MACHINE_TRACES = [
    re.compile(pattern)
    for pattern in (
        "/" + "work/",
        "/tmp/" + r"ab\b",
        r"(?<!\w)\." + "library",
        r"pypi" + r"\.org|python" + r"hosted\.org",
        "/opt/" + "(pypi|wheels)",
        "/home/" + "[a-z]+/",
    )
]


@pytest.fixture(scope="module")
def tracked(root: Path) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=True).stdout
    return [root / name for name in listed.split("\0") if name and (root / name).is_file()]


def test_no_file_names_a_machine_or_a_registry(root: Path, tracked: list[Path]) -> None:
    found = []
    for path in tracked:
        text = path.read_text(encoding="utf-8", errors="replace")
        found += [f"{path.relative_to(root)}: {hit[0]}" for trace in MACHINE_TRACES if (hit := trace.search(text))]
    assert found == []


def test_the_lock_pins_every_package_by_hash(root: Path) -> None:
    lock = (root / "requirements-dev.lock").read_text()
    entries = re.split(r"\n(?=\S)", lock.split("\n", 1)[1])
    assert len(entries) > 20
    assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []


def test_the_lock_holds_whatever_pyproject_asks_for(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text())
    asked = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    locked = set(re.findall(r"^([a-z0-9-]+)==", (root / "requirements-dev.lock").read_text(), re.MULTILINE))
    assert {re.split("[><=~]", requirement)[0] for requirement in asked} <= locked


def test_the_overlay_pins_what_pyproject_asks_for_and_nothing_else(root: Path) -> None:
    asked = tomllib.loads((root / "pyproject.toml").read_text())["dependency-groups"]["overlay"]
    lock = (root / "server/afterburner/runner/overlay.lock").read_text()
    pinned = set(re.findall(r"^([a-z0-9-]+)==", lock, re.MULTILINE))
    assert {re.split("[><=~;]", requirement)[0] for requirement in asked} == pinned
    entries = re.split(r"\n(?=[a-z])", lock)[1:]
    assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []


def test_the_extension_pins_what_the_server_needs_and_nothing_of_development(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text())
    lock = (root / "clients/vscode/server.lock").read_text()
    pinned = set(re.findall(r"^([a-z0-9-]+)==", lock, re.MULTILINE))
    names = [{re.split("[><=~]", wish)[0] for wish in wishes} for wishes in (
        project["project"]["dependencies"], project["dependency-groups"]["dev"]
    )]  # fmt: skip
    assert names[0] <= pinned
    assert names[1] & pinned <= names[0]
    assert [entry for entry in re.split(r"\n(?=[a-z])", lock)[1:] if "--hash=sha256:" not in entry] == []


def test_every_dependency_is_used(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text())
    names = {re.split("[><=~]", requirement)[0] for requirement in project["project"]["dependencies"]}
    code = "\n".join(path.read_text(encoding="utf-8") for path in (root / "server/afterburner").rglob("*.py"))
    unused = [name for name in names if not re.search(rf"^\s*(import|from) {name}\b", code, re.MULTILINE)]
    assert unused == []


def test_news_fragments_have_a_known_type(root: Path) -> None:
    kinds = {
        kind["directory"] for kind in tomllib.loads((root / "pyproject.toml").read_text())["tool"]["towncrier"]["type"]
    }
    names = [path.name for path in (root / "news").iterdir() if path.name != "README.md"]
    assert [name for name in names if not re.fullmatch(rf"\d+\.({'|'.join(kinds)})(\.\d+)?\.md", name)] == []


def test_the_ci_script_is_executable(root: Path) -> None:
    assert (root / ".ci/run").stat().st_mode & 0o100
