"""What `inputs` shows: the calls that a run would start from, by origin, and what it would make up near them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from afterburner.core.inputs import CallText, Case, Given, Origin
from afterburner.core.target import Target
from afterburner.report.page import Page, Piece, shortened

_MOST = 12


def page(target: Target, given: Given, types: Mapping[str, Sequence[str]], width: int = 80) -> Page:
    """Each given call on a line of its own; then what each parameter of a generated call may be."""
    written = Page(width)
    written.line(Piece(target.qualname, "bold"), Piece(f"  {target.source.path}, line {target.node.lineno}", "dim"))
    for origin in Origin:
        _calls(written, origin, [case for case in given.cases if case.origin is origin])
    if not given.cases:
        written.blank()
        written.sentence("Nobody gave a call of it: all inputs would be made up.", style="warn")
    _generated(written, target, types)
    if given.notes:
        written.heading("Notes")
        for note in given.notes:
            written.item(note)
    return written


def _calls(page: Page, origin: Origin, cases: Sequence[Case]) -> None:
    if not cases:
        return
    page.heading(f"{origin.value.capitalize()}", f"{len(cases)} call{'s' * (len(cases) != 1)}")
    for case in cases[:_MOST]:
        text = case.label or (case.call.expression if isinstance(case.call, CallText) else "recorded arguments")
        page.line(f"  {shortened(text, page.width - 2)}")
    if len(cases) > _MOST:
        page.line(Piece(f"  and {len(cases) - _MOST} more", "dim"))


def _generated(page: Page, target: Target, types: Mapping[str, Sequence[str]]) -> None:
    names = [parameter.arg for parameter in target.parameters]
    if not names:
        return
    page.heading("Generated", "near the calls above; without any, from these types")
    column = 4 + max(12, *map(len, names))
    for name in names:
        page.fact(name, " or ".join(types.get(name, ())) or "nothing tells", column=column)
