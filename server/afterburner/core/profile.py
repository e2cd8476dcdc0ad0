"""A profile: the user's named choice of what to optimise for and what may be spent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Goal = Literal["time", "memory", "integral"]
Network = Literal["none", "local", "any"]
Sandbox = Literal["full", "jail"]


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything that a run may decide on; loaded from `profiles/*.toml` or `[tool.afterburner.profiles.NAME]`."""

    name: str
    summary: str
    goal: Goal
    budget_s: float
    """Seconds for the whole run; what does not fit is named, not silently dropped."""
    max_cases: int
    """Upper bound of cases that are compared."""
    generated_cases: int
    """How many generated cases to aim for."""
    floor_ratio: float
    """A rewrite is offered only when the lower bound of its speed-up exceeds this (at least 1.05)."""
    floor_us: float
    """... and when it saves at least this many microseconds a call on the slowest timed case."""
    launches_max: int
    """Upper bound of timing launches, one of the looks 4, 6, 8, 12, 20."""
    timed_cases: int
    """How many given cases are timed for the headline."""
    capture_s: float
    """Seconds for running the project's own tests, or a command to record; apart from the budget. 0: never."""
    captured_cases: int
    """The most recorded calls that are kept."""
    sources: tuple[str, ...]
    """Names of the rewrite sources to ask, in order."""
    network: Network
    sandbox: Sandbox
    """The weakest tier that is accepted."""
    seed: int = 0
