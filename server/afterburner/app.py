"""The composition root: wires settings, project, runner, sources, verifier and meter for a request."""

from __future__ import annotations

import contextlib
import platform
import shutil
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from afterburner import __version__
from afterburner.core import target as targets
from afterburner.core.candidate import read_candidate
from afterburner.core.errors import UsageError
from afterburner.core.inputs import Case
from afterburner.core.outcome import Environment, Outcome
from afterburner.core.ports import RewriteSource
from afterburner.core.profile import Profile
from afterburner.core.source import Source
from afterburner.core.target import Target
from afterburner.inputs import doctests, inference, main_block, user
from afterburner.measure.meter import TimeMeter
from afterburner.pipeline import optimize as story
from afterburner.pipeline.events import Progress, Report
from afterburner.rules.source import RuleSource
from afterburner.runner import interpreter, project
from afterburner.runner.lanes import ForkLanes, Lanes, SpawnLanes
from afterburner.runner.process import Confinement
from afterburner.runner.sandbox.select import select
from afterburner.runner.target_runner import TargetRunner
from afterburner.settings.load import load_settings
from afterburner.verifiers.static import check
from afterburner_worker import messages


@dataclass(frozen=True, slots=True)
class Request:
    """What a user asked for, from whichever edge."""

    file: Path
    where: str
    """Qualified name, or a line number."""
    profile: str | None = None
    calls: tuple[str, ...] = ()
    inputs_file: Path | None = None
    interpreter: str | None = None
    budget_s: float | None = None
    text: str | None = None
    """The unsaved buffer, where an editor has one; else the file is read."""


async def optimize(request: Request, report: Report) -> Outcome:
    """Find rewrites of the target, keep what is proven equivalent and faster."""
    async with _opened(request, report) as (target, ports, profile):
        return await story.optimize(target, ports, profile, report)


async def compare(request: Request, candidate: Path, name: str | None, report: Report) -> Outcome:
    """Judge and measure one rewrite from a file; the outcome has exactly one attempt."""
    target, _ = _target(request)
    rewrite = read_candidate(target, project.read(candidate).text, name, f"file:{candidate.name}")
    async with _opened(request, report) as (target, ports, profile):
        return await story.compare(target, rewrite, ports, profile, report)


def _target(request: Request) -> tuple[Target, project.Project]:
    place = project.locate(request.file)
    source = Source(str(request.file), request.text) if request.text is not None else project.read(request.file)
    target = targets.find(source, place.module, request.where)
    if target.kind == "closure":
        outer = target.qualname.split(".<locals>")[0]
        raise UsageError(f"{target.qualname} is built anew by each call of {outer}.", f"Ask about {outer} instead.")
    return target, place


def _profile(request: Request) -> Profile:
    profile = load_settings(request.file.absolute().parent).profile(request.profile)
    return replace(profile, budget_s=request.budget_s) if request.budget_s is not None else profile


@contextlib.asynccontextmanager
async def _opened(request: Request, report: Report) -> AsyncIterator[tuple[Target, story.Ports, Profile]]:
    """Everything for one run, with its processes and scratch folder gone at the end, however it ends."""
    profile = _profile(request)
    target, place = _target(request)
    given = _given(target, request)
    found = interpreter.find(place.root, request.interpreter)
    report(Progress("start", f"{found.label} ({found.found})"))
    tier = select(profile.sandbox, found.path)
    scratch = tempfile.mkdtemp(prefix="afterburner-")
    try:
        confinement = Confinement(found, tier, place.readable, scratch)
        runner = _runner(target, place, confinement, report)
        try:
            environment = Environment(found.path, found.label, tier.name, runner.name, platform.platform(), __version__)
            yield target, _ports(target, runner, profile, given, environment, found.version[:2], report), profile
        finally:
            await runner.close()
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _runner(target: Target, place: project.Project, confinement: Confinement, report: Report) -> TargetRunner:
    """Fork where that is safe for the module, else spawn."""
    module = messages.Module(place.module, str(place.file), target.source.text, place.path)
    report(Progress("start", f"importing {place.module} in the sandbox ({confinement.tier.name})"))
    forking = ForkLanes(confinement, module)
    lanes: Lanes = forking
    try:
        hazard = forking.hazard
    except BaseException:
        forking.kill()
        raise
    if hazard:
        forking.kill()
        lanes = SpawnLanes(confinement, module)
        report(Progress("start", f"a fresh process for each run, because {hazard}"))
    return TargetRunner(target, module, lanes, confinement.tier.name)


def _given(target: Target, request: Request) -> list[Case]:
    cases: list[Case] = [user.case(target, call) for call in request.calls]
    if request.inputs_file is not None:
        cases += user.cases_from_file(target, request.inputs_file)
    return [*cases, *doctests.cases(target), *main_block.cases(target)]


def _ports(
    target: Target, runner: TargetRunner, profile: Profile, given: Sequence[Case], environment: Environment,
    python: tuple[int, int], report: Report,
) -> story.Ports:  # fmt: skip
    return story.Ports(
        runner=runner,
        sources=_sources(profile),
        check=check,
        meter=TimeMeter(runner, profile, lambda text: report(Progress("measure", text))),
        given=given,
        types=inference.infer(target),
        environment=environment,
        python=python,
        needs_call=inference.needs_call(target),
    )


def _sources(profile: Profile) -> list[RewriteSource]:
    known: dict[str, RewriteSource] = {"rules": RuleSource()}
    missing = [name for name in profile.sources if name not in known]
    if missing:
        raise UsageError(f"The profile {profile.name} asks for the rewrite source {missing[0]!r}, which does not exist.")
    return [known[name] for name in profile.sources]
