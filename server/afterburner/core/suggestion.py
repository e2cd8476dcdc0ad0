"""Attempts and suggestions: a rewrite with what was found out about it."""

from __future__ import annotations

from dataclasses import dataclass

from afterburner.core.comparison import Comparison
from afterburner.core.rewrite import Rewrite
from afterburner.core.verdict import Equivalent, Verdict


@dataclass(frozen=True, slots=True)
class Attempt:
    """One rewrite that was tried; `comparison` is None where the verdict already ended it."""

    rewrite: Rewrite
    verdict: Verdict
    comparison: Comparison | None
    refusal: str = ""
    """Why it is not offered, in a sentence; empty when it is offered."""

    @property
    def offered(self) -> bool:
        return not self.refusal


def proven_better(verdict: Verdict, comparison: Comparison | None) -> bool:
    """True only for an equivalent rewrite whose gain was shown, in time or in what the profile asks for."""
    return isinstance(verdict, Equivalent) and comparison is not None and comparison.answer.is_gain
