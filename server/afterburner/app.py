"""The composition root: wires settings, project, runner, sources, verifier and meter for a request."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from afterburner.core.outcome import Outcome
from afterburner.pipeline.events import Report


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
    raise AssertionError("being written")


async def compare(request: Request, candidate: Path, name: str | None, report: Report) -> Outcome:
    """Judge and measure one rewrite from a file; the outcome has exactly one attempt."""
    raise AssertionError("being written")
