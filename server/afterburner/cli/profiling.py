"""The command `profile`."""

from __future__ import annotations

import sys
from typing import Any, Literal

import click

from afterburner.cli import consenting, places
from afterburner.cli.judging import asking
from afterburner.cli.waiting import run

_EXIT = """\b
Exit status:
  0  measured
  6  nothing could be measured, or no call could be made up"""


@click.command(epilog=_EXIT, short_help="Show what each line of a function costs.")
@click.argument("function", metavar="FILE::NAME")
@asking
@click.option("--only", type=click.Choice(["lines", "memory"]), help="Measure only times, or only allocations.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document (docs/json.md), nothing else.")
def profile(function: str, only: Literal["lines", "memory"] | None, as_json: bool, **asked: Any) -> int:
    """Show what each line of a function costs: hits, time, share, and what it allocated, beside the source.

    The calls are those that `optimize` would use. Lines are timed by line_profiler and allocations found by memray, in
    the sandbox. On first use they are fetched for your interpreter into a cache folder, never into your environment;
    the setting `overlay = "never"` forbids that. Without them the standard library measures, and the result says so.

    \b
    afterburner profile shop.py::total
    afterburner profile shop.py::Cart.total --call "Cart([3, 1]).total(tax=0.2)"
    afterburner profile shop.py:120 --only lines --json
    """
    file, where = places.function(function)
    from afterburner import app
    from afterburner.core.request import Request

    request = consenting.settled(Request(file, where, **asked))
    survey = run(lambda report: app.profile(request, report, only))
    from afterburner.report import document, screen
    from afterburner.report import survey as report

    if as_json:
        sys.stdout.write(document.text(report.document(survey)))
    else:
        screen.show(report.page(survey, screen.width(sys.stdout)), sys.stdout)
    return report.exit_code(survey)
