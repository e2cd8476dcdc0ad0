"""What the project's own tests gave: how each of them ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["passed", "failed", "skipped", "error"]


@dataclass(frozen=True, slots=True)
class Suite:
    """How a project's tests are run."""

    runner: Literal["pytest", "unittest"]
    root: str
    """The folder that they are run from."""


@dataclass(frozen=True, slots=True)
class TestResult:
    """How one test ended."""

    __test__ = False

    name: str
    outcome: Outcome
    calls: int
    """That reached the target; of very many the first ones only."""
    seconds: float
    reason: str = ""
    """One line for what did not pass."""
