"""Looks at this machine: interpreter, sandbox tiers with canaries, runner, kernel; raises nothing, reports."""

from __future__ import annotations

import ctypes
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from afterburner import __version__
from afterburner.core.errors import AfterburnerError
from afterburner.core.health import CanaryResult, Check, Health, Noise, TierHealth
from afterburner.core.inputs import CallText, Case, Origin
from afterburner.core.observation import Version
from afterburner.core.ports import Runner
from afterburner.core.profile import Sandbox
from afterburner.core.source import Source
from afterburner.core.target import find
from afterburner.runner import interpreter as interpreters
from afterburner.runner import overlay
from afterburner.runner.interpreter import Interpreter
from afterburner.runner.lane import LaneClosed, LaneTimeout, WorkerRefusal
from afterburner.runner.lanes import ForkLanes, SpawnLanes
from afterburner.runner.process import Confinement
from afterburner.runner.sandbox.canaries import CanaryReport, probe
from afterburner.runner.sandbox.plan import Tier
from afterburner.runner.sandbox.select import STRONGEST_FIRST
from afterburner.runner.target_runner import TargetRunner
from afterburner_worker import messages
from afterburner_worker.run_messages import Module

Measure = Callable[[Runner, Version, Case], Awaitable[Noise]]
"""Times one call of a version against itself; given from outside, since this part does not measure."""

_LANDLOCK_CREATE_RULESET = 444
_SAMPLE = "def sample(n):\n    total = 0\n    for i in range(n):\n        total += i * i % 7\n    return total\n"
_CALL = "sample(2000)"
_FAILURES = (AfterburnerError, LaneClosed, LaneTimeout, WorkerRefusal, OSError)


async def examine(
    root: Path, asked: str | None, least: Sandbox, measure: Measure | None, tiers: Sequence[Tier] = STRONGEST_FIRST
) -> Health:
    """Everything that can be found out; whatever depends on a missing thing is left out."""
    checks = [*versions()]
    try:
        found = interpreters.find(root, asked)
    except AfterburnerError as problem:
        return Health((*checks, Check("interpreter", "missing", str(problem), problem.hint)), (), None)
    checks.append(Check("interpreter", "ok", f"{found.label} at {found.path} ({found.found})"))
    checks.append(_profilers(found))
    reports = _probed(tiers, least, found.path)
    used = next((tier for tier, report, accepted in reports if accepted and report.holds), None)
    checks.append(_sandbox(used, reports))
    if used is None:
        return Health(tuple(checks), _tiers(reports, None), None)
    noise, worked = await _worked(found, used, measure)
    return Health((*checks, *worked), _tiers(reports, used), noise)


def versions() -> list[Check]:
    """Afterburner, its own Python, the worker's wire, the kernel and what it offers for confinement."""
    return [
        Check("afterburner", "ok", f"{__version__}, worker protocol {messages.WIRE_VERSION}"),
        Check("own python", "ok", f"CPython {platform.python_version()} at {sys.executable}"),
        Check("system", "ok", f"{platform.system()} {platform.release()} {platform.machine()}"),
        _landlock(),
        _bubblewrap(),
    ]


def landlock_abi() -> int:
    """The Landlock version that the kernel offers; 0 when there is none."""
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        abi: int = libc.syscall(_LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint(1))
        return max(0, abi)
    except (OSError, AttributeError, TypeError):
        return 0


def _landlock() -> Check:
    abi = landlock_abi() if sys.platform.startswith("linux") else 0
    if abi == 0:
        remedy = "Use Linux 5.13 or later with `landlock` in the kernel's `lsm=` list."
        return Check("landlock", "missing", "this system has none", remedy)
    return Check("landlock", "ok", f"ABI {abi}")


def _bubblewrap() -> Check:
    program = shutil.which("bwrap")
    if program is None:
        remedy = "Install the package `bubblewrap` for the strongest sandbox tier; without it the jail is used."
        return Check("bubblewrap", "note", "not installed", remedy)
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.SubprocessError) as problem:
        return Check("bubblewrap", "note", f"{program} does not answer: {problem}", "Install it again.")
    return Check("bubblewrap", "ok", f"{answer.stdout.strip() or 'unknown version'} at {program}")


def _profilers(interpreter: Interpreter) -> Check:
    """Whether `afterburner profile` has line_profiler and memray for this interpreter; it works without too."""
    tools = overlay.cached(interpreter)
    if tools.folder:
        return Check("profilers", "ok", f"line_profiler and memray in {tools.folder}")
    remedy = "`afterburner profile` fetches them on first use where it may, else the standard library measures."
    return Check("profilers", "note", tools.problem, remedy)


def _probed(tiers: Sequence[Tier], least: Sandbox, interpreter: str) -> list[tuple[Tier, CanaryReport, bool]]:
    """Every tier with its report, and whether the profile accepts it."""
    names = [tier.name for tier in tiers]
    return [(tier, _report(tier, interpreter), names.index(tier.name) <= names.index(least)) for tier in tiers]


def _report(tier: Tier, interpreter: str) -> CanaryReport:
    missing = tier.available()
    try:
        return CanaryReport(tier.name, problem=missing) if missing else probe(tier, interpreter)
    except AfterburnerError as problem:
        return CanaryReport(tier.name, problem=str(problem))


def _sandbox(used: Tier | None, reports: Sequence[tuple[Tier, CanaryReport, bool]]) -> Check:
    if used is None:
        return Check(
            "sandbox", "missing", "no accepted tier holds",
            "Code is never run without one. What each tier lacks is written below.",
        )  # fmt: skip
    stronger = [report for _, report, _ in reports[: [tier for tier, _, _ in reports].index(used)]]
    if stronger:
        return Check("sandbox", "note", f"tier {used.name}", f"A stronger tier is not used: {stronger[0]}.")
    return Check("sandbox", "ok", f"tier {used.name}, the strongest")


def _tiers(reports: Sequence[tuple[Tier, CanaryReport, bool]], used: Tier | None) -> tuple[TierHealth, ...]:
    return tuple(
        TierHealth(
            tier.name, report.holds, tier is used, report.problem,
            tuple(CanaryResult(canary.name, canary.held, canary.detail) for canary in report.results),
        )
        for tier, report, _ in reports
    )  # fmt: skip


async def _worked(
    interpreter: Interpreter, tier: Tier, measure: Measure | None
) -> tuple[Noise | None, tuple[Check, ...]]:
    """Starts workers on a small module of our own, by forking or else afresh, and measures there."""
    with tempfile.TemporaryDirectory(prefix="afterburner-doctor-") as scratch:
        module = Module("sample", os.path.join(scratch, "sample.py"), _SAMPLE, [scratch])
        confinement = Confinement(interpreter, tier, (), scratch)
        forking = ForkLanes(confinement, module)
        problem = _problem(forking)
        if not problem:
            return await _measured(forking, module, tier, measure, Check("runner", "ok", "fork"))
        spawning = SpawnLanes(confinement, module)
        remedy = f"Forking is not possible ({problem}): each run takes longer."
        problem = _problem(spawning)
        if not problem:
            return await _measured(spawning, module, tier, measure, Check("runner", "note", "spawn", remedy))
        return None, (
            Check("runner", "missing", f"no worker starts: {problem}", "Try another with --interpreter PATH."),
        )


def _problem(lanes: ForkLanes | SpawnLanes) -> str:
    """Why no child can be opened, or ''; lanes that have a problem are closed."""
    try:
        problem = lanes.hazard if isinstance(lanes, ForkLanes) else ""
        if not problem:
            lanes.open(whole=False, hash_seed=0).close()
    except _FAILURES as error:
        problem = str(error) or type(error).__name__
    if problem:
        lanes.kill()
    return problem


async def _measured(
    lanes: ForkLanes | SpawnLanes, module: Module, tier: Tier, measure: Measure | None, check: Check
) -> tuple[Noise | None, tuple[Check, ...]]:
    runner = TargetRunner(find(Source(module.file, _SAMPLE), "sample", "sample"), module, lanes, tier.name)
    try:
        noise = await measure(runner, Version(_SAMPLE), Case(Origin.USER, CallText(_CALL))) if measure else None
        return noise, (check,)
    except _FAILURES as error:
        remedy = "Nothing can be timed here; run `afterburner doctor` again, and report it if it stays."
        return None, (check, Check("measurement", "missing", f"a first measurement failed: {error}", remedy))
    finally:
        await runner.close()
