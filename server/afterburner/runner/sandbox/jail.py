"""Tier "jail": the worker closes the jail around itself, and nothing is added from outside."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass

from afterburner.runner.sandbox.plan import SandboxPlan

_MACHINES = ("x86_64", "aarch64")


@dataclass(frozen=True, slots=True)
class Jail:
    """Landlock, system-call filter and limits, entered by the worker before it imports anything."""

    name: str = "jail"

    def available(self) -> str | None:
        if not sys.platform.startswith("linux"):
            return f"Landlock and seccomp exist only on Linux, and this is {sys.platform}"
        if os.uname().machine not in _MACHINES:
            return f"there is no system-call list for {os.uname().machine}, only for {' and '.join(_MACHINES)}"
        return None

    def wrap(self, argv: list[str], plan: SandboxPlan) -> list[str]:
        return argv
