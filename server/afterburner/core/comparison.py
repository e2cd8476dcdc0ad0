"""A comparison: how much faster the rewrite is than the original, with its interval, per case and as growth."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Answer(Enum):
    """The four answers of a measurement."""

    FASTER = "faster"
    NOT_SHOWN = "not shown"
    SLOWER = "slower"
    TOO_NOISY = "too noisy here"


@dataclass(frozen=True, slots=True)
class Interval:
    """A ratio original time / rewrite time: point estimate with its lower and upper confidence bound."""

    point: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class CaseRatio:
    """One given case: ratio, and microseconds of CPU a call for both versions."""

    label: str
    ratio: Interval
    original_us: float
    rewrite_us: float


@dataclass(frozen=True, slots=True)
class GrowthPoint:
    size: int
    original_us: float
    rewrite_us: float


@dataclass(frozen=True, slots=True)
class Growth:
    """CPU time against size: exponents by Theil–Sen over the upper half of log–log points (TRUST.md §4)."""

    dimension: str
    """Which argument was scaled."""
    points: tuple[GrowthPoint, ...]
    original_exponent: float | None
    rewrite_exponent: float | None

    @property
    def largest_ratio(self) -> float:
        last = self.points[-1]
        return last.original_us / last.rewrite_us


@dataclass(frozen=True, slots=True)
class Comparison:
    """The measured answer; `headline` is over the given cases, each weighted equally in the log."""

    answer: Answer
    reason: str
    headline: Interval | None
    cases: tuple[CaseRatio, ...] = ()
    growth: tuple[Growth, ...] = ()
    launches: int = 0
    launch_scatter: float = 0.0
    """Standard deviation of the launch medians of the log ratio."""
    notes: tuple[str, ...] = ()

    @property
    def worst(self) -> CaseRatio | None:
        return min(self.cases, key=lambda case: case.ratio.point, default=None)
