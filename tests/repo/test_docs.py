"""What the guides name exists: files, links, tests, options."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from afterburner.cli import main

GUIDES = [
    "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "docs/security.md", "docs/equivalence.md", "docs/measurement.md",
    "docs/json.md", "docs/exit-codes.md", "docs/inputs.md", "docs/slow-patterns.md", "clients/README.md",
]  # fmt: skip
OF_EVERY_PROGRAM = {"--help"}


@pytest.mark.parametrize("guide", GUIDES)
def test_links_lead_somewhere(root: Path, guide: str) -> None:
    text = (root / guide).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)[^)]*\)", text) if "://" not in link]
    assert [link for link in links if not (root / guide).parent.joinpath(link).exists()] == []


@pytest.mark.parametrize("guide", GUIDES)
def test_files_that_are_named_exist(root: Path, guide: str) -> None:
    text = (root / guide).read_text(encoding="utf-8")
    named = re.findall(r"`((?:server|tests|docs|examples|tools|benchmarks|profiles)/[\w/.-]+)`", text)
    assert [path for path in named if not (root / path).exists() and "my_rule" not in path.replace("-", "_")] == []


@pytest.mark.parametrize("guide", [guide for guide in GUIDES if guide != "CONTRIBUTING.md"])
def test_options_that_are_named_exist(root: Path, guide: str) -> None:
    known = {option for command in [main, *main.commands.values()] for p in command.params for option in p.opts}
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", (root / guide).read_text(encoding="utf-8")))
    assert named - known - OF_EVERY_PROGRAM == set()


def test_every_part_of_the_server_is_on_the_map(root: Path) -> None:
    text = (root / "ARCHITECTURE.md").read_text(encoding="utf-8").split("## Words")[0]
    parts = [path for path in (root / "server/afterburner").iterdir() if not path.name.startswith("_")]
    names = [f"{p.name}/" if p.is_dir() else p.name for p in parts if p.suffix == ".py" or any(p.glob("*.py"))]
    assert [name for name in names if f"  {name} " not in text] == []


def test_every_exit_status_is_in_its_guide(root: Path) -> None:
    from afterburner.report.exit_codes import INTERRUPTED, MEANING

    text = (root / "docs/exit-codes.md").read_text(encoding="utf-8")
    assert [code for code in [*MEANING, INTERRUPTED] if f"\n| {code} | " not in text] == []
