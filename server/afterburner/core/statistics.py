"""The statistics of a comparison: Student's t, group-sequential looks, growth exponents. Pure arithmetic."""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from afterburner.core.comparison import Interval

LOOKS = ((4, 0.0005), (6, 0.001), (8, 0.001), (12, 0.001), (20, 0.0015))
"""Launches after which we look, with the one-sided error spent there: 0.5 % in all (TRUST.md §4)."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Mean of log ratios with a one-sided lower and upper bound, each at the same error."""

    mean: float
    lower: float
    upper: float

    def interval(self) -> Interval:
        return Interval(math.exp(self.mean), math.exp(self.lower), math.exp(min(self.upper, 300.0)))


def bounds(values: Sequence[float], error: float) -> Bounds:
    """t bounds of the mean of at least two values, each side missing the truth with probability `error`."""
    mean = statistics.fmean(values)
    half = t_quantile(1.0 - error, len(values) - 1) * statistics.stdev(values) / math.sqrt(len(values))
    return Bounds(mean, mean - half, mean + half)


def t_quantile(probability: float, freedom: int) -> float:
    """Quantile of Student's t above the median, by bisection of its distribution function."""
    low, high = 0.0, 1.0
    while t_distribution(high, freedom) < probability:
        high *= 2.0
    for _ in range(80):
        middle = (low + high) / 2.0
        low, high = (middle, high) if t_distribution(middle, freedom) < probability else (low, middle)
    return (low + high) / 2.0


def t_distribution(t: float, freedom: int) -> float:
    """P(T ≤ t), t ≥ 0, for whole degrees of freedom (Abramowitz & Stegun 26.7.3 and 26.7.4)."""
    theta = math.atan(t / math.sqrt(freedom))
    sine, cosine = math.sin(theta), math.cos(theta)
    if freedom % 2:
        terms = _cosine_terms(cosine, range(2, freedom - 1, 2), cosine) if freedom > 1 else 0.0
        both_sides = 2.0 / math.pi * (theta + sine * terms)
    else:
        both_sides = sine * _cosine_terms(cosine, range(1, freedom - 1, 2), 1.0)
    return 0.5 + both_sides / 2.0


def _cosine_terms(cosine: float, steps: range, first: float) -> float:
    """first · (1 + s/(s+1)·cos² + …) over the given steps s."""
    total = term = first
    for step in steps:
        term *= cosine * cosine * step / (step + 1)
        total += term
    return total


def exponent(points: Sequence[tuple[int, float]]) -> float | None:
    """Theil–Sen slope of log time over log size, on the upper half of the points; None with fewer than three."""
    usable = [(math.log(size), math.log(time)) for size, time in points if size > 0 and time > 0]
    if len(usable) < 3:
        return None
    upper = usable[max(len(usable) // 2 - 1, 0) :]
    slopes = [
        (late_y - early_y) / (late_x - early_x)
        for (early_x, early_y), (late_x, late_y) in itertools.combinations(upper, 2)
        if late_x - early_x >= math.log(1.9)
    ]
    return statistics.median(slopes) if slopes else None
