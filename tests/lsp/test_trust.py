"""Whether a project's code may run: the client's trust first, else what its user said."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from afterburner import around
from afterburner.lsp import trust
from afterburner.lsp.trust import Trust

pytestmark = pytest.mark.asyncio


class Asked:
    """A window whose user gives these answers, one after the other."""

    def __init__(self, *answers: str | None) -> None:
        self.answers = list(answers)
        self.questions: list[str] = []

    async def ask(self, text: str, choices: Sequence[str], level: str = "info") -> str | None:
        self.questions.append(text)
        await asyncio.sleep(0)
        return self.answers.pop(0)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of a project; what is remembered is remembered in the test's own folder."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "project").mkdir()
    (tmp_path / "project/pyproject.toml").touch()
    return tmp_path / "project/m.py"


async def refusal(asked: Trust, file: Path, window: Any) -> str:
    return await asked.refusal(file, window)


async def test_the_clients_trust_decides_and_nobody_is_asked(file: Path) -> None:
    around.let_run(file.parent, False)
    assert await refusal(Trust(True), file, Asked()) == ""
    around.let_run(file.parent, True)
    assert "not trusted" in await refusal(Trust(False), file, Asked())
    assert [Trust(said).is_restricted for said in (True, False, None)] == [False, True, False]


@pytest.mark.parametrize(("answer", "said", "told"), [("Allow", True, ""), ("Never here", False, "You said that")])
async def test_an_answer_is_remembered_for_the_root(file: Path, answer: str, said: bool, told: str) -> None:
    window = Asked(answer)
    for _ in range(2):
        found = await refusal(Trust(None), file, window)
        assert found.startswith(told) and bool(found) == bool(told)
    assert len(window.questions) == 1 and str(file.parent) in window.questions[0]
    assert around.may_run(file.parent) is said


async def test_no_answer_is_no_and_is_not_remembered(file: Path) -> None:
    window = Asked(None, "Allow")
    assert "Nothing of" in await refusal(Trust(None), file, window)
    assert around.may_run(file.parent) is None
    assert await refusal(Trust(None), file, window) == ""


async def test_several_at_once_ask_once(file: Path) -> None:
    one, window = Trust(None), Asked("Allow")
    assert await asyncio.gather(*(refusal(one, file, window) for _ in range(3))) == ["", "", ""]
    assert len(window.questions) == 1


@pytest.mark.parametrize(
    ("answer", "allowed", "kept"),
    [("Run them", True, True), ("Never here", False, False), ("Not now", False, None), (None, False, None)],
)
async def test_the_answer_about_tests_is_remembered_unless_it_is_put_off(
    file: Path, answer: str | None, allowed: bool, kept: bool | None
) -> None:
    window: Any = Asked(answer)
    assert await trust.tests_allowed(file.parent, 3, "f", window) is allowed
    assert around.trusted(kind="tests").get(str(file.parent)) is kept
    assert "3 test files of" in window.questions[0] and "outside the sandbox" in window.questions[0]
