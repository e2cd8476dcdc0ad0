"""Grows one call along each of its dimensions, its elements drawn in three ways, as far as the original stays quick."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from afterburner.core.errors import RunFailed
from afterburner.core.inputs import CallGraph, Case, Origin, Scaled
from afterburner.core.observation import Version
from afterburner.core.ports import Limits, Runner
from afterburner.pipeline.reference import Known

_SIZES = tuple(2**k for k in range(6, 15))
_DIMENSIONS = 2
_SLOWEST_S = 0.05
_SHAPES = {"distinct": "all distinct", "duplicates": "many equal"}
"""Ways to draw the elements, besides as they are in the call → how people read it."""
_SHAPES_S = 0.5
"""After this many seconds of growing in these ways the next one is not begun."""


async def grown(
    runner: Runner, version: Version, known: list[Known], names: Sequence[str]
) -> tuple[tuple[Scaled, ...], list[Known]]:
    """The first call of `known` that returned, grown, with what the original did on each size; `names` are those of
    the positional parameters. Other ways to draw the elements come at every other size, within a budget of time."""
    start = next((k.case.call for k in known if k.returned and isinstance(k.case.call, CallGraph)), None)
    if start is None:
        return (), []
    first, seen = await _drawn(runner, version, start, names, "same", {})
    before = {(one.dimension, case.size): case.call for one in first for case in one.cases}
    scaled = first
    started = time.monotonic()
    for shape in _SHAPES:
        if before and time.monotonic() - started < _SHAPES_S:
            more, seen_more = await _drawn(runner, version, start, names, shape, before)
            scaled, seen = [*scaled, *more], [*seen, *seen_more]
    return tuple(scaled), seen


async def _drawn(
    runner: Runner,
    version: Version,
    call: CallGraph,
    names: Sequence[str],
    shape: str,
    before: Mapping[tuple[str, int], object],
) -> tuple[list[Scaled], list[Known]]:
    """The call grown in one shape, where that is another call than what was grown `before` to that size."""
    sizes = [size for size in _SIZES[1::2] if any(size == known for _, known in before)] if before else _SIZES
    try:
        found = await runner.scaled(version, call, sizes, shape, 0, dimensions=_DIMENSIONS)
    except RunFailed:
        return [], []
    scaled, known = [], []
    for dimension, calls in found:
        grows, words = _named(dimension, names), _SHAPES.get(shape, "")
        label = f"{grows} ({words})" if words else grows
        fresh = [(n, made) for n, made in calls if not before or before.get((grows, n), made) != made]
        cases = [Case(Origin.SCALED, made, f"{label} at n = {n}", n) for n, made in fresh]
        seen = await runner.observe(version, cases, Limits(1.5, 1.0, enough_s=_SLOWEST_S), patience=1)
        kept = [k for c, o in zip(cases, seen, strict=True) if not o.failure and (k := Known(c, o, "T1")).returned]
        known += kept
        scaled.append(Scaled(grows, words, tuple(k.case for k in kept)))
    return scaled, known


def _named(dimension: str, names: Sequence[str]) -> str:
    """A dimension for people: the parameter's name instead of its position."""
    if dimension == "all":
        return "all containers"
    slot, dot, attribute = dimension.partition(".")
    position = int(slot) if slot.isdigit() else len(names)
    return (names[position] if position < len(names) else slot) + dot + attribute
