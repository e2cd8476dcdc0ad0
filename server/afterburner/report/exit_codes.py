"""What the exit status of `optimize` and `compare` says about an outcome."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from afterburner.core.outcome import Outcome
from afterburner.core.suggestion import Attempt, proven_better
from afterburner.core.verdict import Different, Equivalent, EquivalentExcept, Inconclusive

Command = Literal["optimize", "compare"]

FASTER, NOTHING, USAGE, ENVIRONMENT, DIFFERENT, EXCEPT, INCONCLUSIVE = range(7)
INTERRUPTED = 130

MEANING: Mapping[int, str] = {
    FASTER: "equivalent (or offered) and faster; or leaner, where the profile asks for that",
    NOTHING: "nothing to offer: no rewrite, not shown to be faster, or slower",
    USAGE: "wrong usage: an option, a file or a function that does not exist",
    ENVIRONMENT: "the interpreter, the sandbox or the project cannot do it",
    DIFFERENT: "the rewrite behaves differently",
    EXCEPT: "equivalent except on inputs unlike those that were seen",
    INCONCLUSIVE: "inconclusive, or cannot be verified here",
}


def of(outcome: Outcome, command: Command) -> int:
    """The exit status of a finished run."""
    if command == "compare":
        return _of_compared(outcome.attempts[0])
    if outcome.offers:
        return FASTER
    judged = [attempt.verdict for attempt in outcome.attempts]
    return INCONCLUSIVE if judged and all(isinstance(v, Inconclusive) for v in judged) else NOTHING


def _of_compared(attempt: Attempt) -> int:
    match attempt.verdict:
        case Different():
            return DIFFERENT
        case EquivalentExcept():
            return EXCEPT
        case Inconclusive():
            return INCONCLUSIVE
        case Equivalent():
            return FASTER if proven_better(attempt.verdict, attempt.comparison) else NOTHING
