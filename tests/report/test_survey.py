"""What `profile` shows of surveys made by hand: the page beside the source, and the document."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from afterburner.core import target as targets
from afterburner.core.facts import Allocations, LineBlocks, LineTime, LineTimings
from afterburner.core.source import Source
from afterburner.core.survey import CaseCosts, Survey
from afterburner.report.document import text
from afterburner.report.survey import document, exit_code, page

MODULE = """\
import functools


@functools.wraps(len)
def total(prices):
    rows = [p * 2 for p in prices]
    gone = 0
    for row in rows:
\tgone += row
    return gone
""".replace("\tgone", "\t    gone")
PAGE = """\
total  shop.py, line 5

Calls  2 cases; given calls
                            origin      time  peak memory  over time
  total([1, 2])             user     10.0 µs        120 B
  total(list(range(5000)))  doctest   990 µs      41.0 kB   20.5 B·s  heaviest

Lines  one call of each case
  time          with what the line calls, by line_profiler 5.1.0
  allocated     alive at the peak of total(list(range(5000))), by memray 1.20.0

  line   hits    time  share  allocated
     4                                   @functools.wraps(len)
     5                                   def total(prices):
>    6      2  100 µs  10.0%    41.0 kB      rows = [p * 2 for p in prices]
     7      1    0 ns                        gone = 0
>    8  5 004  301 µs  30.1%                 for row in rows:
>    9  5 002  598 µs  59.9%       40 B          gone += row
    10                                       return gone

Measured in CPython 3.12.1 (/srv/app/.venv/bin/python), sandbox tier full; 1.2 s
in all. Being watched slows code down: read shares, and compare times with
`afterburner compare`.
"""


@pytest.fixture
def survey(made) -> Survey:
    first = CaseCosts(
        "total([1, 2])", "user",
        LineTimings({6: LineTime(1, 1.0), 7: LineTime(1, 0.0), 8: LineTime(3, 1.0), 9: LineTime(2, 8.0)},
                    "line_profiler 5.1.0", 900),
        Allocations((120, 120, 136), (), 2e-6, {6: LineBlocks(1, 120)}, "memray 1.20.0"),
    )  # fmt: skip
    second = CaseCosts(
        "total(list(range(5000)))", "doctest",
        LineTimings({6: LineTime(1, 99.0), 8: LineTime(5001, 300.0), 9: LineTime(5000, 590.5)},
                    "line_profiler 5.1.0", 20),
        Allocations((41_000,), (20_500.0,), 0.001, {6: LineBlocks(1, 40_960), 9: LineBlocks(2, 40)}, "memray 1.20.0"),
    )  # fmt: skip
    target = targets.find(Source("shop.py", MODULE), "shop", "total")
    return Survey(target, made.outcomes()["offer"][1].profile, (first, second), False, (), "", made.ENVIRONMENT, 1.25)


def test_the_page(survey: Survey) -> None:
    assert page(survey).text() == PAGE


@pytest.fixture
def schema(root: Path) -> dict:
    return json.loads((root / "docs/schema/survey-1.json").read_text())


def test_the_document_follows_its_schema(survey: Survey, schema: dict) -> None:
    jsonschema.Draft202012Validator.check_schema(schema)
    for found in (survey, replace(survey, cases=(), problem="No call of it could be made up.", environment=None)):
        jsonschema.validate(json.loads(text(document(found))), schema)


def test_what_the_document_says(survey: Survey) -> None:
    found = document(survey)
    lines = {part.line: part for part in found.lines}
    assert list(lines) == [4, 5, 6, 7, 8, 9, 10], "decorators belong to it"
    assert (lines[9].hits, lines[9].us, lines[9].hot) == (5002, 598.5, True)
    assert (lines[6].allocated_bytes, lines[6].allocated_blocks) == (40_960, 1), "of the heaviest call"
    assert (lines[10].hits, lines[10].share, lines[10].hot) == (None, None, False)
    assert sum(part.share or 0 for part in found.lines) == pytest.approx(1.0)
    assert (found.line_tool, found.memory_tool, found.heaviest) == (
        "line_profiler 5.1.0", "memray 1.20.0", "total(list(range(5000)))"
    )  # fmt: skip
    assert [(call.peak_bytes, call.integral_byte_s) for call in found.calls] == [(120, None), (41_000, 20.5)]


@pytest.mark.parametrize(
    ("part", "absent"), [("timings", ["hits", "time", "share"]), ("allocations", ["allocated", "peak of"])]
)
def test_what_was_not_asked_for_has_no_column(survey: Survey, part: str, absent: list[str]) -> None:
    cases = tuple(replace(case, **{part: None}) for case in survey.cases)
    shown = page(replace(survey, cases=cases)).text().split("Lines")[1].split("Measured")[0]
    assert [word for word in absent if word in shown] == []
    assert "gone += row" in shown


def test_made_up_calls_and_a_watch_that_was_cut_short_are_said(survey: Survey) -> None:
    [first, second] = survey.cases
    assert first.timings
    cut = replace(first, timings=replace(first.timings, cut=True))
    text = page(replace(survey, cases=(cut, second), made_up=True)).text()
    assert "made-up calls, since none was given: give real ones with --call" in text
    assert "cut short" in text and "cut short" not in page(survey).text()


def test_what_could_not_be_measured_is_a_sentence(survey: Survey) -> None:
    broken = LineTimings(problem="it ended its process")
    lost = Allocations(problem="it ended its process")
    half = replace(survey, cases=(replace(survey.cases[0], timings=broken), survey.cases[1]))
    assert "- total([1, 2]): it ended its process." in page(half).text() and exit_code(half) == 0
    none = replace(survey, cases=(CaseCosts("total()", "user", broken, lost),))
    assert exit_code(none) == 6 and document(none).calls[0].problem == "it ended its process"
    without = replace(survey, cases=(), problem="Asynchronous functions are not verified yet.")
    assert "Nothing was measured: Asynchronous" in page(without).text() and exit_code(without) == 6


def test_nothing_that_a_terminal_obeys_is_printed(survey: Survey) -> None:
    evil = MODULE.replace("gone = 0", "gone = '\x1b[2J'")
    target = targets.find(Source("shop.py", evil), "shop", "total")
    assert "\x1b" not in page(replace(survey, target=target)).text()
