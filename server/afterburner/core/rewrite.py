"""A rewrite: a proposed new text of the target's module, and who proposed it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from afterburner.core.source import Source


class Safety(Enum):
    """What a rule promises about its own rewrites."""

    PRESERVING = "preserving"
    """Behaviour is the same by construction."""
    NEEDS_PROOF = "needs proof"
    """Speculative: the precondition is stated, the verdict decides."""


@dataclass(frozen=True, slots=True)
class Rewrite:
    """The module with the target rewritten, and imports or helpers that it needs added."""

    source: Source
    """The whole new module text; everything but the target and its needs is untouched."""
    origin: str
    """Who proposed it: `rule:membership-set`, `model:…`, `file:…`."""
    idea: str
    """One line for people: what is different."""
    safety: Safety = Safety.NEEDS_PROOF
