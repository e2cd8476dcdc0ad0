"""An outcome as an editor needs it: which offers become actions, what they are called, and the pages about them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from afterburner.core.found import Found, Offer
from afterburner.core.outcome import Outcome
from afterburner.core.patch import changed_lines
from afterburner.core.suggestion import Attempt
from afterburner.core.verdict import EquivalentExcept
from afterburner.report import markdown


def found(outcome: Outcome) -> Found:
    """The fastest offer, the one with the least memory and the one with the smallest difference, each named once."""
    best = outcome.offers[0] if outcome.offers else None
    return Found(
        outcome.target.qualname,
        outcome.target.source.text,
        markdown.gain(best.comparison) if best else "nothing to offer",
        markdown.summary(outcome),
        markdown.report(outcome),
        "" if best else markdown.nothing(outcome),
        tuple(_offer(outcome, attempt, why) for attempt, why in _chosen(outcome)),
    )


def _chosen(outcome: Outcome) -> Iterator[tuple[Attempt, str]]:
    """Each offer worth an action, and what it is best at where it is not the best of all."""
    if not outcome.offers:
        return
    best = {
        "": outcome.offers[0],
        "least memory": min(outcome.offers, key=_peak),
        "smallest change": min(outcome.offers, key=_size(outcome)),
    }
    seen: set[int] = set()
    for why, attempt in best.items():
        if id(attempt) not in seen:
            seen.add(id(attempt))
            yield attempt, why


def _offer(outcome: Outcome, attempt: Attempt, why: str) -> Offer:
    number = next(at for at, other in enumerate(outcome.attempts) if other is attempt)
    is_strong = not isinstance(attempt.verdict, EquivalentExcept) and attempt.verdict.evidence.strength == "strong"
    evidence = "strong evidence" if is_strong else "weak evidence, look at it first"
    gain = markdown.gain(attempt.comparison)
    return Offer(
        str(number),
        f"apply {gain}, {evidence}{f'; {why}' if why else ''}",
        gain,
        attempt.rewrite.idea,
        is_strong,
        attempt.rewrite.source.text,
        markdown.evidence(attempt),
        markdown.difference(outcome.target, attempt),
    )


def _peak(attempt: Attempt) -> float:
    memory = attempt.comparison.memory if attempt.comparison else None
    return memory.rewrite.peak if memory else float("inf")


def _size(outcome: Outcome) -> Callable[[Attempt], int]:
    """How many lines an offer adds or changes; a tie goes to the one that was ranked higher."""
    return lambda attempt: len(changed_lines(outcome.target.source, attempt.rewrite.source))
