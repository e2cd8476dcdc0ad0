"""Opens runners for a target: by forks where that is safe for its module, else by fresh processes; and profilers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from afterburner.core.captured import NOTHING, Captured
from afterburner.core.target import Target
from afterburner.runner.lanes import ForkLanes, SpawnLanes
from afterburner.runner.process import Confinement
from afterburner.runner.project import Project
from afterburner.runner.target_runner import TargetRunner
from afterburner_worker.run_messages import Module


def open_runner(
    target: Target, place: Project, confinement: Confinement, say: Callable[[str], None],
    captured: Captured = NOTHING,
) -> TargetRunner:  # fmt: skip
    """A runner whose module was imported once already; `EnvironmentProblem` when its import fails.

    What the captured calls need is imported after it, as far as it can be.
    """
    module = _module(target, place, captured)
    say(f"importing {place.module} in the sandbox ({confinement.tier.name})")
    forking = ForkLanes(confinement, module)
    try:
        hazard = forking.hazard
    except BaseException:
        forking.kill()
        raise
    if not hazard:
        return TargetRunner(target, module, forking, confinement.tier.name)
    forking.kill()
    say(f"a fresh process for each run, because {hazard}")
    return TargetRunner(target, module, SpawnLanes(confinement, module), confinement.tier.name)


def open_profiler(
    target: Target, place: Project, confinement: Confinement, overlay: str, captured: Captured = NOTHING
) -> TargetRunner:
    """A runner for line times and allocations alone, by the overlay's tools: each child is a process of its own.

    Only these children may read the overlay and have it on their path; what is verified or timed never does.
    """
    module = _module(target, place, captured)
    wider = replace(confinement, readable=(*confinement.readable, overlay), own_process=True)
    return TargetRunner(target, module, SpawnLanes(wider, module), confinement.tier.name, overlay)


def _module(target: Target, place: Project, captured: Captured) -> Module:
    also, also_path = list(captured.modules), list(captured.path)
    return Module(place.module, str(place.file), target.source.text, place.path, also, also_path)
