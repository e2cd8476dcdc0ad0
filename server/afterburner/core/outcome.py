"""The outcome of a run: everything that is shown, written as JSON, or replayed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from afterburner.core.captured import NOTHING, Captured
from afterburner.core.inputs import Case
from afterburner.core.profile import Profile
from afterburner.core.suggestion import Attempt
from afterburner.core.target import Target


@dataclass(frozen=True, slots=True)
class Environment:
    """Where it was run."""

    interpreter: str
    """Path of the user's interpreter."""
    python: str
    """Such as `CPython 3.12.1`."""
    tier: str
    runner: str
    platform: str
    afterburner: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run over one target; `attempts` has the best offer first, then what was refused, in the order of trying."""

    target: Target
    profile: Profile
    environment: Environment
    cases: Mapping[str, int]
    """Origin → cases that the original was observed on."""
    attempts: tuple[Attempt, ...]
    given: tuple[Case, ...] = ()
    """The calls that somebody gave, for the replay bundle."""
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    captured: Captured = NOTHING
    """What the project's tests, or a recorded command, told."""

    @property
    def offers(self) -> tuple[Attempt, ...]:
        return tuple(attempt for attempt in self.attempts if attempt.offered)
