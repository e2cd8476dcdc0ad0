"""What is observed of the original before a search, and for a survey, by a runner that answers from a list."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from afterburner.core import target as targets
from afterburner.core.domain import Envelope
from afterburner.core.errors import RunFailed
from afterburner.core.facts import Allocations, Facts, LineTime, LineTimings
from afterburner.core.inputs import CallText, Case, Origin
from afterburner.core.observation import Observed, Version
from afterburner.core.ports import Brief
from afterburner.core.profile import Profile
from afterburner.core.source import Source
from afterburner.pipeline.events import silent
from afterburner.pipeline.observing import Profiler, observed, surveyed
from afterburner.pipeline.reference import Known, Reference
from afterburner.pipeline.search import Bench

TEXT = "def f(n):\n    total = 0\n    return total + n\n"
PROFILE = Profile("test", "", "time", 60, 100, 100, 1.1, 0.0, 20, 4, 0.0, 100, ("rules",), "none", "jail")
TIMES = LineTimings({2: LineTime(1, 1.0), 3: LineTime(1, 3.0)}, "line_profiler 5.1.0", 9)
WEIGHTS = Allocations((800,), tool="memray 1.20.0")


class Runner:
    """Answers each question with the same thing, or fails."""

    def __init__(self, times: LineTimings | None = TIMES, weights: Allocations | None = WEIGHTS) -> None:
        self._times, self._weights = times, weights
        self.asked: list[tuple[str, list[str]]] = []

    async def lines(self, version: Version, cases: Sequence[Case], **limits: float) -> list[LineTimings]:
        return self._answers("lines", cases, self._times)

    async def memory(self, version: Version, cases: Sequence[Case], **limits: Any) -> list[Allocations]:
        return self._answers("memory", cases, self._weights)

    def _answers(self, question: str, cases: Sequence[Case], answer: Any) -> list[Any]:
        self.asked.append((question, [case.label for case in cases]))
        if answer is None:
            raise RunFailed("f could not be run: its process ended.")
        return [answer] * len(cases)


def bench(runner: Runner, *seconds: float, problem: str = "") -> Bench:
    """A bench whose given calls took the original so many seconds each."""
    known = tuple(
        Known(Case(Origin.USER, CallText(f"f({i})"), f"f({i})"), Observed(digest="x", seconds=taken), "T0")
        for i, taken in enumerate(seconds)
    )
    version = Version(TEXT)
    reference = Reference(version, known, (), (), (), Envelope.of(()), {}, ("n",), ("a note",), problem)
    brief = Brief(targets.find(Source("m.py", TEXT), "m", "f"), Facts(python=(3, 12)), PROFILE)
    unused: Any = SimpleNamespace()
    return Bench(brief, reference, runner, unused, unused, silent, unused)  # type: ignore[arg-type]


def test_hot_lines_are_facts_beside_the_others() -> None:
    facts = asyncio.run(observed(bench(Runner(), 0.01))).brief.facts
    assert facts == Facts(python=(3, 12), hot_lines={2: 0.25, 3: 0.75})


def test_only_a_few_quick_calls_are_watched_before_a_search() -> None:
    runner = Runner()
    asyncio.run(observed(bench(runner, 0.05, 0.01, 9.0, 0.03, 0.02)))
    assert runner.asked == [("lines", ["f(4)", "f(3)", "f(0)"])], "those that took longest"


@pytest.mark.parametrize(
    ("found", "asks"),
    [
        (bench(Runner(None), 0.01), 1),
        (bench(Runner(), 9.0), 0),
        (bench(Runner(), 0.01, problem="It reaches outside."), 0),
    ],
)
def test_a_search_does_without_hot_lines(found: Bench, asks: int) -> None:
    assert asyncio.run(observed(found)) == found
    assert len(found.runner.asked) == asks  # type: ignore[attr-defined]


def test_a_survey_takes_the_calls_of_the_headline_as_far_as_the_profile_allows() -> None:
    runner = Runner()
    found = asyncio.run(surveyed(bench(runner, *[0.01] * 6), Profiler(runner)))  # type: ignore[arg-type]
    assert [(case.label, case.origin) for case in found.cases] == [(f"f({i})", "user") for i in range(4)]
    assert all((case.timings, case.allocations) == (TIMES, WEIGHTS) for case in found.cases)
    assert (found.made_up, found.notes, found.problem) == (False, ("a note",), "")


@pytest.mark.parametrize("only", ["lines", "memory"])
def test_only_what_was_asked_for_is_measured(only: Any) -> None:
    runner = Runner()
    profiler = Profiler(runner, what=frozenset({only}))  # type: ignore[arg-type]
    [case] = asyncio.run(surveyed(bench(runner, 0.01), profiler)).cases
    assert [question for question, _ in runner.asked] == [only]
    assert (case.timings is None, case.allocations is None) == (only != "lines", only != "memory")


def test_where_the_overlays_tools_fail_the_standard_library_measures_and_that_is_said() -> None:
    plain = Runner(replace(TIMES, tool="sys.monitoring"), replace(WEIGHTS, tool="tracemalloc"))
    found = asyncio.run(surveyed(bench(plain, 0.01), Profiler(Runner(None, None))))  # type: ignore[arg-type]
    [case] = found.cases
    assert case.timings and case.allocations
    assert (case.timings.tool, case.allocations.tool) == ("sys.monitoring", "tracemalloc")
    assert found.notes[0] == (
        "Measured by the standard library's means, because f could not be run: its process ended."
    )  # fmt: skip


@pytest.mark.parametrize(
    ("profiler", "reason"),
    [
        (Profiler(Runner(), "line_profiler and memray were not fetched yet"), "were not fetched yet"),  # type: ignore[arg-type]
        (Profiler(Runner(replace(TIMES, fallback="line_profiler cannot be used: X"))), "cannot be used: X"),  # type: ignore[arg-type]
        (Profiler(Runner(weights=replace(WEIGHTS, fallback="memray cannot be used: Y"))), "cannot be used: Y"),  # type: ignore[arg-type]
    ],
)
def test_the_reason_for_a_fallback_is_a_note(profiler: Profiler, reason: str) -> None:
    first = asyncio.run(surveyed(bench(Runner(), 0.01), profiler)).notes[0]
    assert first.startswith("Measured by the standard library's means, because ") and reason in first


def test_what_fails_with_every_means_is_a_problem_of_its_case() -> None:
    runner = Runner(None)
    found = asyncio.run(surveyed(bench(runner, 0.01), Profiler(runner)))  # type: ignore[arg-type]
    assert found.problems == ["f(0): f could not be run: its process ended."]


def test_without_calls_there_is_nothing_to_survey() -> None:
    runner = Runner()
    found = asyncio.run(surveyed(bench(runner, problem="It is asynchronous."), Profiler(runner)))  # type: ignore[arg-type]
    assert (found.problem, found.cases, runner.asked) == ("It is asynchronous.", (), [])
