"""The extension's manifest agrees with the server, its README and its own promises."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from afterburner import __version__


@pytest.fixture(scope="module")
def folder(root: Path) -> Path:
    return root / "clients/vscode"


@pytest.fixture(scope="module")
def manifest(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    return found


def test_it_has_the_version_of_the_server_that_it_brings(folder: Path, manifest: dict[str, Any]) -> None:
    lock = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))
    assert {manifest["version"], lock["version"], lock["packages"][""]["version"]} == {__version__}


def test_the_lock_says_what_is_installed_and_not_from_where(folder: Path) -> None:
    packages = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    installed = [package for name, package in packages.items() if name]
    assert [package for package in installed if "integrity" not in package] == []
    assert [package for package in installed if "resolved" in package] == []


def test_the_palette_stays_short_and_the_readme_has_all_of_it(folder: Path, manifest: dict[str, Any]) -> None:
    contributes = manifest["contributes"]
    hidden = [entry["command"] for entry in contributes["menus"]["commandPalette"] if entry["when"] == "false"]
    shown = [command["title"] for command in contributes["commands"] if command["command"] not in hidden]
    table = re.findall(r"^\| ([A-Z][^|]+?) \|", (folder / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert table == shown
    assert len(shown) <= 8


def test_the_keys_in_the_readme_are_the_real_ones(folder: Path, manifest: dict[str, Any]) -> None:
    text = (folder / "README.md").read_text(encoding="utf-8").lower()
    assert [binding["key"] for binding in manifest["contributes"]["keybindings"] if binding["key"] not in text] == []


def test_every_command_is_implemented_under_its_name(folder: Path, manifest: dict[str, Any]) -> None:
    code = (folder / "src/commands.ts").read_text(encoding="utf-8")
    names = [command["command"].removeprefix("afterburner.") for command in manifest["contributes"]["commands"]]
    assert [name for name in names if not re.search(rf"^ +{name}: ", code, re.MULTILINE)] == []


def test_what_manifest_and_readme_show_is_packaged(folder: Path, manifest: dict[str, Any]) -> None:
    steps = manifest["contributes"]["walkthroughs"][0]["steps"]
    named = [step["media"]["markdown"] for step in steps]
    named += re.findall(r"!\[[^]]*\]\(([^)]+)\)", (folder / "README.md").read_text(encoding="utf-8"))
    kept = (folder / ".vscodeignore").read_text(encoding="utf-8").split()
    patterns = [re.escape(line[1:]).replace(r"\*", "[^/]*") for line in kept if line.startswith("!")]
    assert [name for name in named if not (folder / name).is_file()] == []
    assert [name for name in named if not any(re.fullmatch(pattern, name) for pattern in patterns)] == []


def test_no_repository_can_choose_a_program_or_loosen_a_promise(manifest: dict[str, Any]) -> None:
    settings = manifest["contributes"]["configuration"]["properties"]
    guarded = {name for name, setting in settings.items() if setting["scope"] != "resource"}
    restricted = set(manifest["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"])
    harmless = {"afterburner.logLevel", "afterburner.trace.server"}
    assert guarded - restricted == harmless
    assert {settings[f"afterburner.{name}"]["scope"] for name in ("sandbox", "tests.run")} == {"application"}
