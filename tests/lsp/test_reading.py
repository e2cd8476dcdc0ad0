"""The reader on its own: what it answers, in which order, and what it gives up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from afterburner.core.errors import EnvironmentProblem
from afterburner.core.pieces import Cut
from afterburner.core.rewrite import Safety
from afterburner.core.slow_pattern import SlowPattern
from afterburner.core.source import Source
from afterburner.reading import Reader, outline_of, patterns_of


def pattern(line: int) -> SlowPattern:
    return SlowPattern("a-rule", "A title.", "f", line, 0, line, 4, "Could be faster: x.", Safety.PRESERVING)


def request(number: int, uri: str = "file:///m.py", text: str = "def f():\n    return 1\n") -> Mapping[str, Any]:
    return {"id": number, "uri": uri, "name": "m.py", "text": text}


def two_steps(source: Source, pieces: Cut) -> Iterator[Sequence[SlowPattern]]:
    yield [pattern(1)]
    yield [pattern(2)]


def served(reader: Reader, *requests: Mapping[str, Any]) -> None:
    for item in requests:
        reader.take(item)
    while not reader.is_idle:
        reader.advance()


def test_outline_and_patterns_come_back_as_they_were() -> None:
    answers: list[Mapping[str, Any]] = []
    served(Reader(two_steps, answers.append), request(7))
    assert [(item["id"], "patterns" in item) for item in answers] == [(7, False), (7, True)]
    (function,) = outline_of(answers[0]["outline"]).functions
    assert (function.qualname, function.first, function.last) == ("f", 1, 2)
    assert patterns_of(answers[1]["patterns"]) == (pattern(1), pattern(2))


def test_outlines_come_before_the_patterns_of_any_text_and_a_replaced_text_is_given_up() -> None:
    answers: list[Mapping[str, Any]] = []
    reader = Reader(two_steps, answers.append)
    reader.take(request(1))
    reader.advance()
    served(reader, request(2), request(3, "file:///other.py"))
    assert [(item["id"], "patterns" in item) for item in answers] == [
        (1, False), (2, False), (3, False), (2, True), (3, True)
    ]  # fmt: skip


def test_patterns_that_cannot_all_be_had_are_answered_as_far_as_they_are() -> None:
    def failing(source: Source, pieces: Cut) -> Iterator[Sequence[SlowPattern]]:
        yield [pattern(1)]
        raise EnvironmentProblem("An added rule cannot be loaded.")

    answers: list[Mapping[str, Any]] = []
    served(Reader(failing, answers.append), request(1))
    assert patterns_of(answers[1]["patterns"]) == (pattern(1),)


def test_a_docstring_is_no_code_and_a_comment_below_code_is_not_above_it() -> None:
    for text, count in (
        ('"""Text."""\n# afterburner: ignore-file\ndef f():\n    return 1\n', 0),
        ("x = 1\n# afterburner: ignore-file\ndef f():\n    return 1\n", 2),
        ("def f():  # afterburner: ignore[a-rule]\n    return 1\n", 0),
        ("def f():\n    return 1  # afterburner: ignore[a-rule]\n", 1),
    ):
        answers: list[Mapping[str, Any]] = []
        served(Reader(two_steps, answers.append), request(1, text=text))
        assert len(answers[1]["patterns"]) == count
