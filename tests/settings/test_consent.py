"""What the user said about a project is kept outside it, and holds for what lies below."""

from __future__ import annotations

from pathlib import Path

import pytest

from afterburner.core.errors import EnvironmentProblem
from afterburner.settings import consent


def test_nothing_is_known_before_anything_was_said(tmp_path: Path) -> None:
    assert consent.answer(tmp_path, tmp_path / "state/consent.json") is None


def test_the_nearest_answer_above_counts(tmp_path: Path) -> None:
    file, work = tmp_path / "state/consent.json", tmp_path / "work"
    consent.remember(work, True, file)
    consent.remember(work / "odd", False, file)
    assert consent.answer(work / "shop", file) is True
    assert consent.answer(work / "odd/inner", file) is False
    assert consent.answer(tmp_path, file) is None
    assert consent.answer(tmp_path / "workshop", file) is None


def test_an_answer_can_be_taken_back(tmp_path: Path) -> None:
    file = tmp_path / "consent.json"
    consent.remember(tmp_path, True, file)
    consent.remember(tmp_path, None, file)
    assert consent.answer(tmp_path, file) is None and consent.answers(file) == {}


def test_a_link_is_no_way_around(tmp_path: Path) -> None:
    file, real = tmp_path / "consent.json", tmp_path / "real"
    real.mkdir()
    (tmp_path / "link").symlink_to(real)
    consent.remember(tmp_path / "link", False, file)
    assert consent.answer(real, file) is False


@pytest.mark.parametrize("text", ["", "[]", '{"roots": []}', '{"roots": 3}', "\x00"])
def test_a_broken_file_is_a_sentence_and_no_consent(tmp_path: Path, text: str) -> None:
    file = tmp_path / "consent.json"
    file.write_text(text)
    with pytest.raises(EnvironmentProblem, match=r"consent\.json cannot be read"):
        consent.answer(tmp_path, file)


def test_what_is_no_yes_or_no_is_no_consent(tmp_path: Path) -> None:
    file = tmp_path / "consent.json"
    file.write_text(f'{{"roots": {{"{tmp_path}": "yes"}}}}')
    assert consent.answer(tmp_path, file) is None
