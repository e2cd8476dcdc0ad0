"""The health of a machine: whether it has what the main job needs, and how well it measures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "note", "missing"]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `missing` stops the main job; a `note` only makes it weaker or slower."""

    name: str
    state: State
    found: str
    remedy: str = ""
    """What to do; empty when all is well."""


@dataclass(frozen=True, slots=True)
class CanaryResult:
    """One attack from inside a sandbox tier, and what the system answered."""

    attack: str
    held: bool
    detail: str


@dataclass(frozen=True, slots=True)
class TierHealth:
    """One sandbox tier: its canaries, or why it cannot be used."""

    name: str
    holds: bool
    used: bool
    problem: str
    canaries: tuple[CanaryResult, ...] = ()


@dataclass(frozen=True, slots=True)
class Noise:
    """An A/A test: one function compared with itself."""

    ratio: float
    """1 when nothing disturbs."""
    lower: float
    upper: float
    launches: int
    launch_scatter: float
    """Standard deviation of the launch medians of the log ratio."""


@dataclass(frozen=True, slots=True)
class Health:
    """Everything that `doctor` tells."""

    checks: tuple[Check, ...]
    tiers: tuple[TierHealth, ...]
    noise: Noise | None

    @property
    def missing(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.state == "missing")
