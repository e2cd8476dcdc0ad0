"""Compares what two versions hold in memory during a call, and answers for profiles that ask for less of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from afterburner.core.comparison import Answer, CaseRatio, Comparison, Memory, MemoryUse
from afterburner.core.errors import RunFailed
from afterburner.core.facts import Allocations
from afterburner.core.inputs import Case
from afterburner.core.observation import Version
from afterburner.core.ports import Runner
from afterburner.core.profile import Goal, Profile

SLOWEST = 0.8
"""A rewrite that needs less memory may be shown to take at most 1 / this of the original's time."""
_LEAST_BYTES = 4096
"""A smaller fall of the peak is not worth a change."""
_REPEATS = {"time": 1, "memory": 3, "integral": 3}
_BUDGET_S = {"time": 0.1, "memory": 2.0, "integral": 2.0}
_LONGEST_US = {"time": 50_000.0, "memory": 2_000_000.0, "integral": 2_000_000.0}


async def measured(
    runner: Runner, versions: tuple[Version, Version], timed: Sequence[Case], comparison: Comparison, goal: Goal
) -> Comparison:
    """The comparison with the memory of both versions on the longest of its calls that is quick enough to watch."""
    comparison = replace(comparison, goal=goal)
    chosen = _chosen(timed, comparison, _LONGEST_US[goal])
    if chosen is None:
        return _unmeasured(comparison, "no call was quick enough to be watched")
    case, ratio = chosen
    try:
        before, after = [
            (await runner.memory(version, [case], budget_s=_BUDGET_S[goal], repeats=_REPEATS[goal]))[0]
            for version in versions
        ]
    except RunFailed as error:
        return _unmeasured(comparison, str(error).rstrip("."))
    if before.problem or after.problem:
        return _unmeasured(comparison, before.problem or after.problem)
    memory = Memory(ratio.label, before.tool, _use(before, ratio.original_us), _use(after, ratio.rewrite_us))
    return replace(comparison, memory=memory)


def judged(comparison: Comparison, profile: Profile) -> Comparison:
    """The answer about what the profile asks for; as it is where that is time."""
    if profile.goal == "time":
        return comparison
    ratio = comparison.memory.ratio(profile.goal) if comparison.memory else None
    answer, reason = Answer.NOT_SHOWN, ""
    if comparison.memory is None:
        reason = "Its memory could not be measured."
    elif ratio is None:
        reason = "The given calls are too short for samples of their memory; give larger inputs with --call."
    elif ratio.lower <= profile.floor_ratio:
        reason = f"A fall of its {_name(profile.goal)} by more than {profile.floor_ratio:.2f}× was not shown"
        reason += f" ({ratio.point:.3g}×, at least {ratio.lower:.3g}×)."
    elif profile.goal == "memory" and comparison.memory.original.peak - comparison.memory.rewrite.peak < _LEAST_BYTES:
        reason = f"It saves less than {_LEAST_BYTES} bytes at the peak."
    elif comparison.headline is None or comparison.headline.lower < SLOWEST:
        reason = f"Its {_name(profile.goal)} falls {ratio.point:.3g}×, but that it takes at most {1 / SLOWEST:g} times "
        reason += f"as long was not shown: {comparison.reason}"
    else:
        answer = Answer.LEANER
        reason = f"Its {_name(profile.goal)} falls {ratio.point:.3g}×, at least {ratio.lower:.3g}×."
    return replace(comparison, answer=answer, reason=reason)


def _unmeasured(comparison: Comparison, reason: str) -> Comparison:
    return replace(comparison, notes=(*comparison.notes, f"The memory was not measured: {reason}."))


def _chosen(timed: Sequence[Case], comparison: Comparison, longest_us: float) -> tuple[Case, CaseRatio] | None:
    """The call that takes the original longest, among those that can be watched in time."""
    if len(timed) != len(comparison.cases):  # one could not be timed, and nothing tells which
        return None
    quick = [pair for pair in zip(timed, comparison.cases, strict=True) if pair[1].original_us <= longest_us]
    return max(quick, key=lambda pair: pair[1].original_us, default=None)


def _use(found: Allocations, us: float) -> MemoryUse:
    """Byte-seconds by the CPU time that was read from outside while nothing watched the memory."""
    return MemoryUse(found.peaks, tuple(mean * us / 1e6 for mean in found.means))


def _name(goal: Goal) -> str:
    return "peak memory" if goal == "memory" else "memory-time integral"
