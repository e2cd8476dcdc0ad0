"""A comparison: how much faster the rewrite is than the original, with its interval, per case and as growth."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from enum import Enum

from afterburner.core.profile import Goal


class Answer(Enum):
    """The answers of a measurement; what the profile asks for decides between the first two."""

    FASTER = "faster"
    LEANER = "less memory"
    NOT_SHOWN = "not shown"
    SLOWER = "slower"
    TOO_NOISY = "too noisy here"

    @property
    def is_gain(self) -> bool:
        """True where the rewrite is worth being offered."""
        return self in (Answer.FASTER, Answer.LEANER)


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
class MemoryUse:
    """What one version holds during a call of what that call allocated; one figure for each repetition."""

    peaks: tuple[int, ...]
    """The most bytes at one time."""
    integrals: tuple[float, ...] = ()
    """Byte-seconds: the average over the call times its CPU time; empty where it is too short to be sampled."""

    @property
    def peak(self) -> float:
        return statistics.median(self.peaks)

    @property
    def integral(self) -> float | None:
        return statistics.median(self.integrals) if self.integrals else None


@dataclass(frozen=True, slots=True)
class Memory:
    """Both versions on one call; ratios are original / rewrite, and their bounds the range over the repetitions."""

    label: str
    """Which call."""
    tool: str
    original: MemoryUse
    rewrite: MemoryUse

    @property
    def peak(self) -> Interval:
        return _range(self.original.peaks, self.rewrite.peaks, 1)

    @property
    def integral(self) -> Interval | None:
        if not self.original.integrals or not self.rewrite.integrals:
            return None
        return _range(self.original.integrals, self.rewrite.integrals, 1e-12)

    def ratio(self, goal: Goal) -> Interval | None:
        """What a profile with this goal decides by; None where it was not measured."""
        return self.integral if goal == "integral" else self.peak


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
    memory: Memory | None = None
    goal: Goal = "time"
    """What the answer is about."""

    @property
    def merit(self) -> float:
        """By what offers are ranked: the lower bound of what the profile asks for; 0 where nothing was measured."""
        ratio = self.memory.ratio(self.goal) if self.memory and self.goal != "time" else self.headline
        return ratio.lower if ratio else 0.0

    @property
    def worst(self) -> CaseRatio | None:
        return min(self.cases, key=lambda case: case.ratio.point, default=None)


def _range(original: tuple[float, ...], rewrite: tuple[float, ...], least: float) -> Interval:
    """Original / rewrite at the medians and at both ends; nothing counts as less than `least`."""
    before, after = ([max(figure, least) for figure in figures] for figures in (original, rewrite))
    point = statistics.median(before) / statistics.median(after)
    return Interval(point, min(before) / max(after), max(before) / min(after))
