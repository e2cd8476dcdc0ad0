"""Observes what the original costs line by line: a little before a search, as facts; in full for a survey."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from afterburner.core.errors import EnvironmentProblem, RunFailed
from afterburner.core.facts import Allocations, LineTimings, summed
from afterburner.core.inputs import Case
from afterburner.core.ports import Runner
from afterburner.core.render import shorten
from afterburner.core.survey import CaseCosts, Survey
from afterburner.pipeline.differences import written
from afterburner.pipeline.events import Progress
from afterburner.pipeline.search import Bench

What = Literal["lines", "memory"]
Cost = TypeVar("Cost", LineTimings, Allocations)

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
    asked = _Asked(bench, profiler, cases)
    times, why_lines = await asked.lines()
    weights, why_memory = await asked.memory()
    costs = tuple(
        CaseCosts(_label(bench, case), case.origin.value, timings, allocations)
        for case, timings, allocations in zip(cases, times, weights, strict=True)
    )
    reasons = dict.fromkeys(reason for reason in (profiler.problem, why_lines, why_memory) if reason)
    notes = (*(f"Measured by the standard library's means, because {reason}." for reason in reasons), *reference.notes)
    return Survey(brief.target, brief.profile, costs, made_up, notes)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The questions of a survey; each is answered for every case, with why another tool than the meant one did it."""

    bench: Bench
    profiler: Profiler
    cases: Sequence[Case]

    async def lines(self) -> tuple[Sequence[LineTimings | None], str]:
        if "lines" not in self.profiler.what:
            return [None] * len(self.cases), ""
        self.bench.report(Progress("measure", f"timing the lines of {self.bench.brief.target.qualname}"))
        version = self.bench.reference.version
        return await self._answered(
            lambda runner: runner.lines(version, self.cases, budget_s=_LINES_S), lambda why: LineTimings(problem=why)
        )

    async def memory(self) -> tuple[Sequence[Allocations | None], str]:
        if "memory" not in self.profiler.what:
            return [None] * len(self.cases), ""
        self.bench.report(Progress("measure", f"weighing the memory of {self.bench.brief.target.qualname}"))
        version = self.bench.reference.version
        return await self._answered(
            lambda runner: runner.memory(version, self.cases, budget_s=_MEMORY_S, lines=True),
            lambda why: Allocations(problem=why),
        )

    async def _answered(
        self, ask: Callable[[Runner], Awaitable[Sequence[Cost]]], lost: Callable[[str], Cost]
    ) -> tuple[Sequence[Cost], str]:
        """By the overlay's tools or, where their child does not live, by the runner that everything runs on."""
        why = ""
        for runner in dict.fromkeys((self.profiler.runner, self.bench.runner)):
            try:
                each = await ask(runner)
                return each, why or next((found.fallback for found in each if found.fallback), "")
            except (RunFailed, EnvironmentProblem) as error:
                why = str(error).rstrip(".")
        return [lost(why)] * len(self.cases), ""


def _quick(bench: Bench) -> Sequence[Case]:
    """The few that took longest of the calls that carry the headline and are quick."""
    took = {id(known.case.call): known.observed.seconds for known in bench.reference.known}
    quick = [case for case in bench.headline_cases if took[id(case.call)] <= _LONGEST_S]
    return sorted(quick, key=lambda case: took[id(case.call)])[-_FEW:]


def _label(bench: Bench, case: Case) -> str:
    return case.label or shorten(" ".join(written(case, bench.brief.target).split()), _LABEL_WIDTH)
