"""The composition root: wires settings, project, runner, sources, verifier and meter for a request."""

from __future__ import annotations

import contextlib
import platform
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

from afterburner import __version__, recording
from afterburner.core import target as targets
from afterburner.core.behaviour import Behaviour
from afterburner.core.candidate import read_candidate
from afterburner.core.captured import Captured
from afterburner.core.errors import AfterburnerError, UsageError
from afterburner.core.inputs import CallText, Case, Given
from afterburner.core.outcome import Environment, Outcome
from afterburner.core.ports import RewriteSource
from afterburner.core.profile import Profile
from afterburner.core.render import shorten
from afterburner.core.request import Request
from afterburner.core.source import Source
from afterburner.core.survey import Survey
from afterburner.core.target import Target
from afterburner.inputs import doctests, inference, main_block, own, tests, user
from afterburner.measure.meter import TimeMeter
from afterburner.pipeline import behaviour as behaviours
from afterburner.pipeline import optimize as story
from afterburner.pipeline.events import Progress, Report
from afterburner.pipeline.observing import Profiler, What
from afterburner.pipeline.rehearsal import rehearsed
from afterburner.report import pytest_file
from afterburner.report.bundle import Bundle
from afterburner.rules.source import RuleSource
from afterburner.runner import interpreter, overlay, project
from afterburner.runner.opening import open_profiler, open_runner
from afterburner.runner.process import Confinement
from afterburner.runner.sandbox.paths import too_broad
from afterburner.runner.sandbox.select import select
from afterburner.runner.target_runner import TargetRunner
from afterburner.settings import consent
from afterburner.settings.load import load_settings
from afterburner.verifiers.static import check

_LABEL_WIDTH = 48
_MADE_UP = 40


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


async def verify(request: Request, candidate: Path, report: Report) -> Outcome:
    """The verdict on one rewrite from a file, without measuring it."""
    target, _ = _target(request)
    rewrite = read_candidate(target, project.read(candidate).text, None, f"file:{candidate.name}")
    async with _opened(request, report) as (target, ports, profile):
        return await story.judge_all(target, [rewrite], ports, profile, report)


async def profile(request: Request, report: Report, only: What | None = None) -> Survey:
    """What the target costs line by line, by the overlay's tools where they are to be had."""
    what: frozenset[What] = frozenset([only] if only else ["lines", "memory"])
    settings = _profile(request)
    # Made-up calls only stand in where nobody gave one: a few are enough.
    settings = replace(settings, generated_cases=min(settings.generated_cases, _MADE_UP))
    async with (
        _opened(request, report, settings) as (target, ports, profile),
        _profiler(request, target, ports, profile, report) as profiler,
    ):
        return await story.survey(target, ports, replace(profiler, what=what), profile, report)


async def replay(bundle: Bundle, report: Report, interpreter: str | None = None) -> Outcome:
    """Judge the rewrites of a bundle again, in its order, without measuring them."""
    with _as_bundled(bundle) as file:
        request = Request(file, bundle.qualname, interpreter=interpreter, text=bundle.text)
        request = replace(request, cases=tuple(case.core() for case in bundle.cases), tests=False)
        rewrites = [rewrite.core(str(file)) for rewrite in bundle.rewrites]
        profile = bundle.profile.core()
        if _profile(request).sandbox == "full":
            profile = replace(profile, sandbox="full")
        needs = Captured(modules=tuple(bundle.modules), path=tuple(bundle.path))
        async with _opened(request, report, profile, needs) as (target, ports, profile):
            return await story.judge_all(target, rewrites, ports, profile, report)


async def behaviour(request: Request, report: Report) -> Behaviour:
    """What the target does, as rows of a test that hold for it when they are run."""
    async with _opened(request, report) as (target, ports, profile):
        found = await behaviours.behaviour(target, ports, profile, report)
        return await rehearsed(
            found, ports.runner, lambda b: (pytest_file.text(b, ""), pytest_file.tests_of(b)), report
        )


def question(request: Request) -> tests.Plan | None:
    """The tests that would be run outside the sandbox, where the user was never asked about this project."""
    target, place = _target(request)
    plan = recording.planned(request, target, place, _profile(request)) if request.tests is None else None
    return plan if plan is not None and consent.answer(plan.root) is None else None


def inputs(request: Request) -> tuple[Target, Given]:
    """The target, and the calls that a run would start from; nothing is run, so tests are only named."""
    target, place = _target(request)
    given = _given(target, place, request)
    tests_said = recording.foreseen(request, target, place, _profile(request))
    return target, replace(given, notes=(*given.notes, *tests_said))


@contextlib.contextmanager
def _as_bundled(bundle: Bundle) -> Iterator[Path]:
    """The bundle's file where it still is what it was, else a copy of it in a folder of its own."""
    original = Path(bundle.file)
    with contextlib.suppress(AfterburnerError):
        if original.is_file() and project.read(original).text == bundle.text:
            yield original
            return
    with tempfile.TemporaryDirectory(prefix="afterburner-replay-") as folder:
        parts = [part for part in bundle.module.split(".") if part.isidentifier()]
        packages = [Path(folder, *parts[:depth]) for depth in range(1, len(parts))]
        for package in packages:
            package.mkdir()
            (package / "__init__.py").touch()
        file = Path(folder, *parts[:-1], f"{parts[-1] if parts else 'module'}.py")
        file.write_text(bundle.text, encoding="utf-8", newline="")
        yield file


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
    profile = replace(profile, sandbox=request.sandbox) if request.sandbox == "full" else profile
    return replace(profile, budget_s=request.budget_s) if request.budget_s is not None else profile


@contextlib.asynccontextmanager
async def _opened(
    request: Request, report: Report, profile: Profile | None = None, captured: Captured | None = None
) -> AsyncIterator[tuple[Target, story.Ports, Profile]]:
    """Everything for one run, with its processes and scratch folder gone at the end, however it ends."""
    profile = profile or _profile(request)
    target, place = _target(request)
    given = _given(target, place, request)
    found = interpreter.find(place.root, request.interpreter)
    report(Progress("start", f"{found.label} ({found.found})"))
    tier = select(profile.sandbox, found.path)
    recorder = recording.Recorder(target, place, found, profile, lambda text: report(Progress("inputs", text)))
    captured = captured or await recording.captured(request, recorder)
    scratch = tempfile.mkdtemp(prefix="afterburner-")
    try:
        confinement = Confinement(found, tier, _readable(place, captured), scratch)
        runner = open_runner(target, place, confinement, lambda text: report(Progress("start", text)), captured)
        try:
            environment = Environment(found.path, found.label, tier.name, runner.name, platform.platform(), __version__)
            ports = _ports(target, runner, profile, given, environment, found.version[:2], request.rule, report)
            yield target, replace(ports, given=(*ports.given, *captured.cases), captured=captured), profile
        finally:
            await runner.close()
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _readable(place: project.Project, captured: Captured) -> tuple[str, ...]:
    """What the sandbox shows of the project, its tests included."""
    suite = (captured.suite.root,) if captured.suite and not too_broad(captured.suite.root) else ()
    return tuple(dict.fromkeys((*place.readable, *suite)))


@contextlib.asynccontextmanager
async def _profiler(
    request: Request, target: Target, ports: story.Ports, profile: Profile, report: Report
) -> AsyncIterator[Profiler]:
    """A runner with the overlay's tools and a scratch folder of its own; without an overlay the one that is open."""
    place = project.locate(request.file)
    found = interpreter.find(place.root, request.interpreter)
    tools = overlay.cached(found)
    if not tools.folder and _may_fetch(request, profile):
        tools = await overlay.provided(found, lambda text: report(Progress("start", text)))
    if not tools.folder:
        yield Profiler(ports.runner, tools.problem)
        return
    with tempfile.TemporaryDirectory(prefix="afterburner-") as scratch:
        confinement = Confinement(found, select(profile.sandbox, found.path), _readable(place, ports.captured), scratch)
        runner = open_profiler(target, place, confinement, tools.folder, ports.captured)
        try:
            yield Profiler(runner)
        finally:
            await runner.close()


def _may_fetch(request: Request, profile: Profile) -> bool:
    return profile.network != "none" and load_settings(request.file.absolute().parent).may_fetch


def _given(target: Target, place: project.Project, request: Request) -> Given:
    """The calls that somebody gave, each with a label for tables."""
    if request.cases:
        return Given(request.cases)
    cases = [user.case(target, call) for call in request.calls]
    if request.inputs_file is not None:
        cases += user.cases_from_file(target, request.inputs_file)
    kept = own.kept(target, place)
    found = [*cases, *kept.cases, *doctests.cases(target), *main_block.cases(target)]
    return replace(kept, cases=tuple(map(_labelled, found)))


def _labelled(case: Case) -> Case:
    if case.label or not isinstance(case.call, CallText):
        return case
    return replace(case, label=shorten(" ".join(case.call.expression.split()), _LABEL_WIDTH))


def _ports(
    target: Target, runner: TargetRunner, profile: Profile, given: Given, environment: Environment,
    python: tuple[int, int], rule: str | None, report: Report,
) -> story.Ports:  # fmt: skip
    return story.Ports(
        runner=runner,
        sources=_sources(profile, rule),
        check=check,
        meter=TimeMeter(runner, profile, lambda text: report(Progress("measure", text))),
        given=given.cases,
        notes=given.notes,
        types=inference.infer(target),
        environment=environment,
        python=python,
        ignored=frozenset(load_settings(Path(target.source.path).absolute().parent).ignore_state),
        needs_call=inference.needs_call(target),
    )


def _sources(profile: Profile, rule: str | None) -> list[RewriteSource]:
    if rule is not None:
        return [RuleSource(rule)]
    known: dict[str, RewriteSource] = {"rules": RuleSource()}
    missing = [name for name in profile.sources if name not in known]
    if missing:
        raise UsageError(
            f"The profile {profile.name} asks for the rewrite source {missing[0]!r}, which does not exist.",
            f"Known are: {', '.join(known)}.",
        )
    return [known[name] for name in profile.sources]
