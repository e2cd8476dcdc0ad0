"""A survey: what the original costs line by line, on which calls, and by which tools that was measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from afterburner.core.facts import Allocations, LineTimings, summed
from afterburner.core.outcome import Environment
from afterburner.core.profile import Profile
from afterburner.core.target import Target


@dataclass(frozen=True, slots=True)
class CaseCosts:
    """One call; None where that was not asked for."""

    label: str
    origin: str
    timings: LineTimings | None
    allocations: Allocations | None


@dataclass(frozen=True, slots=True)
class Survey:
    """What was measured of one target."""

    target: Target
    profile: Profile
    cases: tuple[CaseCosts, ...]
    made_up: bool
    """Nobody gave a call: those that were measured are invented."""
    notes: tuple[str, ...] = ()
    problem: str = ""
    """Why nothing was measured, as a sentence."""
    environment: Environment | None = None
    seconds: float = 0.0

    @property
    def timings(self) -> LineTimings | None:
        """All cases together, one call of each; None where no lines were timed."""
        timed = [case.timings for case in self.cases if case.timings]
        return summed(timed) if timed else None

    @property
    def heaviest(self) -> CaseCosts | None:
        """The call with the highest peak; None where no memory was measured."""
        weighed = [case for case in self.cases if case.allocations and case.allocations.peaks]
        return max(weighed, key=lambda case: case.allocations.peak if case.allocations else 0, default=None)

    @property
    def problems(self) -> Sequence[str]:
        """What could not be measured, as sentences."""
        return [
            f"{case.label}: {part.problem}."
            for case in self.cases
            for part in (case.timings, case.allocations)
            if part and part.problem
        ]
