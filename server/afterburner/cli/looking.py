"""The commands that only look: `inputs`, `rules`, `explain`, `profiles` and `doctor`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from afterburner.cli import places
from afterburner.cli.waiting import run


@click.command(short_help="Show which inputs a function has, or begin a file of your own.")
@click.argument("function", metavar="FILE::NAME")
@click.option("--write", is_flag=True, help="Begin a commented section for it in afterburner_inputs.py.")
def inputs(function: str, write: bool) -> int:
    """Show which inputs a run would start from, without running anything.

    Calls of your own are kept in afterburner_inputs.py beside the module, or in .afterburner/ at the project's root;
    --write begins that file, or adds to it, with an example in comments. What is there stays as it is.

    \b
    afterburner inputs shop.py::total
    afterburner inputs shop.py::Cart.total --write
    """
    file, where = places.function(function)
    from afterburner import app, around
    from afterburner.core.request import Request
    from afterburner.report import inputs as report
    from afterburner.report import screen
    from afterburner.report.page import Page

    target, given = app.inputs(Request(file, where))
    if not write:
        page = report.page(target, given, around.plausible_types(target), screen.width(sys.stdout))
        screen.show(page, sys.stdout)
        return 0
    path, written = around.keep_inputs(target)
    page = Page(screen.width(sys.stdout))
    if written:
        page.sentence(f"{path} has a commented section for {target.qualname} at its end now.", style="good")
        page.sentence(f"Fill it in; `afterburner inputs {file}::{target.qualname}` then shows what is used.")
    else:
        page.sentence(f"{path} has a section for {target.qualname} already: nothing was written.")
    screen.show(page, sys.stdout)
    return 0


@click.command()
def rules() -> int:
    """List the built-in rules.

    \b
    afterburner rules
    afterburner explain membership-set
    """
    from afterburner import around
    from afterburner.report import screen
    from afterburner.report.page import Page

    found = around.rules()
    page = Page(screen.width(sys.stdout))
    column = 2 + max((len(rule.id) for rule in found), default=0)
    for rule in found:
        page.sentence(rule.title, " " * column, first=rule.id.ljust(column))
    screen.show(page, sys.stdout)
    return 0


@click.command(short_help="Explain one rule.")
@click.argument("rule")
def explain(rule: str) -> int:
    """Explain one rule: why the pattern is slow, an example, and when the rewrite would change behaviour.

    \b
    afterburner explain membership-set
    """
    from afterburner import around
    from afterburner.report import screen
    from afterburner.report.page import Page, Piece

    found = around.rule(rule)
    page = Page(screen.width(sys.stdout))
    page.line(Piece(found.id, "bold"), Piece(f"  improves {found.improves}, {found.safety.value}", "dim"))
    page.blank()
    page.code(found.doc.strip())
    screen.show(page, sys.stdout)
    return 0


@click.command(short_help="List the profiles.")
def profiles() -> int:
    """List the profiles: built-in ones, yours, and those of the project in this folder.

    \b
    afterburner profiles
    afterburner optimize shop.py::total --profile thorough
    """
    from afterburner import around
    from afterburner.report import screen
    from afterburner.report.page import Page, Piece

    settings = around.settings(Path.cwd())
    page = Page(screen.width(sys.stdout))
    for name, profile in sorted(settings.profiles.items()):
        default = "  (default)" if name == settings.default else ""
        page.line(Piece(name, "bold"), Piece(default, "good"), Piece(f"  {settings.origins[name]}", "dim"))
        page.sentence(profile.summary, "  ")
        page.sentence(
            f"{profile.goal}; {profile.budget_s:g} s; {profile.generated_cases} generated cases; up to "
            f"{profile.launches_max} launches; offers from {profile.floor_ratio:.2f}× on; sources "
            f"{', '.join(profile.sources)}; network {profile.network}; sandbox {profile.sandbox} or stronger",
            "  ", style="dim",
        )  # fmt: skip
    screen.show(page, sys.stdout)
    return 0


@click.command(
    short_help="Can this machine do the job, and how well does it measure?",
    epilog="\b\nExit status:\n  0  everything that the main job needs is here\n  3  something is missing",
)
@click.option("--interpreter", metavar="PATH", help="Python to look at; else .venv, VIRTUAL_ENV, PATH.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document, nothing else.")
def doctor(interpreter: str | None, as_json: bool) -> int:
    """Tell whether this machine can do the job, and how well it measures.

    Looks at the interpreter, starts a worker, lets canaries attack each sandbox tier from inside, and times one
    function against itself. Each missing thing comes with what to do.

    \b
    afterburner doctor
    afterburner doctor --interpreter python3.13 --json
    """
    from afterburner import around
    from afterburner.report import doctor as report
    from afterburner.report import document, screen

    health = run(lambda _: around.examine(Path.cwd(), interpreter))
    if as_json:
        sys.stdout.write(document.text(health))
    else:
        screen.show(report.page(health, screen.width(sys.stdout)), sys.stdout)
    return 3 if health.missing else 0
