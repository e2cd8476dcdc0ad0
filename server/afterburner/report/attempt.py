"""One attempt on a page: headline, difference, times, growth, evidence, and what was not verified."""

from __future__ import annotations

from collections.abc import Callable

from afterburner.core.comparison import Answer, CaseRatio, Comparison
from afterburner.core.patch import diff
from afterburner.core.source import Source
from afterburner.core.suggestion import Attempt
from afterburner.core.target import Target
from afterburner.core.verdict import (
    Counterexample,
    Different,
    Equivalent,
    EquivalentExcept,
    Evidence,
    Inconclusive,
    TestsEvidence,
)
from afterburner.report import quantities
from afterburner.report.page import Page, Piece, Style, shortened

_LONGEST_VALUE = 300
_MOST_REASONS = 3
_NARROWEST_LABEL = 16
_TIERS = {
    "T0": "a given input or a smaller one",
    "T1": "an ordinary input",
    "T2": "an input outside the envelope of what was seen",
    "T3": "an exotic input",
}


def difference(target: Target, attempt: Attempt) -> str:
    """The unified diff from the target's module to the rewrite's."""
    return diff(target.source, Source(target.source.path, attempt.rewrite.source.text))


def headline(attempt: Attempt) -> tuple[str, Style]:
    """What was found out, in one line."""
    comparison = attempt.comparison
    match attempt.verdict:
        case Equivalent():
            return _measured("Equivalent", comparison)
        case EquivalentExcept(_, counterexamples):
            number = quantities.count(len(counterexamples), "input")
            text, _ = _measured(f"Equivalent except on {number} outside the envelope of what was seen", comparison)
            return text, "warn"
        case Different(reason, counterexample):
            if counterexample and reason == str(counterexample):
                reason = f"the {counterexample.channel} changes on {_source(counterexample)}"
            return f"Different: {reason}", "bad"
        case Inconclusive(reason):
            return f"Inconclusive: {reason}", "warn"


def whole(page: Page, target: Target, attempt: Attempt, *, given: bool) -> None:
    """Everything about an attempt; `given` tells whether somebody gave the calls that were timed."""
    text, style = headline(attempt)
    page.sentence(text, style=style)
    page.sentence(f"{_proposer(attempt)}: {attempt.rewrite.idea}")
    if _other_reason(attempt):
        page.sentence(f"Not offered: {attempt.refusal}")
    _refuted(page, attempt)
    page.blank()
    _difference(page, difference(target, attempt))
    if attempt.comparison:
        _times(page, attempt.comparison, given=given)
        _memory(page, attempt.comparison)
        _growth(page, attempt.comparison)
    _evidence(page, attempt.verdict.evidence)
    if attempt.comparison and attempt.comparison.notes:
        page.heading("About the measurement")
        for note in attempt.comparison.notes:
            page.item(note)


def brief(page: Page, number: int, attempt: Attempt) -> None:
    """An attempt that is not offered: who proposed what, and why not."""
    indent = "     "
    page.sentence(f"{_proposer(attempt)}: {attempt.rewrite.idea}", indent, first=f"{number:>3}. ")
    text, style = headline(attempt)
    page.sentence(text, indent, style=style)
    if _other_reason(attempt):
        page.sentence(f"Not offered: {attempt.refusal}", indent)
    _refuted(page, attempt, indent)


def _other_reason(attempt: Attempt) -> bool:
    """True when it is refused for a reason that neither verdict nor comparison tells."""
    told = attempt.comparison.reason if attempt.comparison else ""
    return isinstance(attempt.verdict, Equivalent) and bool(attempt.refusal) and attempt.refusal != told


def _proposer(attempt: Attempt) -> str:
    return attempt.rewrite.origin.replace(":", " ", 1)


def _measured(judged: str, comparison: Comparison | None) -> tuple[str, Style]:
    if comparison is None:
        return f"{judged}; not measured", "warn"
    match comparison.answer, comparison.headline:
        case Answer.FASTER, found if found:
            return f"{judged}, and {quantities.faster(found)}", "good"
        case Answer.LEANER, _ if comparison.memory:
            return f"{judged}, and {quantities.less(comparison.memory, comparison.goal)}", "good"
        case Answer.SLOWER, _:
            return f"{judged}, but slower: {quantities.speed(comparison)}", "bad"
        case Answer.TOO_NOISY, _:
            return f"{judged}, but too noisy here to tell: {comparison.reason}", "warn"
    return f"{judged}, but not shown to be faster: {comparison.reason}", "warn"


def _refuted(page: Page, attempt: Attempt, indent: str = "") -> None:
    """The counterexamples, or what would help."""
    match attempt.verdict:
        case Different(_, counterexample) if counterexample:
            _counterexample(page, counterexample, indent)
        case EquivalentExcept(_, counterexamples):
            for counterexample in counterexamples:
                page.sentence(f"The {counterexample.channel} changes on {_source(counterexample)}:", f"{indent}  ")
                _counterexample(page, counterexample, indent)
        case Inconclusive(_, hint) if hint:
            page.sentence(hint, indent)


def _counterexample(page: Page, found: Counterexample, indent: str) -> None:
    page.code(found.call, f"{indent}    ", "place")
    page.code(_clipped(found.original), f"{indent}      original  ")
    page.code(_clipped(found.rewrite), f"{indent}      rewrite   ")


def _source(found: Counterexample) -> str:
    return f"{_TIERS[found.tier]} ({found.origin})"


def _clipped(text: str) -> str:
    line = " ".join(text.splitlines())
    return line if len(line) <= _LONGEST_VALUE else f"{line[:_LONGEST_VALUE]}…"


def _difference(page: Page, text: str) -> None:
    for line in text.splitlines():
        page.line(Piece(line, _diff_style(line)))


def _diff_style(line: str) -> Style:
    if line.startswith(("---", "+++")):
        return "bold"
    return {"+": "added", "-": "removed", "@": "place"}.get(line[:1], "")  # type: ignore[return-value]


def _times(page: Page, comparison: Comparison, *, given: bool) -> None:
    if not comparison.cases:
        return
    calls = "given calls" if given else "generated calls, since none was given"
    page.heading("Time a call", f"CPU time on the {calls}, each weighted equally")
    worst = comparison.worst if len(comparison.cases) > 1 else None
    rows = [["call", "original", "rewrite", "ratio", "interval", ""]]
    rows += [_row(number, case, "worst" if case is worst else "") for number, case in enumerate(comparison.cases, 1)]
    room = max(_NARROWEST_LABEL, page.width - 4 - sum(2 + max(len(row[i]) for row in rows) for i in range(1, 6)))
    page.table([[shortened(row[0], room), *row[1:]] for row in rows], "<>>>><")
    launches = f"{comparison.launches} launches; their medians scatter by {comparison.launch_scatter:.1%}."
    page.sentence(launches, "  ", style="dim")


def _row(number: int, case: CaseRatio, mark: str) -> list[str]:
    return [
        case.label or f"call {number}",
        quantities.duration(case.original_us),
        quantities.duration(case.rewrite_us),
        quantities.times(case.ratio.point),
        quantities.interval(case.ratio),
        mark,
    ]


def _memory(page: Page, comparison: Comparison) -> None:
    memory = comparison.memory
    if memory is None:
        return
    page.heading("Memory of a call", f"what it allocated itself, on {memory.label}" if memory.label else "")
    page.fact("peak", f"{_change(memory.original.peak, memory.rewrite.peak, quantities.size)} ({memory.tool})")
    if memory.original.integral is not None and memory.rewrite.integral is not None:
        page.fact("over time", _change(memory.original.integral, memory.rewrite.integral, quantities.byte_seconds))


def _change(original: float, rewrite: float, shown: Callable[[float], str]) -> str:
    return f"{shown(rewrite)} instead of {shown(original)}" if rewrite != original else f"{shown(rewrite)} in both"


def _growth(page: Page, comparison: Comparison) -> None:
    if not comparison.growth:
        return
    page.heading("Growth", "not part of the headline")
    column = 4 + max(12, *(len(curve.dimension) for curve in comparison.growth))
    for curve in comparison.growth:
        page.fact(curve.dimension, quantities.growth(curve), column=column)


def _evidence(page: Page, evidence: Evidence) -> None:
    if evidence.total:
        page.heading("Compared")
        page.fact("cases", _cases(evidence))
        page.fact("evidence", f"{evidence.strength}; {quantities.count(evidence.distinct, 'distinct observation')}")
        page.fact("changed lines", f"{evidence.changed_lines_run} of {evidence.changed_lines} run by a compared case")
        if evidence.original_coverage is not None:
            page.fact("original", f"{evidence.original_coverage:.0%} of its lines run")
        if evidence.tests:
            page.fact("tests", _tests(evidence.tests))
        if evidence.channels:
            page.fact("what", ", ".join(evidence.channels))
        for note in evidence.notes:
            page.fact("accepted", note)
    if evidence.not_verified:
        page.heading("Not verified")
        for text in evidence.not_verified:
            page.item(text, style="warn")


def _tests(tests: TestsEvidence) -> str:
    """Such as `12 of the project's tests pass with both; 3 say nothing: cannot run in the sandbox (…)`."""
    passed = f"{tests.passed} of the project's tests pass with either version"
    silent = [f"{count} say nothing: {reason}" for reason, count in tests.not_run.items()]
    return "; ".join([passed, *silent[:_MOST_REASONS]])


def _cases(evidence: Evidence) -> str:
    parts = ", ".join(f"{number} {origin}" for origin, number in evidence.cases.items() if number)
    return f"{quantities.grouped(evidence.total)} ({parts})"
