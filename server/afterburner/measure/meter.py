"""The meter: timing over the given cases, and growth over the scaled ones, as one comparison."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from afterburner.core.comparison import Answer, Comparison, Growth
from afterburner.core.errors import RunFailed
from afterburner.core.inputs import Case
from afterburner.core.observation import Version
from afterburner.core.ports import Runner
from afterburner.core.profile import Profile
from afterburner.measure import growth, timing

_LOSS = 0.9
_LOSS_US = 2.0


class TimeMeter:
    """Compares two versions by CPU time."""

    def __init__(self, runner: Runner, profile: Profile, progress: Callable[[str], None]) -> None:
        self._runner = runner
        self._profile = profile
        self._progress = progress

    async def compare(
        self,
        versions: tuple[Version, Version],
        given: Sequence[Case],
        scaled: Sequence[tuple[str, Sequence[Case]]],
        seed: int,
    ) -> Comparison:
        """Ratio over the given cases, and growth beside it; a version that cannot be timed is not shown faster."""
        try:
            comparison = await timing.compare(
                self._runner,
                versions,
                given[: self._profile.timed_cases],
                self._profile,
                seed=seed,
                progress=self._progress,
            )
            if comparison.answer is not Answer.FASTER:
                return comparison
            self._progress("growth with size")
            curves = await growth.measure(self._runner, versions, scaled)
        except RunFailed as error:
            return Comparison(Answer.NOT_SHOWN, f"It could not be timed: {error}", None)
        return _held_back(replace(comparison, growth=curves))


def _held_back(comparison: Comparison) -> Comparison:
    """The comparison, not shown faster where the rewrite loses as its input grows."""
    losing = [curve for curve in comparison.growth if _loses(curve)]
    if not losing:
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
