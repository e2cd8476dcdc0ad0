"""The ports: what the pipeline asks of the outside world, each answered by a family of adapters."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from afterburner.core.captured import Suite, TestResult
from afterburner.core.comparison import Comparison
from afterburner.core.facts import Allocations, Facts, LineTimings
from afterburner.core.finding import Finding
from afterburner.core.inputs import CallGraph, Case, Scaled
from afterburner.core.observation import Observed, Version
from afterburner.core.profile import Profile
from afterburner.core.rewrite import Rewrite
from afterburner.core.suggestion import Attempt
from afterburner.core.target import Target

_MOST_VALUES = 200_000
_MOST_COPIES = 500
_VALUES_OF_TEXT = 2_000


@dataclass(frozen=True, slots=True)
class Brief:
    """What a rewrite source gets to know."""

    target: Target
    facts: Facts
    profile: Profile


@dataclass(frozen=True, slots=True)
class Limits:
    """What one observation may cost, in seconds of wall time seen from outside."""

    first_s: float
    """Until the first answer, putting the version in place included."""
    case_s: float
    enough_s: float = math.inf
    """After a case that took this long, those behind it in its group are not tried."""
    objects: int = 200_000
    """An observation with more objects than this does not count as one."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a textual call turned out to be."""

    call: CallGraph | None
    """Its arguments as a graph, when a graph can rebuild them faithfully."""
    direct: bool
    error: str


@dataclass(frozen=True, slots=True)
class TimedCase:
    """A case with how many calls make up one sample, for either version (see `Repeats`)."""

    case: Case
    original: Repeats
    rewrite: Repeats


@dataclass(frozen=True, slots=True)
class Repeats:
    """One sample's calls: each of `copies` fresh argument sets is passed `rounds` times."""

    copies: int
    rounds: int = 1

    @property
    def calls(self) -> int:
        return self.copies * self.rounds

    @classmethod
    def of(cls, case: Case, calls: int) -> Repeats:
        """About that many calls, with no more copies than are quickly made."""
        copies = max(1, min(calls, _MOST_VALUES // max(1, _values(case)), _MOST_COPIES))
        return cls(copies, max(1, round(calls / copies)) if case.reusable else 1)


def _values(case: Case) -> int:
    """How many values a copy of the arguments takes; evaluating text counts as many."""
    if not isinstance(case.call, CallGraph):
        return _VALUES_OF_TEXT
    return sum(len(part) for node in case.call.graph["nodes"] for part in node[1:] if isinstance(part, list | str))


class StaticCheck(Protocol):
    """Reads a rewrite, without running anything, for what no comparison of results would show."""

    def __call__(self, target: Target, rewrite: Rewrite) -> tuple[Finding, ...]: ...


class RewriteSource(Protocol):
    """Proposes rewrites: the rule engine, a model, a person's file."""

    name: str

    def may_propose(self, brief: Brief) -> bool:
        """False when it is certain, without further inputs, that nothing will be proposed."""
        ...

    def rewrites(self, brief: Brief, history: Sequence[Attempt]) -> AsyncIterator[Rewrite]: ...


class InputSource(Protocol):
    """Yields the cases of one origin by reading, without running anything."""

    name: str

    def cases(self, target: Target) -> Sequence[Case]: ...


class Runner(Protocol):
    """Runs versions of one target in the sandbox, in the user's interpreter."""

    name: str
    tier: str

    async def observe(
        self, version: Version, cases: Sequence[Case], limits: Limits, *, hash_seed: int = 0, alone: bool = False,
        poison: bool = False, lines: bool = False, repeat: int = 1, patience: int = 8,
    ) -> list[Observed]:  # fmt: skip
        """One observation per case (and repetition), in order; failures are values, the rest after `patience` too."""
        ...

    async def resolve(self, version: Version, cases: Sequence[Case]) -> list[Resolution]: ...

    async def generate(
        self, version: Version, seeds: Sequence[CallGraph], types: Mapping[str, Sequence[str]], texts: Sequence[str],
        count: int, seed: int,
    ) -> list[CallGraph]:  # fmt: skip
        """Made-up calls near the seeds, or first proposals when there are none."""
        ...

    async def scaled(
        self, version: Version, call: CallGraph, sizes: Sequence[int], shape: str, seed: int, *, dimensions: int
    ) -> list[tuple[str, list[tuple[int, CallGraph]]]]:
        """The call grown along each of its first dimensions: (dimension, [(size, call)])."""
        ...

    async def launch(
        self,
        versions: tuple[Version, Version],
        cases: Sequence[TimedCase],
        pairs: int,
        seed: int,
        *,
        vary: bool = False,
    ) -> list[tuple[list[int], list[int]]]:
        """One timing launch: per case, the samples of both versions in nanoseconds of CPU, overhead taken off.

        With `vary` each call gets other values of the same shape, so that remembering results does not pay.
        """
        ...

    async def once(self, version: Version, cases: Sequence[Case], *, longest_ns: float = math.inf) -> list[float]:
        """Per case the least CPU nanoseconds a call; NaN for those after one that fails or takes longer than that."""
        ...

    async def run_tests(self, version: Version, suite: Suite, names: Sequence[str], seconds: float) -> list[TestResult]:
        """How these tests of the project end, in the sandbox, with a version in place; some may be missing."""
        ...

    async def lines(
        self, version: Version, cases: Sequence[Case], *, budget_s: float, patience_s: float = 30.0
    ) -> list[LineTimings]:
        """Per case what the target's lines take; RunFailed when it takes `patience_s` longer than the budget."""
        ...

    async def memory(
        self, version: Version, cases: Sequence[Case], *, budget_s: float, repeats: int = 3, lines: bool = False,
        patience_s: float = 30.0,
    ) -> list[Allocations]:  # fmt: skip
        """Per case what a call allocates, with `lines` also where; RunFailed as above."""
        ...

    async def close(self) -> None:
        """End every process."""
        ...


class Meter(Protocol):
    """Measures how much faster a rewrite is."""

    async def compare(
        self,
        versions: tuple[Version, Version],
        given: Sequence[Case],
        scaled: Sequence[Scaled],
        seed: int,
    ) -> Comparison: ...
