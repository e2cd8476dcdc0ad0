"""The page of every kind of outcome, text out; `pytest --update tests/report` writes the expected texts anew."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest

from afterburner.report import screen, terminal
from afterburner.report.page import Page, shortened

GOLDEN = Path(__file__).parent / "golden"
NAMES = [
    "offer", "nothing-offered", "no-rewrite", "compare-faster", "compare-weak", "compare-different", "compare-except",
    "compare-inconclusive", "compare-slower", "compare-unshown", "compare-noisy",
]  # fmt: skip


def check(path: Path, text: str, update: bool) -> None:
    if update:
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update"))


@pytest.mark.parametrize("name", NAMES)
def test_the_page_of_an_outcome(made, update: bool, name: str) -> None:
    command, outcome = made.outcomes()[name]
    check(GOLDEN / f"{name}.txt", terminal.page(outcome, command).text(), update)


def test_every_outcome_has_its_page(made) -> None:
    assert set(made.outcomes()) == set(NAMES) == {path.stem for path in GOLDEN.glob("*.txt")} - {"all-candidates"}


def test_all_candidates_shows_each_in_full(made, update: bool) -> None:
    command, outcome = made.outcomes()["nothing-offered"]
    text = terminal.page(outcome, command, every_candidate=True).text()
    check(GOLDEN / "all-candidates.txt", text, update)
    assert text.count("@@") == 2 * len(outcome.attempts)


@pytest.mark.parametrize("name", NAMES)
def test_sentences_and_tables_fit_eighty_columns(made, name: str) -> None:
    command, outcome = made.outcomes()[name]
    assert [line for line in terminal.page(outcome, command).text().splitlines() if len(line) > 80] == []


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
def test_no_encoding_breaks_it_and_the_numbers_stay(made, encoding: str) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding)
    outcome = made.outcome(made.attempt(made.outcomes()["offer"][1].attempts[0].verdict, idea="Ein Wörterbuch 字典"))
    screen.show(terminal.page(outcome, "optimize"), stream)
    text = raw.getvalue().decode(encoding)
    assert "12.4" in text and "11.8" in text and "61.2 ms" in text
    if encoding == "ascii":
        assert "12.4x faster (at least 11.8x)" in text and "W\\xf6rterbuch" in text


def test_nothing_that_a_terminal_obeys_gets_through(made) -> None:
    evil = "\x1b[2J\x1b]0;owned\x07\u202e\u200b\x9b1m"
    text = made.FAST.replace("known = set(old)", f"known = set(old)  # {evil}")
    outcome = made.outcome(made.attempt(made.outcomes()["offer"][1].attempts[0].verdict, text=text, idea=evil))
    shown = terminal.page(replace(outcome, notes=(evil,)), "optimize").text()
    assert not any(character in shown for character in "\x1b\x07\u202e\u200b\x9b")
    assert "\\x1b[2J" in shown and "\\u202e" in shown


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_colour_unless_no_color_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    page = Page()
    page.sentence("fast", style="good")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    coloured, plain, piped = Terminal(), Terminal(), io.StringIO()
    screen.show(page, coloured)
    screen.show(page, piped)
    monkeypatch.setenv("NO_COLOR", "1")
    screen.show(page, plain)
    assert "\x1b[" in coloured.getvalue() and "fast" in coloured.getvalue()
    assert plain.getvalue() == piped.getvalue() == "fast\n"


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [("short", 10, "short"), ("a\n  b", 10, "a b"), ("0123456789abcdef", 10, "012345…def")],
)
def test_long_labels_lose_their_middle(text: str, width: int, expected: str) -> None:
    assert shortened(text, width) == expected
