"""Measures how both versions grow with the size of their input."""

from __future__ import annotations

from collections.abc import Sequence

from afterburner.core.comparison import Growth, GrowthPoint
from afterburner.core.inputs import Scaled
from afterburner.core.observation import Version
from afterburner.core.ports import Runner
from afterburner.core.statistics import exponent

_LONGEST_NS = 25_000_000
_SHORTEST_NS = 20


async def measure(runner: Runner, versions: tuple[Version, Version], scaled: Sequence[Scaled]) -> tuple[Growth, ...]:
    """One curve per dimension that could be timed at three sizes or more; least CPU time of a few samples.

    Of the ways to draw the elements the one counts that the rewrite gains least on at its largest size.
    """
    worst: dict[str, Growth] = {}
    for one in scaled:
        curve = await _curve(runner, versions, one)
        known = worst.get(one.dimension)
        if len(curve.points) >= 3 and (known is None or curve.largest_ratio < known.largest_ratio):
            worst[one.dimension] = curve
    return tuple(worst.values())


async def _curve(runner: Runner, versions: tuple[Version, Version], scaled: Scaled) -> Growth:
    ordered = sorted(scaled.cases, key=lambda c: c.size)
    original = await runner.once(versions[0], ordered, longest_ns=_LONGEST_NS)
    rewrite = await runner.once(versions[1], ordered, longest_ns=_LONGEST_NS)
    points = tuple(
        GrowthPoint(case.size, first / 1000, second / 1000)
        for case, first, second in zip(ordered, original, rewrite, strict=True)
        if min(first, second) > _SHORTEST_NS
    )
    return Growth(
        f"{scaled.dimension} ({scaled.shape})" if scaled.shape else scaled.dimension, points,
        exponent([(p.size, p.original_us) for p in points]), exponent([(p.size, p.rewrite_us) for p in points]),
    )  # fmt: skip
