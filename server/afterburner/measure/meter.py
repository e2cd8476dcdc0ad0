"""The meter: timing over the given cases, memory on the largest, growth over the scaled ones, as one comparison."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from afterburner.core.comparison import Answer, Comparison, Growth
from afterburner.core.errors import RunFailed
from afterburner.core.inputs import Case, Scaled
from afterburner.core.observation import Version
from afterburner.core.ports import Runner
from afterburner.core.profile import Profile
from afterburner.measure import growth, memory, timing

_LOSS = 0.9
_PROMISING = 1.5
_LOSS_US = 2.0


class TimeMeter:
    """Compares two versions by CPU time and by memory, and answers about what the profile asks for."""

    def __init__(self, runner: Runner, profile: Profile, progress: Callable[[str], None]) -> None:
        self._runner = runner
        self._profile = profile
        self._progress = progress

    async def compare(
        self,
        versions: tuple[Version, Version],
        given: Sequence[Case],
        scaled: Sequence[Scaled],
        seed: int,
    ) -> Comparison:
        """Ratio over the given cases, and growth beside it; a version that cannot be timed is not shown faster."""
        try:
            timed = given[: self._profile.timed_cases]
            comparison = await timing.compare(
                self._runner, versions, timed, self._profile, seed=seed, progress=self._progress
            )
            comparison = await memory.measured(self._runner, versions, timed, comparison, self._profile.goal)
            comparison = memory.judged(comparison, self._profile)
            invented = all(not case.origin.given for case in given)
            if not comparison.answer.is_gain and not invented:
                return comparison
            self._progress("growth with size")
            curves = await growth.measure(self._runner, versions, scaled)
        except RunFailed as error:
            return Comparison(Answer.NOT_SHOWN, f"It could not be timed: {error}", None)
        grown = replace(comparison, growth=curves)
        return _held_back(_hinted(grown) if invented else grown)


def _hinted(comparison: Comparison) -> Comparison:
    """A comparison on made-up calls says what would make it one on real ones."""
    best = max(comparison.growth, key=lambda curve: curve.largest_ratio, default=None)
    if comparison.answer.is_gain or best is None or best.largest_ratio < _PROMISING:
        return comparison
    grown = f"at n = {best.points[-1].size} of {best.dimension} it is {best.largest_ratio:.3g}×"
    promise = f" No call was given, and {grown}:"
    return replace(comparison, reason=f"{comparison.reason}{promise} give a call of your real size with --call.")


def _held_back(comparison: Comparison) -> Comparison:
    """The comparison, with no gain shown where the rewrite loses time as its input grows."""
    losing = [curve for curve in comparison.growth if _loses(curve)]
    if not losing or not comparison.answer.is_gain:
        return comparison
    worst = min(losing, key=lambda curve: curve.largest_ratio)
    reason = (
        f"It gets slower as {worst.dimension} grows: {worst.largest_ratio:.2g}× at n = {worst.points[-1].size}, "
        f"though {comparison.headline.point:.3g}× on the given calls."
        if comparison.headline
        else "It gets slower as its input grows."
    )
    return replace(comparison, answer=Answer.NOT_SHOWN, reason=reason)


def _loses(curve: Growth) -> bool:
    last = curve.points[-1]
    return curve.largest_ratio < _LOSS and last.rewrite_us - last.original_us > _LOSS_US
