"""Verdicts: what the verification can say about a rewrite, and what it saw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Tier = Literal["T0", "T1", "T2", "T3"]


@dataclass(frozen=True, slots=True)
class TestsEvidence:
    """What the project's own tests said, run in the sandbox with both versions."""

    __test__ = False

    passed: int
    """So many that reach the target pass with either version."""
    not_run: Mapping[str, int]
    """Reason → how many others say nothing."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was compared."""

    cases: Mapping[str, int] = field(default_factory=dict)
    """Origin → number of cases on which both versions were observed and agreed."""
    distinct: int = 0
    """Distinct observations of the original: 1 means that it always did the same."""
    channels: tuple[str, ...] = ()
    """What was compared on each: result, arguments after, globals, output …"""
    changed_lines: int = 0
    changed_lines_run: int = 0
    original_coverage: float | None = None
    """Share of the original's lines that the cases ran."""
    strength: Literal["strong", "weak"] = "weak"
    notes: tuple[str, ...] = ()
    """Differences that were seen and accepted by rule, such as floats inside the ULP envelope."""
    not_verified: tuple[str, ...] = ()
    """What was not compared, in words."""
    tests: TestsEvidence | None = None
    """None where none of the project's tests is known to reach the target."""

    @property
    def total(self) -> int:
        return sum(self.cases.values())


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A call on which the two versions differ."""

    call: str
    """Runnable Python."""
    channel: str
    original: str
    rewrite: str
    tier: Tier
    origin: str

    def __str__(self) -> str:
        return f"{self.call}: {self.channel} was {self.original}, with the rewrite {self.rewrite}"


@dataclass(frozen=True, slots=True)
class Equivalent:
    """No difference on any compared case, and the gates hold."""

    evidence: Evidence


@dataclass(frozen=True, slots=True)
class EquivalentExcept:
    """Equal on all given and ordinary cases, different on inputs outside their envelope."""

    evidence: Evidence
    counterexamples: tuple[Counterexample, ...]


@dataclass(frozen=True, slots=True)
class Different:
    """The behaviour changed: by a counterexample, or by what the static checks read."""

    reason: str
    counterexample: Counterexample | None = None
    evidence: Evidence = field(default_factory=Evidence)


@dataclass(frozen=True, slots=True)
class Inconclusive:
    """Nothing false was seen, but what was seen does not carry a claim; `hint` says what would help."""

    reason: str
    hint: str = ""
    evidence: Evidence = field(default_factory=Evidence)


Verdict = Equivalent | EquivalentExcept | Different | Inconclusive
