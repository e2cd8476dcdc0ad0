"""Opens a runner for a target: by forks where that is safe for its module, else by fresh processes."""

from __future__ import annotations

from collections.abc import Callable

from afterburner.core.captured import NOTHING, Captured
from afterburner.core.target import Target
from afterburner.runner.lanes import ForkLanes, SpawnLanes
from afterburner.runner.process import Confinement
from afterburner.runner.project import Project
from afterburner.runner.target_runner import TargetRunner
from afterburner_worker import messages


def open_runner(
    target: Target, place: Project, confinement: Confinement, say: Callable[[str], None],
    captured: Captured = NOTHING,
) -> TargetRunner:  # fmt: skip
    """A runner whose module was imported once already; `EnvironmentProblem` when its import fails.

    What the captured calls need is imported after it, as far as it can be.
    """
    module = messages.Module(
        place.module, str(place.file), target.source.text, place.path, list(captured.modules), list(captured.path)
    )
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
