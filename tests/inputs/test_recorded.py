"""What a command to record asks to run."""

from __future__ import annotations

from pathlib import Path

import pytest

from afterburner.core.errors import UsageError
from afterburner.inputs.recorded import Command, command


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "run.py").touch()
    return tmp_path


@pytest.mark.parametrize("start", ["", "python ", "python3 ", "python3.12 ", "/usr/bin/python3 "])
def test_a_script_with_its_arguments(folder: Path, start: str) -> None:
    expected = Command("script", (str(folder / "run.py"), "--name", "two words"))
    assert command(f"{start}run.py --name 'two words'", folder) == expected


def test_a_module(folder: Path) -> None:
    assert command("python -m shop.report -v", folder) == Command("module", ("shop.report", "-v"))


@pytest.mark.parametrize("text", ["pytest tests -k total", "python -m pytest tests -k total"])
def test_pytest_with_its_arguments(folder: Path, text: str) -> None:
    assert command(text, folder) == Command("pytest", ("tests", "-k", "total"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "names nothing to run"),
        ("python", "names nothing to run"),
        ("python -m", "needs the name of a module"),
        ("python -X dev run.py", "does not know the interpreter's option -X"),
        ("python missing.py", "There is no script missing.py"),
        ("python 'run.py", "cannot be read: No closing quotation"),
    ],
)
def test_what_cannot_be_run_is_a_sentence(folder: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as error:
        command(text, folder)
    assert "python script.py" in error.value.hint
