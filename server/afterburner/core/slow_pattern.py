"""Slow patterns: where a rule matches by reading alone. Advice, never a claim: nothing was run."""

from __future__ import annotations

from dataclasses import dataclass

from afterburner.core.rewrite import Safety


@dataclass(frozen=True, slots=True)
class SlowPattern:
    """One rule at one place; lines are counted from 1, columns are string indices in their line."""

    rule: str
    title: str
    """The rule in a sentence."""
    qualname: str
    """The function in which it matches."""
    line: int
    column: int
    end_line: int
    end_column: int
    """Behind the last character."""
    message: str
    """What could be faster here, as a sentence."""
    safety: Safety
