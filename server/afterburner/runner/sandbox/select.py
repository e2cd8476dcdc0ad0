"""Which tier a session runs in: the strongest that this machine has and whose canaries all failed to escape."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from afterburner.core.errors import EnvironmentProblem
from afterburner.core.profile import Sandbox
from afterburner.runner.sandbox.canaries import CanaryReport, probe
from afterburner.runner.sandbox.full import Full
from afterburner.runner.sandbox.jail import Jail
from afterburner.runner.sandbox.plan import Tier

STRONGEST_FIRST: tuple[Tier, ...] = (Full(), Jail())

_HINTS = {
    "full": "Install bubblewrap (Debian, Ubuntu, Fedora: package `bubblewrap`); where the system forbids user "
    "namespaces (Ubuntu 23.10 and later, Docker), allow them for bwrap.",
    "jail": "The jail needs Linux 5.13 or later with Landlock switched on "
    "(`landlock` in the kernel's `lsm=` list) and an interpreter with ctypes.",
}


def select(least: Sandbox, interpreter: str, tiers: Sequence[Tier] = STRONGEST_FIRST) -> Tier:
    """The strongest tier that holds, no weaker than `least`. Raises EnvironmentProblem with a sentence per tier."""
    accepted = tiers[: [tier.name for tier in tiers].index(least) + 1]
    refusals = []
    for tier in accepted:
        missing = tier.available()
        report = probe(tier, interpreter) if missing is None else CanaryReport(tier.name, problem=missing)
        if report.holds:
            return tier
        refusals.append(f"{report}.")
    raise EnvironmentProblem(f"No sandbox holds here. {' '.join(refusals)}", _hint(accepted))


def _hint(tiers: Sequence[Tier]) -> str:
    if not sys.platform.startswith("linux"):
        return f"There is no tested sandbox for {sys.platform} yet: run Afterburner on Linux, WSL 2 included."
    return " ".join(_HINTS[tier.name] for tier in tiers)
