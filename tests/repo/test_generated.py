"""What is generated is current, and the check that says so can fail."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def generate(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", root / "tools/generate.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_generated_page_is_current(generate: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    status = generate.main(["--check"])
    assert (status, capsys.readouterr().out) == (0, "")


@pytest.fixture
def small(generate: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The generator with one page of its own, in a folder of its own."""
    monkeypatch.setattr(generate, "ROOT", tmp_path)
    monkeypatch.setattr(generate, "DOCS", tmp_path / "docs")
    monkeypatch.setattr(generate, "all_pages", lambda: {tmp_path / "docs/page.md": "text\n"})
    return generate


def test_a_stale_page_is_named_with_its_remedy_and_left_alone(small: ModuleType, tmp_path: Path, capsys) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/page.md").write_text("old\n")
    assert small.main(["--check"]) == 1
    assert capsys.readouterr().out == "docs/page.md is stale: run `make docs`\n"
    assert (tmp_path / "docs/page.md").read_text() == "old\n"


def test_writing_makes_the_check_pass_and_removes_pages_of_rules_that_are_gone(
    small: ModuleType, tmp_path: Path
) -> None:
    orphan = tmp_path / "docs/rules/gone.md"
    orphan.parent.mkdir(parents=True)
    orphan.write_text("")
    assert small.main(["--check"]) == 1
    assert small.main([]) == 0
    assert not orphan.exists()
    assert small.main(["--check"]) == 0
