"""Asks a profiling child for line times and allocations, and makes facts of what it answers, which is untrusted."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from afterburner.core.errors import ProtocolViolation
from afterburner.core.facts import Allocations, LineBlocks, LineTime, LineTimings
from afterburner.runner.lane import Lane
from afterburner_worker import messages

_TOOL = re.compile(r"(sys\.monitoring|sys\.settrace|tracemalloc|(line_profiler|memray) [\w.+-]{1,30})")
_MOST = 1 << 60
_SENTENCE = 300


def line_timings(lane: Lane, asked: messages.TimeLines, last_line: int, patience_s: float) -> list[LineTimings]:
    """One for each case, in order; LaneTimeout when the child takes longer than its budget and that much more."""
    each = asked.budget_s + patience_s
    answers = list(lane.stream(asked, messages.LineTimes, each, each))
    _refuse_others([answer.key for answer in answers], asked.cases)
    return [_line_timings(answer, last_line) for answer in answers]


def allocations(lane: Lane, asked: messages.WeighMemory, last_line: int, patience_s: float) -> list[Allocations]:
    """One for each case, in order; LaneTimeout as above."""
    each = asked.budget_s + patience_s
    answers = list(lane.stream(asked, messages.MemoryWeighed, each, each))
    _refuse_others([answer.key for answer in answers], asked.cases)
    return [_allocations(answer, last_line) for answer in answers]


def _refuse_others(keys: list[int], cases: Sequence[messages.CaseSpec]) -> None:
    if keys != [case.key for case in cases]:
        raise ProtocolViolation("The worker's measurements are not those of the cases that were asked for.")


def _line_timings(answer: messages.LineTimes, last_line: int) -> LineTimings:
    if answer.error:
        return LineTimings(problem=answer.error[:_SENTENCE])
    calls = max(answer.calls, 1)
    lines = {
        line: LineTime(hits / calls, nanoseconds / calls / 1000)
        for line, hits, nanoseconds in _rows(answer.lines)
        if line <= last_line
    }
    return LineTimings(lines, _tool(answer.tool), calls, answer.cut, answer.fallback[:_SENTENCE])


def _allocations(answer: messages.MemoryWeighed, last_line: int) -> Allocations:
    if answer.error:
        return Allocations(problem=answer.error[:_SENTENCE])
    figures = [*answer.peaks, *answer.means, answer.seconds]
    if not answer.peaks or any(not math.isfinite(figure) or not 0 <= figure < _MOST for figure in figures):
        raise ProtocolViolation("The worker's memory figures are no figures.")
    lines = {line: LineBlocks(blocks, size) for line, blocks, size in _rows(answer.lines) if line <= last_line}
    return Allocations(
        tuple(answer.peaks), tuple(answer.means), answer.seconds, lines, _tool(answer.tool),
        answer.fallback[:_SENTENCE],
    )  # fmt: skip


def _rows(rows: list[list[int]]) -> list[list[int]]:
    """The rows; ProtocolViolation when one is not a line with two counts."""
    if any(len(row) != 3 or row[0] < 1 or not all(0 <= number < _MOST for number in row) for row in rows):
        raise ProtocolViolation("The worker's table of lines has the wrong form.")
    return rows


def _tool(name: str) -> str:
    if not _TOOL.fullmatch(name):
        raise ProtocolViolation("The worker measured with something that nobody knows.")
    return name
