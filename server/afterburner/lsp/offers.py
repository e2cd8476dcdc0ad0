"""Which of an outcome's offers become actions, and what they are called."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from afterburner.core.outcome import Outcome
from afterburner.core.patch import changed_lines
from afterburner.core.suggestion import Attempt
from afterburner.core.verdict import EquivalentExcept
from afterburner.report import markdown


@dataclass(frozen=True, slots=True)
class Offer:
    """One suggestion worth an action of its own."""

    key: str
    """Names it within its outcome."""
    attempt: Attempt
    why: str
    """What it is best at, where there are several."""

    @property
    def is_strong(self) -> bool:
        """Whether it may be proposed as the thing to do, unasked for confirmation."""
        verdict = self.attempt.verdict
        return not isinstance(verdict, EquivalentExcept) and verdict.evidence.strength == "strong"

    @property
    def title(self) -> str:
        """Such as `apply 12× faster (10–14×), strong evidence`."""
        evidence = "strong evidence" if self.is_strong else "weak evidence, look at it first"
        best = f"; {self.why}" if self.why else ""
        return f"apply {markdown.gain(self.attempt.comparison)}, {evidence}{best}"


def offers(outcome: Outcome) -> Sequence[Offer]:
    """The fastest, the one with the least memory and the one with the smallest difference, each named once."""
    known = {id(attempt): str(number) for number, attempt in enumerate(outcome.attempts)}
    if not outcome.offers:
        return ()
    best = {
        "": outcome.offers[0],
        "least memory": min(outcome.offers, key=_peak),
        "smallest change": min(outcome.offers, key=_size(outcome)),
    }
    found: dict[int, Offer] = {}
    for why, attempt in best.items():
        found.setdefault(id(attempt), Offer(known[id(attempt)], attempt, why))
    return tuple(found.values())


def _peak(attempt: Attempt) -> float:
    memory = attempt.comparison.memory if attempt.comparison else None
    return memory.rewrite.peak if memory else float("inf")


def _size(outcome: Outcome) -> Callable[[Attempt], int]:
    """How many lines an offer adds or changes; a tie goes to the one that was ranked higher."""
    return lambda attempt: len(changed_lines(outcome.target.source, attempt.rewrite.source))
