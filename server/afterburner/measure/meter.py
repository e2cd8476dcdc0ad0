"""The meter: timing over the given cases, and growth over the scaled ones, as one comparison."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from afterburner.core.comparison import Answer, Comparison
from afterburner.core.errors import RunFailed
from afterburner.core.inputs import Case
from afterburner.core.observation import Version
from afterburner.core.ports import Runner
from afterburner.core.profile import Profile
from afterburner.measure import growth, timing


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
        return replace(comparison, growth=curves)
