"""Findings: what reading a rewrite, without running it, shows about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["reject", "except", "warn"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`reject`: never offered; `except`: equal but for the calls that the message names; `warn`: worth a look."""

    severity: Severity
    code: str
    """A short stable name, such as `module-state`."""
    message: str
    """What is wrong and where, for people: ``keeps `_CACHE` between calls (line 3)``."""
    line: int
    """Line in the new text; 0 when it belongs to none."""
    counterexample: str = ""
    """For `except`: a call, or a use, that is another one with the rewrite."""
    original: str = ""
    """For `except`: what the original does there."""

    def __str__(self) -> str:
        return self.message
