"""Numbers as people read them; a lower bound is rounded down and an upper bound up, so that text claims no more."""

from __future__ import annotations

import math
from collections.abc import Callable

from afterburner.core.comparison import Comparison, Growth, Interval, Memory
from afterburner.core.profile import Goal


def times(ratio: float) -> str:
    """A ratio to three digits: `12.4×`."""
    return f"{_digits(ratio, round)}×"


def interval(ratio: Interval) -> str:
    """The confidence interval: `11.8–13.1`."""
    return f"{_digits(ratio.lower, math.floor)}–{_digits(ratio.upper, math.ceil)}"


def faster(ratio: Interval) -> str:
    """A speed-up as it may be claimed: `12.4× faster (at least 11.8×)`."""
    return f"{times(ratio.point)} faster (at least {_digits(ratio.lower, math.floor)}×)"


def speed(comparison: Comparison) -> str:
    """The headline with both bounds, for answers that claim nothing: `1.02× (0.99–1.05)`."""
    headline = comparison.headline
    return f"{times(headline.point)} ({interval(headline)})" if headline else "not measured"


def duration(microseconds: float) -> str:
    """A time to three digits: `850 ns`, `12.3 µs`, `1.23 ms`, `2.10 s`."""
    if not math.isfinite(microseconds):
        return "?"
    for factor, unit in ((1e3, "ns"), (1.0, "µs"), (1e-3, "ms")):
        if microseconds * factor < 999.5:
            return f"{_digits(microseconds * factor, round)} {unit}"
    return f"{_digits(microseconds / 1e6, round)} s"


def size(count: float) -> str:
    """Bytes to three digits, in powers of 1000: `640 B`, `12.3 kB`, `1.61 MB`."""
    for factor, unit in ((1.0, "B"), (1e-3, "kB"), (1e-6, "MB")):
        if count * factor < 999.5:
            return f"{count:.0f} B" if unit == "B" else f"{_digits(count * factor, round)} {unit}"
    return f"{_digits(count / 1e9, round)} GB"


def byte_seconds(value: float) -> str:
    """Memory over time, in powers of 1000: `640 B·s`."""
    return f"{_digits(value, round)} B·s" if value < 999.5 else f"{size(value)}·s"


def less(memory: Memory, goal: Goal) -> str:
    """What a memory comparison found: `peak memory 1.2 MB instead of 8.4 MB (tracemalloc)`."""
    before, after = memory.original, memory.rewrite
    if goal == "integral" and before.integral is not None and after.integral is not None:
        return f"memory over time {byte_seconds(after.integral)} instead of {byte_seconds(before.integral)}"
    return f"peak memory {size(after.peak)} instead of {size(before.peak)} ({memory.tool})"


def count(number: int, noun: str) -> str:
    """`1 case`, `20 000 cases`."""
    return f"{grouped(number)} {noun}{'s' * (number != 1)}"


def grouped(number: int) -> str:
    return f"{number:,}".replace(",", " ")


def growth(curve: Growth) -> str:
    """`n^2.0 → n^1.0, 340× at n = 20 000`, where n is the size of the scaled argument."""
    largest = f"{times(curve.largest_ratio)} at n = {grouped(curve.points[-1].size)}"
    if curve.original_exponent is None or curve.rewrite_exponent is None:
        return f"{largest} (too few sizes for an exponent)"
    return f"n^{curve.original_exponent:.1f} → n^{curve.rewrite_exponent:.1f}, {largest}"


def _digits(value: float, rounding: Callable[[float], int]) -> str:
    """Three significant digits, at most two decimals from 0.1 on, rounded by `round`, `math.floor` or `math.ceil`."""
    if not math.isfinite(value) or value <= 0:
        return "0" if value == 0 else "?"
    decimals = min(max(0, 2 - math.floor(math.log10(value))), 2 if value >= 0.1 else 4)
    scale = 10.0**decimals
    shifted = value * scale
    whole = round(shifted) if abs(shifted - round(shifted)) < 1e-9 else rounding(shifted)
    return f"{whole / scale:.{decimals}f}"
