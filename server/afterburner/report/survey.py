"""What `profile` shows: the costs of each line beside its source, on a page and as a JSON document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from afterburner.core.facts import Allocations, LineTimings, hot
from afterburner.core.survey import CaseCosts, Survey
from afterburner.report import quantities
from afterburner.report.document import EnvironmentPart, TargetPart, target_part
from afterburner.report.page import Page, Piece, Style, shortened

_DESCRIBED: dict[str, Any] = {"use_attribute_docstrings": True}
_LEAST_SHARE = 0.001


@dataclass(frozen=True, slots=True)
class LinePart:
    """One line of the target; null where that was not measured, or where the line did not run."""

    line: int
    text: str
    hits: float | None
    """How often it began in one call of each case."""
    us: float | None
    """Microseconds of wall time in one call of each case, with what the line calls."""
    share: float | None
    """Of the time of all lines."""
    hot: bool
    allocated_bytes: int | None
    """Alive at the peak of the heaviest call, allocated by this line or by what it called."""
    allocated_blocks: int | None

    __pydantic_config__ = _DESCRIBED


@dataclass(frozen=True, slots=True)
class CallPart:
    """One call."""

    label: str
    origin: str
    us: float | None
    """Microseconds of wall time while its lines are watched."""
    peak_bytes: int | None
    """The most that was alive at one time of what it allocated."""
    integral_byte_s: float | None
    """Average of that over the call, times the time that it takes unwatched; null where it is too short."""
    problem: str

    __pydantic_config__ = _DESCRIBED


@dataclass(frozen=True, slots=True)
class SurveyDocument:
    """One run of `profile`."""

    schema: Literal["afterburner/survey/1"]
    exit_code: int
    target: TargetPart
    environment: EnvironmentPart | None
    line_tool: str | None
    """`line_profiler VERSION`, `sys.monitoring` or `sys.settrace`."""
    memory_tool: str | None
    """`memray VERSION` or `tracemalloc`."""
    made_up: bool
    """Nobody gave a call: those measured are invented."""
    calls: list[CallPart]
    heaviest: str | None
    """Label of the call whose peak the lines' allocations belong to."""
    lines: list[LinePart]
    notes: list[str]
    problem: str
    """Why nothing was measured; empty when it was."""
    seconds: float

    __pydantic_config__ = _DESCRIBED


def exit_code(survey: Survey) -> int:
    """0, or 6 where nothing could be measured."""
    measured = any(part and not part.problem for case in survey.cases for part in (case.timings, case.allocations))
    return 0 if measured else 6


def document(survey: Survey) -> SurveyDocument:
    """A survey as the document."""
    heaviest = survey.heaviest
    return SurveyDocument(
        "afterburner/survey/1",
        exit_code(survey),
        target_part(survey.target),
        EnvironmentPart(**asdict(survey.environment)) if survey.environment else None,
        survey.timings.tool if survey.timings else None,
        heaviest.allocations.tool if heaviest and heaviest.allocations else None,
        survey.made_up,
        [_call(case) for case in survey.cases],
        heaviest.label if heaviest else None,
        _line_parts(survey),
        list(survey.notes),
        survey.problem,
        round(survey.seconds, 3),
    )


def page(survey: Survey, width: int = 80) -> Page:
    """The calls, the table beside the source, and by what it was measured."""
    written = Page(width)
    target = survey.target
    written.line(Piece(target.qualname, "bold"), Piece(f"  {target.source.path}, line {target.node.lineno}", "dim"))
    written.blank()
    if survey.problem:
        written.sentence(f"Nothing was measured: {survey.problem}", style="warn")
    else:
        _calls(written, survey)
        _table(written, survey)
    for title, texts in (("Not measured", survey.problems), ("Notes", survey.notes)):
        if texts:
            written.heading(title)
            for text in texts:
                written.item(text)
    _ran(written, survey)
    return written


def _call(case: CaseCosts) -> CallPart:
    timings, weights = case.timings or LineTimings(problem="-"), case.allocations or Allocations(problem="-")
    problems = [part.problem for part in (case.timings, case.allocations) if part and part.problem]
    return CallPart(
        case.label, case.origin, None if timings.problem else timings.us, None if weights.problem else weights.peak,
        None if weights.problem else weights.integral, "; ".join(dict.fromkeys(problems)),
    )  # fmt: skip


def _line_parts(survey: Survey) -> list[LinePart]:
    timings = survey.timings or LineTimings()
    blocks = survey.heaviest.allocations.lines if survey.heaviest and survey.heaviest.allocations else {}
    shares, hottest = timings.shares, set(hot(timings))
    return [
        LinePart(
            number, text, time.hits if (time := timings.lines.get(number)) else None, time.us if time else None,
            shares.get(number), number in hottest, found.size if (found := blocks.get(number)) else None,
            found.blocks if found else None,
        )
        for number, text in _source(survey).items()
    ]  # fmt: skip


def _source(survey: Survey) -> Mapping[int, str]:
    """The target's lines, decorators included."""
    node = survey.target.node
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    lines = survey.target.source.text.splitlines()
    return {number: lines[number - 1] for number in range(first, min(node.end_lineno or first, len(lines)) + 1)}


def _calls(page: Page, survey: Survey) -> None:
    calls = "made-up calls, since none was given: give real ones with --call" if survey.made_up else "given calls"
    page.line(Piece("Calls", "bold"), Piece(f"  {quantities.count(len(survey.cases), 'case')}; {calls}", "dim"))
    heaviest = survey.heaviest
    rows = [["", "origin", "time", "peak memory", "over time", ""]]
    for case in survey.cases:
        part = _call(case)
        mark = "heaviest" if case is heaviest and len(survey.cases) > 1 else ""
        rows.append([part.label, part.origin, *_figures(part), mark])
    room = max(16, page.width - 4 - sum(2 + max(len(row[column]) for row in rows) for column in range(1, 6)))
    page.table([[shortened(row[0], room), *row[1:]] for row in rows], "<<>>><")


def _figures(part: CallPart) -> Sequence[str]:
    return (
        "" if part.us is None else quantities.duration(part.us),
        "" if part.peak_bytes is None else quantities.size(part.peak_bytes),
        "" if part.integral_byte_s is None else quantities.byte_seconds(part.integral_byte_s),
    )


def _table(page: Page, survey: Survey) -> None:
    page.heading("Lines", "one call of each case" if survey.timings and len(survey.cases) > 1 else "")
    for name, by in _by(survey).items():
        page.fact(name, by)
    page.blank()
    parts = _line_parts(survey)
    heads = ["line", "hits", "time", "share", "allocated", ""]
    rows = [heads, *([*_cells(part), part.text.expandtabs(4)] for part in parts)]
    shown = [column for column in range(5) if any(row[column] for row in rows[1:])]
    widths = {column: max(len(row[column]) for row in rows) for column in shown}
    for row, part in zip(rows, [None, *parts], strict=True):
        cells = "  ".join(f"{row[column]:>{widths[column]}}" for column in shown)
        is_hot = part is not None and part.hot
        style: Style = "dim" if part is None else "warn" if is_hot else ""
        page.line(Piece(f"{'>' if is_hot else ' '} {cells}  ", style), Piece(row[5], "bold" if is_hot else ""))


def _cells(part: LinePart) -> list[str]:
    return [
        str(part.line),
        "" if part.hits is None else _hits(part.hits),
        "" if part.us is None else quantities.duration(part.us),
        "" if part.share is None or part.share < _LEAST_SHARE else f"{part.share:.1%}",
        "" if not part.allocated_bytes else quantities.size(part.allocated_bytes),
    ]


def _hits(hits: float) -> str:
    return quantities.grouped(round(hits)) if hits >= 1 or hits == 0 else f"{hits:.2f}"


def _by(survey: Survey) -> Mapping[str, str]:
    """What the columns hold, and by which tool."""
    said = {}
    if survey.timings:
        cut = "; cut short, since a call took too long to be watched to its end" if survey.timings.cut else ""
        said["time"] = f"with what the line calls, by {survey.timings.tool}{cut}"
    if survey.heaviest and survey.heaviest.allocations:
        said["allocated"] = f"alive at the peak of {survey.heaviest.label}, by {survey.heaviest.allocations.tool}"
    return said


def _ran(page: Page, survey: Survey) -> None:
    page.blank()
    if survey.environment:
        where = survey.environment
        page.sentence(
            f"Measured in {where.python} ({where.interpreter}), sandbox tier {where.tier}; {survey.seconds:.1f} s in "
            "all. Being watched slows code down: read shares, and compare times with `afterburner compare`.",
            style="dim",
        )
