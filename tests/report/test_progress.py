"""Progress on terminals and elsewhere, in any encoding."""

from __future__ import annotations

import io
from types import SimpleNamespace

import pytest

from afterburner.report.progress import Ticker, described


def step(message: str, done: int = 0, total: int = 0) -> SimpleNamespace:
    return SimpleNamespace(stage="verify", message=message, done=done, total=total)


class Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


def test_a_step_in_words() -> None:
    assert described(step("comparing", 3, 8)) == "verify: comparing (3 of 8)"
    assert described(step("comparing", 0, 8)) == "verify: comparing"
    assert described(step("f\x1b[2J")) == "verify: f\\x1b[2J"


def test_elsewhere_each_kind_of_step_is_one_line() -> None:
    stream = io.StringIO()
    with Ticker(stream) as report:
        for message in ("launch 1", "launch 2", "launch 12", "growth", "launch 1"):
            report(step(message))
    assert stream.getvalue() == "verify: launch 1\nverify: growth\nverify: launch 1\n"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_a_terminal_shows_the_latest_step_in_its_encoding(monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    raw = io.BytesIO()
    stream = Terminal(raw, encoding=encoding)
    with Ticker(stream) as report:
        report(step("100 → 200"))
    stream.flush()
    arrow = "→" if encoding == "utf-8" else "->"
    assert f"verify: 100 {arrow} 200" in raw.getvalue().decode(encoding)
