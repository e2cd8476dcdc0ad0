"""Measures how both versions grow with the size of their input."""

from __future__ import annotations

import math
from collections.abc import Sequence

from afterburner.core.comparison import Growth, GrowthPoint
from afterburner.core.inputs import Case
from afterburner.core.observation import Version
from afterburner.core.ports import Runner
from afterburner.core.statistics import exponent

_LONGEST_NS = 60_000_000
_ONE_SAMPLE_NS = 200_000


async def measure(
    runner: Runner, versions: tuple[Version, Version], scaled: Sequence[tuple[str, Sequence[Case]]]
) -> tuple[Growth, ...]:
    """One curve per dimension whose cases could be timed at three sizes or more; least CPU time of a few samples."""
    curves = [await _curve(runner, versions, dimension, cases) for dimension, cases in scaled]
    return tuple(curve for curve in curves if len(curve.points) >= 3)


async def _curve(
    runner: Runner, versions: tuple[Version, Version], dimension: str, cases: Sequence[Case]
) -> Growth:
    points: list[GrowthPoint] = []
    for case in sorted(cases, key=lambda c: c.size):
        first, second = [await _least(runner, version, case) for version in versions]
        if math.isnan(first) or math.isnan(second):
            break
        points.append(GrowthPoint(case.size, first / 1000, second / 1000))
        if max(first, second) > _LONGEST_NS:
            break
    return Growth(
        dimension, tuple(points),
        exponent([(p.size, p.original_us) for p in points]), exponent([(p.size, p.rewrite_us) for p in points]),
    )  # fmt: skip


async def _least(runner: Runner, version: Version, case: Case) -> float:
    """Nanoseconds a call; short calls are repeated until a sample is long enough for the clock."""
    once = (await runner.once(version, [case], 1, 1))[0]
    if math.isnan(once) or once > _ONE_SAMPLE_NS:
        return once
    return (await runner.once(version, [case], max(2, round(_ONE_SAMPLE_NS / once)), 3))[0]
