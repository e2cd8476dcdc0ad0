"""What `optimize` and `compare` show: one page for an outcome."""

from __future__ import annotations

from afterburner.core.outcome import Environment, Outcome
from afterburner.core.suggestion import Attempt
from afterburner.report import attempt as show
from afterburner.report import quantities
from afterburner.report.exit_codes import Command
from afterburner.report.page import Page, Piece


def page(outcome: Outcome, command: Command, *, width: int = 80, every_candidate: bool = False) -> Page:
    """The best offer or the judged rewrite in full; why nothing is offered; with `every_candidate` all in full."""
    written = Page(width)
    target = outcome.target
    written.line(Piece(target.qualname, "bold"), Piece(f"  {target.source.path}, line {target.node.lineno}", "dim"))
    written.blank()
    if command == "compare":
        show.whole(written, target, outcome.attempts[0], given=bool(outcome.given))
    elif outcome.offers:
        _offers(written, outcome, every_candidate)
    else:
        _nothing(written, outcome, every_candidate)
    _notes(written, outcome)
    _ran(written, outcome)
    return written


def _offers(page: Page, outcome: Outcome, every_candidate: bool) -> None:
    best = outcome.offers[0]
    show.whole(page, outcome.target, best, given=bool(outcome.given))
    others = [attempt for attempt in outcome.attempts if attempt is not best]
    if others:
        _listed(page, outcome, "Other candidates", others, every_candidate)


def _nothing(page: Page, outcome: Outcome, every_candidate: bool) -> None:
    if not outcome.attempts:
        page.sentence("Nothing to offer: no rewrite was found.", style="bold")
        return
    tried = quantities.count(len(outcome.attempts), "candidate")
    page.sentence(f"Nothing to offer: {tried} tried, none proven equivalent and faster.", style="bold")
    _listed(page, outcome, "Candidates", list(outcome.attempts), every_candidate)


def _listed(page: Page, outcome: Outcome, title: str, attempts: list[Attempt], every_candidate: bool) -> None:
    page.heading(title)
    for number, attempt in enumerate(attempts, 1):
        if every_candidate:
            page.blank()
            page.line(Piece(f"Candidate {number} of {len(attempts)}", "bold"))
            show.whole(page, outcome.target, attempt, given=bool(outcome.given))
        else:
            show.brief(page, number, attempt)


def _notes(page: Page, outcome: Outcome) -> None:
    if outcome.notes:
        page.heading("Notes")
        for note in outcome.notes:
            page.item(note)


def _ran(page: Page, outcome: Outcome) -> None:
    page.blank()
    page.sentence(_where(outcome.environment), style="dim")
    observed = sum(outcome.cases.values())
    page.sentence(
        f"Profile {outcome.profile.name}; the original was observed on {quantities.count(observed, 'case')}; "
        f"{outcome.seconds:.1f} s in all.",
        style="dim",
    )


def _where(environment: Environment) -> str:
    return (
        f"Ran in {environment.python} ({environment.interpreter}), sandbox tier {environment.tier}, "
        f"runner {environment.runner}, {environment.platform}; Afterburner {environment.afterburner}."
    )
