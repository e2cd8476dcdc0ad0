"""The given calls: those written as text, and those that real code made, as the original answers them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from afterburner.core.agreement import Difference, agree
from afterburner.core.inputs import CallGraph, CallText, Case
from afterburner.core.observation import Observed, Version
from afterburner.core.ports import Limits, Runner
from afterburner.core.target import Target
from afterburner.pipeline.events import Progress, Report
from afterburner.pipeline.reference import Known, weight

GIVEN = Limits(first_s=20.0, case_s=20.0)
_RECORDED = Limits(first_s=10.0, case_s=5.0)
_LARGEST_FIRST = 5
_TOGETHER = 20
_RECORDED_S = 4.0
"""After so long no further recorded calls are made again."""
_SLOW_CALL_S = 1.0
_MOST_REASONS = 4
_CALLED_AGAIN = 3


async def observe_given(
    target: Target, runner: Runner, version: Version, given: Sequence[Case], report: Report
) -> tuple[list[Known], list[str]]:
    """What the original does on calls that somebody wrote or made, and a note on each that cannot be used."""
    if not given:
        return [], []
    report(Progress("inputs", f"{len(given)} given calls", len(given), len(given)))
    written = [case for case in given if isinstance(case.call, CallText)]
    recorded = [case for case in given if isinstance(case.call, CallGraph)]
    known, notes = await _written(target, runner, version, written) if written else ([], [])
    if recorded:
        answered, left_out = await _recorded(runner, version, recorded)
        known, notes = [*known, *answered], [*notes, *left_out]
    return known, notes


async def _recorded(runner: Runner, version: Version, cases: Sequence[Case]) -> tuple[list[Known], list[str]]:
    """Recorded calls made again: the largest first, for they tell most, then from small to large until time is up."""
    by_weight = sorted(cases, key=weight)
    ordered = [*by_weight[-_LARGEST_FIRST:][::-1], *by_weight[:-_LARGEST_FIRST]]
    known: list[Known] = []
    reasons: Counter[str] = Counter()
    spent, alone = 0.0, True
    for start in range(0, len(ordered), _TOGETHER):
        chunk = ordered[start : start + _TOGETHER]
        if spent > _RECORDED_S:
            reasons["the calls before it took long enough"] += len(chunk)
            continue
        seen = await runner.observe(version, chunk, _RECORDED, alone=alone, patience=_TOGETHER)
        spent += sum(observed.seconds for observed in seen)
        reasons.update(_cannot(observed) for observed in seen if _cannot(observed))
        known += [Known(c, o, "T0") for c, o in zip(chunk, seen, strict=True) if not _cannot(o)]
        alone = alone and (not known or await keeps_state(runner, version, known))
    quick = [item for item in known if item.observed.seconds < _SLOW_CALL_S] or known[:1]
    if len(quick) < len(known):
        reasons[f"takes over {_SLOW_CALL_S:g} s, and quicker ones are at hand"] += len(known) - len(quick)
    notes = [f"{count} recorded call{'s' * (count != 1)} left out: {reason}" for reason, count in reasons.most_common()]
    return sorted(quick, key=lambda item: cases.index(item.case)), notes[:_MOST_REASONS]


async def keeps_state(runner: Runner, version: Version, known: Sequence[Known]) -> bool:
    """Whether a second call with equal arguments in the same process is observed differently from the first."""
    cases = [k.case for k in known[:_CALLED_AGAIN]]
    seen = await runner.observe(version, cases, GIVEN, repeat=2, patience=1)
    first, second = seen[: len(cases)], seen[len(cases) :]
    return any(differing(one, other) for one, other in zip(first, second, strict=False))


def differing(one: Observed, other: Observed) -> Difference | None:
    """The first real difference between two observations of the original, if both are whole."""
    if one.graph is None or other.graph is None:
        return None
    return next((d for d in agree(one.graph, other.graph) if d.severity in ("strict", "float")), None)


def _cannot(observed: Observed) -> str:
    """Why a recorded call cannot be made again in the sandbox; '' when it can."""
    if observed.failure:
        return observed.failure.detail
    return f"it reaches outside the sandbox ({', '.join(observed.effects)})" if observed.effects else ""


async def _written(
    target: Target, runner: Runner, version: Version, given: Sequence[Case]
) -> tuple[list[Known], list[str]]:
    """Calls that are written as text: resolved to graphs where they can be, and observed."""
    resolved = await runner.resolve(version, given)
    notes = [
        f"{case.origin.value} call {case.label} was left out: {resolution.error}"
        for case, resolution in zip(given, resolved, strict=True)
        if resolution.error
    ]
    kept = [
        (replace(case, call=resolution.call or case.call, written=case.call), resolution.direct)
        for case, resolution in zip(given, resolved, strict=True)
        if not resolution.error and isinstance(case.call, CallText)
    ]
    seen = await runner.observe(version, [case for case, _ in kept], GIVEN, alone=True)
    reaching = iter(await _reaching(target, runner, version, [case for case, direct in kept if not direct]))
    reached = [direct or next(reaching) for _, direct in kept]
    reasons = [
        o.failure.detail if o.failure else "" if arrives else f"it never reaches {target.qualname}"
        for o, arrives in zip(seen, reached, strict=True)
    ]
    notes += [
        f"{case.origin.value} call {case.label} was left out: {reason}"
        for (case, _), reason in zip(kept, reasons, strict=True)
        if reason
    ]
    return [Known(c, o, "T0") for (c, _), o, reason in zip(kept, seen, reasons, strict=True) if not reason], notes


async def _reaching(target: Target, runner: Runner, version: Version, drivers: Sequence[Case]) -> list[bool]:
    """For each expression that is no call of the target itself, whether it runs a line of the target."""
    body = range(target.node.body[0].lineno, (target.node.end_lineno or 0) + 1)
    seen = await runner.observe(version, drivers, GIVEN, alone=True, lines=True)
    return [observed.failure is not None or not observed.lines.isdisjoint(body) for observed in seen]
