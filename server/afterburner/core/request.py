"""A request: what a user asks for, from whichever edge."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from afterburner.core.inputs import Case
from afterburner.core.profile import Sandbox


@dataclass(frozen=True, slots=True)
class Request:
    """One function, and what is to be known about running it."""

    file: Path
    where: str
    """Qualified name, or a line number."""
    profile: str | None = None
    calls: tuple[str, ...] = ()
    inputs_file: Path | None = None
    interpreter: str | None = None
    budget_s: float | None = None
    sandbox: Sandbox | None = None
    """A stronger tier than the profile asks for."""
    text: str | None = None
    """The unsaved buffer, where an editor has one; else the file is read."""
    cases: tuple[Case, ...] = ()
    """These given cases, and no others."""
    tests: bool | None = None
    """Whether the project's own tests may run outside the sandbox; None: as the user said before of this project."""
    record: str | None = None
    """A command to run outside the sandbox and record calls from."""
    rule: str | None = None
    """Only what this rule proposes, and no other source."""
