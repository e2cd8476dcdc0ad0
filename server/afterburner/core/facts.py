"""Facts: what is known about a target before anything is rewritten, and the arithmetic of what was measured by line."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

HOT = 0.1
"""A line is hot from this share of the run time on."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What rules and models may build on; empty when nothing was measured."""

    types: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Parameter, or attribute of the receiver such as `self.items` → types seen in the cases, such as `list[int]`."""
    calls: Mapping[str, int] = field(default_factory=dict)
    """The same names → how many given calls showed these types; none where all calls were made up."""
    python: tuple[int, int] = (3, 9)
    """Version of the interpreter that runs the target: a rewrite must be valid there."""
    hot_lines: Mapping[int, float] = field(default_factory=dict)
    """Line of the module's text → its share of the target's run time, for every line that ran; empty when unmeasured.

    A line's share includes what the line calls; the shares add up to 1.
    """


@dataclass(frozen=True, slots=True)
class LineTime:
    """One line during one call: how often it began, and its microseconds of wall time with what it calls."""

    hits: float
    us: float


@dataclass(frozen=True, slots=True)
class LineTimings:
    """The lines of the target during one call of one case, averaged over the calls that were watched."""

    lines: Mapping[int, LineTime] = field(default_factory=dict)
    tool: str = ""
    calls: int = 0
    cut: bool = False
    """The time was over in the first call already: the lines after that are missing."""
    fallback: str = ""
    """Why the tool that was asked for is not the one that was used."""
    problem: str = ""
    """Why there are no timings."""

    @property
    def us(self) -> float:
        """Microseconds of a call, as the instrumented lines add up."""
        return sum(line.us for line in self.lines.values())

    @property
    def shares(self) -> Mapping[int, float]:
        """Line → its share of the time; adds up to 1 unless nothing was timed."""
        whole = self.us
        return {number: line.us / whole for number, line in self.lines.items()} if whole > 0 else {}


@dataclass(frozen=True, slots=True)
class LineBlocks:
    """What a line, or what it called, had allocated of all that was alive at the peak."""

    blocks: int
    size: int
    """Bytes."""


@dataclass(frozen=True, slots=True)
class Allocations:
    """What one call of one case allocates, in bytes: only blocks that the call allocated itself count."""

    peaks: tuple[int, ...] = ()
    """The most that was alive at one time; one figure for each repetition."""
    means: tuple[float, ...] = ()
    """Average over the time of the call; empty where the call is too short to be sampled."""
    seconds: float = 0.0
    """Wall time of a call while nothing is measured."""
    lines: Mapping[int, LineBlocks] = field(default_factory=dict)
    tool: str = ""
    fallback: str = ""
    problem: str = ""

    @property
    def peak(self) -> int:
        """The median over the repetitions."""
        return int(statistics.median(self.peaks)) if self.peaks else 0

    @property
    def integral(self) -> float | None:
        """Memory integrated over the run, in byte-seconds: the mean times the time that a call takes unwatched.

        This is the memory-time integral that arXiv 2505.23387 optimises for and EffiBench calls TMU; there it is a
        trapezoid over samples of a run that is slowed down by being watched.
        """
        return statistics.median(self.means) * self.seconds if self.means else None


def summed(cases: Sequence[LineTimings]) -> LineTimings:
    """One call of each case after the other: what the lines take together."""
    usable = [case for case in cases if not case.problem]
    if not usable:
        return replace(cases[0], lines={}) if cases else LineTimings(problem="no case was timed")
    total: dict[int, LineTime] = {}
    for case in usable:
        for number, line in case.lines.items():
            before = total.get(number, LineTime(0.0, 0.0))
            total[number] = LineTime(before.hits + line.hits, before.us + line.us)
    return LineTimings(
        dict(sorted(total.items())), usable[0].tool, sum(case.calls for case in usable),
        any(case.cut for case in usable), usable[0].fallback,
    )  # fmt: skip


def hot(timings: LineTimings) -> Sequence[int]:
    """The lines that matter, the hottest first."""
    shares = timings.shares
    return sorted((line for line, share in shares.items() if share >= HOT), key=lambda line: -shares[line])
