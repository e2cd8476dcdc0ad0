"""Captured calls: what the project's own tests, or a script, really passed to the target, and the tests that did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from afterburner.core.inputs import Case

Outcome = Literal["passed", "failed", "skipped", "error"]


@dataclass(frozen=True, slots=True)
class Suite:
    """How the project's tests are run."""

    runner: Literal["pytest", "unittest"]
    root: str
    """The folder that they are run from."""


@dataclass(frozen=True, slots=True)
class TestResult:
    """How one test ended, and how often it called the target."""

    __test__ = False

    name: str
    """Its node id, or its dotted name."""
    outcome: Outcome
    calls: int
    """Of very many the first ones only."""
    seconds: float
    reason: str = ""
    """One line for what did not pass."""


@dataclass(frozen=True, slots=True)
class Captured:
    """Calls that were recorded while somebody's own code ran."""

    cases: tuple[Case, ...] = ()
    suite: Suite | None = None
    """None where the calls come from a script."""
    tests: tuple[TestResult, ...] = ()
    """Those that reached the target."""
    calls: int = 0
    """How often the target was called in all."""
    left_out: Mapping[str, int] = field(default_factory=dict)
    """Reason → how many calls could not be kept for it."""
    modules: tuple[str, ...] = ()
    """To be imported where the calls are made again: they hold the classes and functions of the arguments."""
    path: tuple[str, ...] = ()
    """Folders below the project from which these modules are imported."""
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    """What the capture took when it ran."""
    cached: bool = False
    """It ran before, on the same project."""


NOTHING = Captured()
