"""What the guides for editors say of settings, profiles and files agrees with the server."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from afterburner.settings.editor import EditorTable


@pytest.fixture(scope="module")
def guide(root: Path) -> str:
    return (root / "clients/README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def help_file(root: Path) -> str:
    return (root / "clients/nvim/doc/afterburner.txt").read_text(encoding="utf-8")


def settings(table: type[BaseModel] = EditorTable, prefix: str = "") -> Iterator[str]:
    """The dotted name of each setting that the server reads."""
    for name, field in table.model_fields.items():
        inner, shown = field.annotation, prefix + (field.alias or name)
        if field.json_schema_extra:
            continue
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from settings(inner, f"{shown}.")
        else:
            yield shown


def test_the_guide_names_every_setting(guide: str) -> None:
    paragraph = re.search(r"\*\*Settings\*\*(.*?)\n\n", guide, re.DOTALL)
    assert paragraph is not None
    named = set(re.findall(r"`([A-Za-z.]+)`", paragraph[1])) - {"afterburner"}
    assert named == set(settings())


def test_the_help_file_names_every_setting(help_file: str) -> None:
    block = re.search(r"\*afterburner-settings\*.*?>lua\n(.*?)\n<", help_file, re.DOTALL)
    assert block is not None
    lines = re.findall(r"^ +(\w+) = (.*?),?(?: +--.*)?$", block[1], re.MULTILINE)
    named = {
        f"{outer}.{inner}" if inner else outer
        for outer, value in lines
        for inner in (re.findall(r"(\w+) = ", value) if value.startswith("{") else [""])
        if outer != "settings"
    }
    assert named == set(settings())


def test_the_configurations_in_the_guide_can_be_read(guide: str) -> None:
    tables = [tomllib.loads(text) for text in re.findall(r"```toml\n(.*?)```", guide, re.DOTALL)]
    tables += [json.loads(text) for text in re.findall(r"```json\n(.*?)```", guide, re.DOTALL)]
    assert len(tables) >= 5


def test_neovim_completes_the_built_in_profiles(root: Path) -> None:
    text = (root / "clients/nvim/lua/afterburner/commands.lua").read_text(encoding="utf-8")
    line = re.search(r"^local PROFILES = \{ (.*) \}$", text, re.MULTILINE)
    assert line is not None
    assert re.findall(r"'(\w+)'", line[1]) == sorted(path.stem for path in (root / "profiles").glob("*.toml"))


def test_every_lua_file_says_what_lives_in_it(root: Path) -> None:
    files = sorted((root / "clients/nvim").rglob("*.lua"))
    assert len(files) > 5
    assert [path.name for path in files if not path.read_text(encoding="utf-8").startswith("--- ")] == []
