"""Observes what the original costs line by line: a little before a search, as facts; in full for a survey."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from afterburner.core.errors import RunFailed
from afterburner.core.facts import Allocations, LineTimings, summed
from afterburner.core.inputs import Case
from afterburner.core.ports import Runner
from afterburner.core.render import shorten
from afterburner.core.survey import CaseCosts, Survey
from afterburner.pipeline.differences import written
from afterburner.pipeline.events import Progress
from afterburner.pipeline.search import Bench

What = Literal["lines", "memory"]

_FEW = 3
_SHORT_S = 0.2
_LONGEST_S = 0.2
"""A call that took longer is left to the survey: watched, it takes several times that."""
_PATIENCE_S = 3.0
_LINES_S = 0.8
_MEMORY_S = 2.0
_LABEL_WIDTH = 48


@dataclass(frozen=True, slots=True)
class Profiler:
    """What measures a survey."""

    runner: Runner
    """With the overlay's tools where it could be had, else the one that everything runs on."""
    problem: str = ""
    """Why there is no overlay, as a clause; '' where there is one."""
    what: frozenset[What] = frozenset({"lines", "memory"})


async def observed(bench: Bench) -> Bench:
    """The bench with the target's hot lines among its facts, as far as a fraction of a second tells them."""
    cases = _quick(bench)
    if bench.reference.problem or not cases:
        return bench
    bench.report(Progress("inputs", "timing the lines of the original"))
    try:
        each = await bench.runner.lines(bench.reference.version, cases, budget_s=_SHORT_S, patience_s=_PATIENCE_S)
    except RunFailed:  # facts are a help: the search does without
        return bench
    facts = replace(bench.brief.facts, hot_lines=summed(each).shares)
    return replace(bench, brief=replace(bench.brief, facts=facts))


async def surveyed(bench: Bench, profiler: Profiler) -> Survey:
    """Line times and allocations on the calls that carry the headline."""
    brief, reference, cases = bench.brief, bench.reference, bench.headline_cases[: bench.brief.profile.timed_cases]
    made_up = not any(case.origin.given for case in cases)
    if not cases:
        problem = reference.problem or "No call of it could be made up."
        return Survey(brief.target, brief.profile, (), made_up, reference.notes, problem)
    times, why_lines = await _lines(bench, profiler, cases)
    weights, why_memory = await _memory(bench, profiler, cases)
    costs = tuple(
        CaseCosts(_label(bench, case), case.origin.value, timings, allocations)
        for case, timings, allocations in zip(cases, times, weights, strict=True)
    )
    reasons = dict.fromkeys(reason for reason in (profiler.problem, why_lines, why_memory) if reason)
    notes = (*(f"Measured by the standard library's means, because {reason}." for reason in reasons), *reference.notes)
    return Survey(brief.target, brief.profile, costs, made_up, notes)


async def _lines(bench: Bench, profiler: Profiler, cases: Sequence[Case]) -> tuple[Sequence[LineTimings | None], str]:
    """The line times of each case, and why they were not taken by the tool that was meant to."""
    if "lines" not in profiler.what:
        return [None] * len(cases), ""
    bench.report(Progress("measure", f"timing the lines of {bench.brief.target.qualname}"))
    version = bench.reference.version
    try:
        each = await profiler.runner.lines(version, cases, budget_s=_LINES_S)
        return each, next((found.fallback for found in each if found.fallback), "")
    except RunFailed as error:
        if profiler.runner is bench.runner:
            return [LineTimings(problem=str(error).rstrip("."))] * len(cases), ""
        again, _ = await _lines(bench, replace(profiler, runner=bench.runner), cases)
        return again, str(error).rstrip(".")


async def _memory(bench: Bench, profiler: Profiler, cases: Sequence[Case]) -> tuple[Sequence[Allocations | None], str]:
    """The allocations of each case, and why they were not taken by the tool that was meant to."""
    if "memory" not in profiler.what:
        return [None] * len(cases), ""
    bench.report(Progress("measure", f"weighing the memory of {bench.brief.target.qualname}"))
    version = bench.reference.version
    try:
        each = await profiler.runner.memory(version, cases, budget_s=_MEMORY_S, lines=True)
        return each, next((found.fallback for found in each if found.fallback), "")
    except RunFailed as error:
        if profiler.runner is bench.runner:
            return [Allocations(problem=str(error).rstrip("."))] * len(cases), ""
        again, _ = await _memory(bench, replace(profiler, runner=bench.runner), cases)
        return again, str(error).rstrip(".")


def _quick(bench: Bench) -> Sequence[Case]:
    """The last few of the calls that carry the headline and are quick: the largest, where they are sorted."""
    slow = {id(known.case.call) for known in bench.reference.known if known.observed.seconds > _LONGEST_S}
    return [case for case in bench.headline_cases if id(case.call) not in slow][-_FEW:]


def _label(bench: Bench, case: Case) -> str:
    return case.label or shorten(" ".join(written(case, bench.brief.target).split()), _LABEL_WIDTH)
