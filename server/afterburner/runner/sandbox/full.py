"""Tier "full": bubblewrap gives empty namespaces that show only what was granted; the jail closes inside."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass

from afterburner.runner.sandbox.paths import Layout, layout
from afterburner.runner.sandbox.plan import SandboxPlan

_SHARED_MEMORY_BYTES = 16 << 20
_NAMESPACES = ("--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv")


@dataclass(frozen=True, slots=True)
class Full:
    """Bubblewrap around the jail."""

    program: str = "bwrap"
    name: str = "full"

    def available(self) -> str | None:
        if not sys.platform.startswith("linux"):
            return f"bubblewrap exists only on Linux, and this is {sys.platform}"
        if shutil.which(self.program) is None:
            return "bubblewrap (bwrap) is not installed"
        return None

    def wrap(self, argv: list[str], plan: SandboxPlan) -> list[str]:
        return [shutil.which(self.program) or self.program, *arguments(plan, layout(plan.read)), "--", *argv]


def arguments(plan: SandboxPlan, shown: Layout) -> list[str]:
    """Bubblewrap's options; the order counts, since later mounts cover earlier ones."""
    options = [*_NAMESPACES]
    for name, value in plan.env.items():
        options += ["--setenv", name, value]
    for bind in shown.binds:
        options += ["--ro-bind", bind, bind]
    for link, text in shown.links:
        options += ["--symlink", text, link]
    options += ["--proc", "/proc", "--dev", "/dev"]
    options += ["--size", str(_SHARED_MEMORY_BYTES), "--tmpfs", "/dev/shm"]
    options += ["--size", str(plan.scratch_bytes), "--tmpfs", plan.scratch]
    return [*options, "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", plan.scratch]
