"""The commands `optimize` and `compare`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from afterburner.cli import consenting, places
from afterburner.cli.waiting import run
from afterburner.core.errors import AfterburnerError, UsageError
from afterburner.report.exit_codes import MEANING, Command

if TYPE_CHECKING:
    from afterburner.core.outcome import Outcome
    from afterburner.core.suggestion import Attempt

Function = TypeVar("Function", bound=Callable[..., Any])

_EXIT = "\b\nExit status:\n" + "\n".join(f"  {code}  {meaning}" for code, meaning in MEANING.items())
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_ASKING = (
    click.option("--profile", metavar="NAME", help="What to optimise for and what may be spent; see `profiles`."),
    click.option("--call", "calls", multiple=True, metavar="CALL", help='A call to use: "f([3, 1], k=2)". Repeatable.'),
    click.option("--inputs", "inputs_file", type=_FILE, metavar="FILE", help="A file with a call on each line."),
    click.option(
        "--tests/--no-tests", "tests", default=None,
        help="Run the project's own tests to see real calls, without asking; or never. Else as you answered once.",
    ),
    click.option("--record", metavar="COMMAND", help='Record the calls that a command makes: "python script.py".'),
    click.option("--interpreter", metavar="PATH", help="Python that runs the code; else .venv, VIRTUAL_ENV, PATH."),
    click.option(
        "--budget", "budget_s", type=click.FloatRange(0, 3600, min_open=True), metavar="SECONDS",
        help="Time for the whole run; what does not fit is named.",
    ),
)  # fmt: skip
_OPTIONS = (
    *_ASKING,
    click.option("--json", "as_json", is_flag=True, help="Print one JSON document (docs/json.md), nothing else."),
    click.option("--apply", "apply", is_flag=True, help="Write the result into the file, if proven equal and faster."),
    click.option(
        "--bundle", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
        help="Write a file from which `replay` reproduces the verdict.",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is to be done with the outcome."""

    as_json: bool
    apply: bool
    bundle: Path | None
    every_candidate: bool = False


def asking(function: Function) -> Function:
    """The options that say what to run and on which calls."""
    return _with(_ASKING, function)


def _options(function: Function) -> Function:
    return _with(_OPTIONS, function)


def _with(options: tuple[Callable[[Function], Function], ...], function: Function) -> Function:
    for option in reversed(options):
        function = option(function)
    return function


@click.command(epilog=_EXIT, short_help="Find a faster version, and prove that it does the same.")
@click.argument("function", metavar="FILE::NAME")
@_options
@click.option("--all-candidates", "every_candidate", is_flag=True, help="Show every rewrite that was tried in full.")
def optimize(function: str, every_candidate: bool, **asked: Any) -> int:
    """Find a faster version of a function, and prove that it does the same.

    Calls of the function come from --call, --inputs, its doctests, the literal calls under `if __name__ ==
    "__main__":`, and from the project's own tests once you let them run; more are generated near them. Built-in rules
    propose rewrites. Original and rewrite run on every call in the sandbox; what agrees is timed. A rewrite is offered
    when the lower bound of its speed-up is high enough.

    \b
    afterburner optimize shop.py::total
    afterburner optimize shop.py::Cart.total --call "Cart([3, 1]).total(tax=0.2)" --apply
    afterburner optimize shop.py::total --record "python reports.py --month 3"
    afterburner optimize shop.py:120 --profile thorough --json
    """
    file, where = places.function(function)
    wishes = _wishes(asked, every_candidate=every_candidate)
    from afterburner import app
    from afterburner.core.request import Request

    request = consenting.settled(Request(file, where, **asked))
    outcome = run(lambda report: app.optimize(request, report))
    return _finish(outcome, "optimize", wishes)


@click.command(epilog=_EXIT, short_help="Judge a rewrite that you have.")
@click.argument("function", metavar="FILE::NAME")
@click.argument("candidate", metavar="CANDIDATE[::NAME]")
@_options
def compare(function: str, candidate: str, **asked: Any) -> int:
    """Judge a rewrite of a function that you have: is it equal, and is it faster?

    CANDIDATE is a file with the bare function, or a whole new version of the module; what else changed in the module is
    judged too. ::NAME is needed only when the function has another name there.

    \b
    afterburner compare shop.py::total faster.py
    afterburner compare shop.py::Cart.total faster.py::total2 --call "Cart([3, 1]).total()"
    afterburner compare shop.py::total shop_new.py --bundle verdict.json
    """
    file, where = places.function(function)
    new_file, name = places.candidate(candidate)
    wishes = _wishes(asked)
    from afterburner import app
    from afterburner.core.request import Request

    request = consenting.settled(Request(file, where, **asked))
    outcome = run(lambda report: app.compare(request, new_file, name, report))
    return _finish(outcome, "compare", wishes)


def _wishes(asked: dict[str, Any], *, every_candidate: bool = False) -> Wishes:
    """Takes what concerns the outcome out of the options; the rest goes into the request."""
    bundle: Path | None = asked.pop("bundle")
    if bundle and not bundle.absolute().parent.is_dir():
        raise UsageError(f"The bundle {bundle} cannot be written: there is no folder {bundle.parent}.")
    return Wishes(asked.pop("as_json"), asked.pop("apply"), bundle, every_candidate)


def _finish(outcome: Outcome, command: Command, wishes: Wishes) -> int:
    """Bundle, report, apply; an offer that cannot be written is an error after the report."""
    from afterburner.report import exit_codes

    if wishes.bundle:
        from afterburner.report import bundle

        bundle.write(bundle.Bundle.of(outcome, command), wishes.bundle)
    if wishes.as_json:
        _as_json(outcome, command, wishes)
    else:
        _as_text(outcome, command, wishes)
    return exit_codes.of(outcome, command)


def _as_json(outcome: Outcome, command: Command, wishes: Wishes) -> None:
    from afterburner.report import document

    problem: AfterburnerError | None = None
    lines = 0
    try:
        lines = _apply(outcome) if wishes.apply else 0
    except AfterburnerError as error:
        problem = error
    bundle = str(wishes.bundle) if wishes.bundle else None
    sys.stdout.write(document.text(document.document(outcome, command, applied=lines > 0, bundle=bundle)))
    if problem:
        raise problem


def _as_text(outcome: Outcome, command: Command, wishes: Wishes) -> None:
    from afterburner.report import screen, terminal
    from afterburner.report.page import Page

    width = screen.width(sys.stdout)
    screen.show(terminal.page(outcome, command, width=width, every_candidate=wishes.every_candidate), sys.stdout)
    after = Page(width)
    if wishes.bundle:
        after.sentence(f"Replay bundle: {wishes.bundle} (`afterburner replay {wishes.bundle}`).")
    if wishes.apply:
        lines = _apply(outcome)
        path = outcome.target.source.path
        if lines:
            after.sentence(
                f"Applied: {lines} line{'s' * (lines != 1)} of {path} changed, and nothing else.", style="good"
            )
            after.sentence(f"To undo it: save the diff above and run `patch -R {path} SAVED`, or use your repository.")
        else:
            after.sentence("Not applied: nothing here is proven equivalent and faster.", style="warn")
    screen.show(after, sys.stdout)


def _apply(outcome: Outcome) -> int:
    """Write the best proven rewrite into its file; how many lines it changed, 0 when there is none."""
    from afterburner import around

    chosen = _proven(outcome)
    return around.write(outcome.target.source, chosen.rewrite.source) if chosen else 0


def _proven(outcome: Outcome) -> Attempt | None:
    from afterburner.core.suggestion import proven_better

    return next((a for a in outcome.offers if proven_better(a.verdict, a.comparison)), None)
