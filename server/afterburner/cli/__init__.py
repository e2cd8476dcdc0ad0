"""The command line: an edge that asks `app`, shows the answer, and turns it into an exit status."""

from __future__ import annotations

import click

from afterburner import __version__
from afterburner.cli.consenting import trust
from afterburner.cli.judging import compare, optimize
from afterburner.cli.looking import doctor, explain, inputs, profiles, rules
from afterburner.cli.profiling import profile
from afterburner.cli.program import Program
from afterburner.cli.replaying import replay
from afterburner.cli.serving import server
from afterburner.cli.testing import test


@click.group(
    cls=Program,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit status of every command: 2 for wrong usage, 3 when the environment cannot do it, 130 when "
    "interrupted; `afterburner COMMAND --help` tells the others.",
)
@click.version_option(__version__, prog_name="afterburner")
@click.option("--debug", is_flag=True, expose_value=False, help="Show the details of an internal error.")
def main() -> None:
    """Makes a Python function faster, and proves that it still does the same.

    \b
    afterburner optimize shop.py::total         find a faster version
    afterburner compare shop.py::total mine.py  judge a version that you have
    afterburner profile shop.py::total          see what each line costs
    afterburner doctor                          can this machine do it?

    What it runs, it runs in a sandbox, in your own interpreter; your project's own tests run as you run them, and only
    where you allowed it. It changes no file unless --apply asks for it.
    """


COMMANDS = (optimize, compare, profile, inputs, test, rules, explain, profiles, trust, doctor, replay, server)
for command in COMMANDS:
    main.add_command(command)
