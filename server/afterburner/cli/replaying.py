"""The command `replay`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from afterburner.cli.waiting import run

_EXIT = """\b
Exit status:
  0  every verdict is the same
  2  the file is no bundle
  3  the interpreter or the sandbox cannot do it
  4  a verdict is another one here"""


@click.command(epilog=_EXIT, short_help="Reproduce the verdicts of a bundle.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--interpreter", metavar="PATH", help="Python that runs the code; else VIRTUAL_ENV, PATH.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document, nothing else.")
def replay(file: Path, interpreter: str | None, as_json: bool) -> int:
    """Reproduce the verdicts of a bundle that --bundle wrote.

    The bundle holds the module, the calls and the rewrites; it is read as data and its code runs in the sandbox, in
    your interpreter, never in one that the bundle names. What the module imports must be installed there.

    \b
    afterburner compare shop.py::total faster.py --bundle verdict.json
    afterburner replay verdict.json
    """
    from afterburner.report import bundle as bundles
    from afterburner.report import document, screen
    from afterburner.report import replay as replays

    bundle = bundles.read(file)
    from afterburner import app

    outcome = run(lambda report: app.replay(bundle, report, interpreter))
    found = replays.compared(bundle, [attempt.verdict for attempt in outcome.attempts])
    if as_json:
        sys.stdout.write(document.text(found))
    else:
        screen.show(replays.page(bundle, found, outcome.environment, screen.width(sys.stdout)), sys.stdout)
    return found.exit_code
