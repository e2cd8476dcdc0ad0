"""Consent on the command line: asked once for each project, and the command `trust` to give or take it back."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from afterburner.core.request import Request

_QUESTION = """\
{count} of {root} may call {name}.
Run them to see real calls? They run as you would run them yourself, outside the sandbox, in your
own interpreter; nothing in the project is changed. Your answer is remembered for this project."""


def settled(request: Request) -> Request:
    """The request with the user's answer about the project's tests, where a terminal is there to ask at."""
    if not (sys.stdin and sys.stdin.isatty() and sys.stderr.isatty()):
        return request
    from afterburner import app, around

    plan = app.question(request)
    if plan is None:
        return request
    count = f"{len(plan.files)} test file{'s' * (len(plan.files) != 1)}"
    click.echo(_QUESTION.format(count=count, root=plan.root, name=request.where), err=True)
    allowed = click.confirm("Run them?", default=False, err=True)
    around.trust(plan.root, allowed)
    return replace(request, tests=allowed)


@click.command(short_help="Let a project's own tests run, or its code from an editor; or not.")
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--code", is_flag=True, help="About any of its code, when an editor asks for it; not about its tests.")
@click.option("--no", "refused", is_flag=True, help="Never run it, and do not ask.")
@click.option("--forget", is_flag=True, help="Forget what you said about this project.")
@click.option("--list", "listed", is_flag=True, help="Show every project that you were asked about.")
def trust(folder: Path | None, code: bool, refused: bool, forget: bool, listed: bool) -> int:
    """Let a project's own tests run, so that real calls are seen; or take that back.

    Tests run as you would run them yourself: outside the sandbox, in the project's own interpreter, with a time limit.
    Rewrites never run there. What you say is kept outside the project, and no project can say it for itself.

    An editor without trusted workspaces asks before anything of a project runs at all, in the sandbox too, since the
    project's own interpreter is started; --code answers that question, also where the editor cannot ask it.

    \b
    afterburner trust            the project in this folder
    afterburner trust --no work/shop
    afterburner trust --code work/shop
    afterburner trust --list
    """
    from afterburner import around

    if listed:
        for path, allowed in around.answers("code" if code else "tests").items():
            click.echo(f"{'runs' if allowed else 'never'}  {path}")
        return 0
    root = around.root_of((folder or Path.cwd()).absolute())
    (around.let_run if code else around.trust)(root, None if forget else not refused)
    click.echo(f"{_said(code=code, refused=refused, forget=forget)} {root}.")
    return 0


def _said(*, code: bool, refused: bool, forget: bool) -> str:
    """What holds now, up to the project's name."""
    if forget:
        return "You will be asked about"
    if refused:
        return "From an editor nothing runs in" if code else "Nothing of its own runs in"
    return "Editors may run code of" if code else "Its tests may run in"
