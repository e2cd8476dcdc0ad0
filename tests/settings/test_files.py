"""Which files settings come from, and what is said when they are broken."""

from __future__ import annotations

from pathlib import Path

import pytest

from afterburner.core.errors import EnvironmentProblem, UsageError
from afterburner.settings.files import read_toml, workspace_file
from afterburner.settings.load import load_settings


def test_the_nearest_pyproject_is_the_workspace(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "a" / "b").mkdir(parents=True)
    assert workspace_file(tmp_path / "a" / "b" / "module.py") == tmp_path.resolve() / "pyproject.toml"
    (tmp_path / "a" / "pyproject.toml").touch()
    assert workspace_file(tmp_path / "a" / "b") == tmp_path.resolve() / "a" / "pyproject.toml"


def test_nothing_above_the_repository_is_read(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    assert workspace_file(tmp_path / "repo" / "module.py") is None


def test_ignored_state_comes_from_user_and_workspace(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.afterburner]\nignore-state = ["cache"]\n')
    (tmp_path / "config.toml").write_text('ignore-state = ["hits"]\n')
    assert load_settings(tmp_path, tmp_path / "config.toml").ignore_state == ("hits", "cache")


def test_other_tools_tables_are_not_ours_to_judge(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.other]\nprofile = 3\n[project]\nname = "x"\n')
    assert load_settings(tmp_path, tmp_path / "none.toml").default == "balanced"


def test_an_unknown_option_is_named_with_its_file(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.afterburner]\nprofil = "fast"\n')
    with pytest.raises(UsageError, match="unknown key `profil`") as caught:
        load_settings(tmp_path, tmp_path / "none.toml")
    assert "Did you mean `profile`?" in caught.value.hint


@pytest.mark.parametrize("content", [b"profile = \n", b'profile = "\xff"\n'])
def test_broken_toml_is_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=r"config\.toml is not valid TOML"):
        read_toml(path)


def test_an_unreadable_file_is_the_environments_fault(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="cannot be read"):
        read_toml(tmp_path)


@pytest.mark.parametrize("text", ["tool = 3\n", "[tool]\nafterburner = 3\n", '[tool.afterburner]\nprofiles = "x"\n'])
def test_tables_of_the_wrong_shape_do_not_crash(tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    if "afterburner" in text:
        with pytest.raises(UsageError, match=r"pyproject\.toml: \[tool\.afterburner\]"):
            load_settings(tmp_path, tmp_path / "none.toml")
    else:
        assert load_settings(tmp_path, tmp_path / "none.toml").default == "balanced"
