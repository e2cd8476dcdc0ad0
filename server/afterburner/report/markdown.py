"""An outcome as Markdown: a few lines for a hover, and a whole page for a report."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from afterburner.core.comparison import Answer, Comparison
from afterburner.core.outcome import Outcome
from afterburner.core.suggestion import Attempt
from afterburner.core.target import Target
from afterburner.core.verdict import Evidence
from afterburner.report import attempt as show
from afterburner.report import quantities
from afterburner.report.terminal import page as terminal_page

_WIDTH = 100
_FENCE = re.compile(r"`{3,}")
_MARKUP = re.compile(
    r"[\\`*_{}\[\]<>#|~&]"  # anywhere
    r"|^[-+=]"  # lists and underlines
    r"|(?<=\w):(?=//)|(?<=\bwww)\.|(?<=\w)@(?=\w)"  # what some renderers make links of
)
_NUMBERED = re.compile(r"^(\d+)([.)])(?=\s|$)")
_MOST_CASES = 6


def summary(outcome: Outcome) -> str:
    """What a hover shows: the best offer with its numbers and evidence, or why there is none."""
    if not outcome.offers:
        return _escaped(nothing(outcome))
    best = outcome.offers[0]
    parts = [f"**{_escaped(show.headline(best)[0])}**", _escaped(f"{best.rewrite.origin}: {best.rewrite.idea}")]
    if best.comparison:
        parts.append(_times(best.comparison))
    parts.append(_escaped(" ".join(_evidence(best.verdict.evidence))))
    return "\n\n".join(part for part in parts if part)


def evidence(attempt: Attempt) -> str:
    """One offer with everything that stands behind it, as a page."""
    verdict = attempt.verdict.evidence
    parts = [
        f"### {_escaped(show.headline(attempt)[0])}",
        _escaped(f"{attempt.rewrite.origin}: {attempt.rewrite.idea}"),
    ]
    if attempt.comparison:
        parts.append(_times(attempt.comparison))
        parts += [f"- growth with `{g.dimension}`: {quantities.growth(g)}" for g in attempt.comparison.growth]
    parts += [f"- {_escaped(line)}" for line in _evidence(verdict)]
    if verdict.not_verified:
        parts += ["**Not verified**", *(f"- {_escaped(text)}" for text in verdict.not_verified)]
    return "\n\n".join(part for part in parts if part) + "\n"


def report(outcome: Outcome) -> str:
    """The whole page: what `optimize --all-candidates` prints, with the offers' summary in front."""
    text = terminal_page(outcome, "optimize", width=_WIDTH, every_candidate=True)
    lines = ["".join(piece.text for piece in line) for line in text.visible()]
    return f"# {_escaped(outcome.target.qualname)}\n\n{summary(outcome)}\n\n{_fenced(lines)}\n"


def difference(target: Target, attempt: Attempt) -> str:
    """What a rewrite changes, as a block of a unified diff."""
    return _fenced(show.difference(target, attempt).splitlines(), "diff")


def nothing(outcome: Outcome) -> str:
    """Why nothing is offered, in a sentence or two."""
    if not outcome.attempts:
        why = outcome.notes[-1] if outcome.notes else ""
        return f"No faster version of {outcome.target.qualname} was found: no rewrite is known. {why}".strip()
    first = outcome.attempts[0]
    tried = quantities.count(len(outcome.attempts), "rewrite")
    why = show.headline(first)[0].rstrip(".")
    return f"{outcome.target.qualname}: {tried} tried, none proven equal and faster. {why}."


def plain(text: str) -> str:
    """Markdown of ours for a client that shows none."""
    return re.sub(r"\\([!-/:-@\[-`{-~])|\*\*", lambda found: found[1] or "", text)


def gain(comparison: Comparison | None) -> str:
    """What an offer gains, as short as a title needs it: `12× faster (10–14×)`, `2.1× less memory`."""
    if comparison is None:
        return "not measured"
    if comparison.answer is Answer.LEANER and comparison.memory:
        ratio = comparison.memory.ratio(comparison.goal)
        what = "less memory over time" if comparison.goal == "integral" else "less memory"
        return f"{quantities.times(ratio.point)} {what}" if ratio else what
    if comparison.headline is None:
        return "not measured"
    return f"{quantities.times(comparison.headline.point)} faster ({quantities.interval(comparison.headline)}×)"


def _times(comparison: Comparison) -> str:
    if not comparison.cases:
        return ""
    rows = ["| call | original | rewrite | ratio | interval |", "| :-- | --: | --: | --: | --: |"]
    for number, case in enumerate(comparison.cases[:_MOST_CASES], 1):
        label = _one_line(case.label or f"call {number}").replace("|", "\\|").replace("`", "'")
        rows.append(
            f"| `{label}` | {quantities.duration(case.original_us)} | {quantities.duration(case.rewrite_us)} "
            f"| {quantities.times(case.ratio.point)} | {quantities.interval(case.ratio)} |"
        )
    return "\n".join(rows)


def _evidence(found: Evidence) -> Iterator[str]:
    if found.total:
        parts = ", ".join(f"{number} {origin}" for origin, number in found.cases.items() if number)
        yield f"Compared on {quantities.count(found.total, 'case')} ({parts}); evidence {found.strength}."
    if found.channels:
        yield f"Compared: {', '.join(found.channels)}."
    if found.tests:
        yield f"{found.tests.passed} of the project's tests pass with either version."
    yield from found.notes


def _fenced(lines: Sequence[str], language: str = "text") -> str:
    """As a code block, whatever fences the text itself holds."""
    text = "\n".join(lines)
    longest = max((len(found) for found in _FENCE.findall(text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def _escaped(text: str) -> str:
    """Text on one line that no renderer takes for markup: names and messages come from the user's code."""
    text = _MARKUP.sub(lambda found: f"\\{found[0]}", _one_line(text))
    return _NUMBERED.sub(r"\1\\\2", text)


def _one_line(text: str) -> str:
    return " ".join(text.split())
