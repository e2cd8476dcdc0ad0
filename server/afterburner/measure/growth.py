"""Measures how both versions grow with the size of their input."""

from __future__ import annotations

from collections.abc import Sequence

from afterburner.core.comparison import Growth, GrowthPoint
from afterburner.core.inputs import Case
from afterburner.core.observation import Version
from afterburner.core.ports import Runner
from afterburner.core.statistics import exponent

_LONGEST_NS = 25_000_000
_SHORTEST_NS = 20


async def measure(
    runner: Runner, versions: tuple[Version, Version], scaled: Sequence[tuple[str, Sequence[Case]]]
) -> tuple[Growth, ...]:
    """One curve per dimension whose cases could be timed at three sizes or more; least CPU time of a few samples."""
    curves = [await _curve(runner, versions, dimension, cases) for dimension, cases in scaled]
    return tuple(curve for curve in curves if len(curve.points) >= 3)


async def _curve(runner: Runner, versions: tuple[Version, Version], dimension: str, cases: Sequence[Case]) -> Growth:
    ordered = sorted(cases, key=lambda c: c.size)
    original = await runner.once(versions[0], ordered, longest_ns=_LONGEST_NS)
    rewrite = await runner.once(versions[1], ordered, longest_ns=_LONGEST_NS)
    points = tuple(
        GrowthPoint(case.size, first / 1000, second / 1000)
        for case, first, second in zip(ordered, original, rewrite, strict=True)
        if min(first, second) > _SHORTEST_NS
    )
    return Growth(
        dimension, points,
        exponent([(p.size, p.original_us) for p in points]), exponent([(p.size, p.rewrite_us) for p in points]),
    )  # fmt: skip
