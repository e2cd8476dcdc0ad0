"""The command `test`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from afterburner.cli import consenting, places
from afterburner.cli.judging import asking
from afterburner.cli.waiting import run
from afterburner.core.errors import EnvironmentProblem, UsageError
from afterburner.report.exit_codes import INCONCLUSIVE

_EXIT = """\b
Exit status:
  0  the test was written, and holds for the function as it is
  2  wrong usage: a function that does not exist, or a file that is there already
  3  the interpreter, the sandbox or the project cannot do it
  6  nothing can be kept of what the function does; the reason is shown"""


@click.command(epilog=_EXIT, short_help="Keep what a function does as a pytest file.")
@click.argument("function", metavar="FILE::NAME")
@asking
@click.option(
    "-o", "--output", metavar="FILE", help="Where to write; - for stdout. Else test_NAME_behaviour.py in this folder."
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def test(function: str, output: str | None, force: bool, **asked: Any) -> int:
    """Keep what a function does as a pytest file: the given calls, and boundary cases near them.

    The function runs in the sandbox, as for `optimize`; nothing is rewritten. The file is run there too before it is
    written, and what does not hold twice is left out. It needs nothing but pytest, and is yours to change.

    \b
    afterburner test shop.py::total
    afterburner test shop.py::Cart.total -o tests/test_cart_total.py
    """
    file, where = places.function(function)
    path = None if output in (None, "-") else Path(str(output))
    if path is not None:
        _refuse(path, force)
    from afterburner import app
    from afterburner.core.request import Request
    from afterburner.report import pytest_file

    request = consenting.settled(Request(file, where, **asked))
    found = run(lambda report: app.behaviour(request, report))
    if found.problem:
        return _nothing(found.problem, found.notes)
    written = pytest_file.text(found, f"afterburner test {function}")
    if output == "-":
        sys.stdout.write(written)
        for note in found.notes:
            click.echo(note, err=True)
        return 0
    path = path or Path(pytest_file.file_name(found.target))
    _refuse(path, force)
    try:
        path.write_text(written, encoding="utf-8")
    except OSError as problem:
        raise EnvironmentProblem(f"{path} cannot be written: {problem.strerror}.") from None
    return _told(path, pytest_file.summary(found), found.notes)


def _refuse(path: Path, force: bool) -> None:
    if path.exists() and not force:
        raise UsageError(f"{path} is there already: nothing was written.", "Give another file with -o, or --force.")
    if not path.absolute().parent.is_dir():
        raise UsageError(f"{path} cannot be written: there is no folder {path.parent}.")


def _nothing(problem: str, notes: tuple[str, ...]) -> int:
    from afterburner.report import screen
    from afterburner.report.page import Page

    page = Page(screen.width(sys.stdout))
    page.sentence(f"No test was written. {problem}", style="bad")
    for note in notes:
        page.item(note)
    screen.show(page, sys.stdout)
    return INCONCLUSIVE


def _told(path: Path, summary: str, notes: tuple[str, ...]) -> int:
    from afterburner.report import screen
    from afterburner.report.page import Page

    page = Page(screen.width(sys.stdout))
    page.sentence(f"{path} is written: {summary}", style="good")
    page.sentence(f"Run it with `python -m pytest {path}`.")
    for note in notes:
        page.item(note)
    screen.show(page, sys.stdout)
    return 0
