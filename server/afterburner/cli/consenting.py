"""Consent on the command line: asked once for each project, and the command `trust` to give or take it back."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from afterburner.core.errors import EnvironmentProblem

if TYPE_CHECKING:
    from afterburner.core.request import Request

_QUESTION = """\
{count} of {root} may call {name}.
Run them to see real calls? They run as you would run them yourself, outside the sandbox, in your
own interpreter; nothing in the project is changed. Your answer is remembered for this project."""

_CODE = """\
May functions of {root} run, in a sandbox, with the project's own interpreter?
Your answer is remembered for this project; `afterburner trust --code` changes it."""


def settled(request: Request) -> Request:
    """The request with the user's answer about the project's tests, where a terminal is there to ask at.

    Raises EnvironmentProblem where the user said that nothing of the project may run.
    """
    may_ask = bool(sys.stdin and sys.stdin.isatty() and sys.stderr.isatty())
    _may_run(request, may_ask=may_ask)
    if not may_ask:
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


def _may_run(request: Request, *, may_ask: bool) -> None:
    """Refuse what the user refused once; ask where there is a terminal. Without one, the command itself says yes."""
    from afterburner import around

    root = around.root_of(request.file.absolute().parent)
    allowed = around.may_run(root)
    if allowed is None and may_ask:
        click.echo(_CODE.format(root=root), err=True)
        allowed = click.confirm("Run them?", default=True, err=True)
        around.let_run(root, allowed)
    if allowed is False:
        raise EnvironmentProblem(
            f"You said that nothing of {root} may run.", f"To change that: `afterburner trust --code {root}`."
        )


@click.command(short_help="Let a project's code or its tests run, or not.")
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--code", "code", is_flag=True, help="About any of its code, in the sandbox; else about its tests.")
@click.option("--no", "refused", is_flag=True, help="Never run them, and do not ask.")
@click.option("--forget", is_flag=True, help="Forget what you said about this project.")
@click.option("--list", "listed", is_flag=True, help="Show every project that you were asked about.")
def trust(folder: Path | None, code: bool, refused: bool, forget: bool, listed: bool) -> int:
    """Let a project's own tests run, so that real calls are seen; or take that back.

    With --code it is about any of its functions, which run in the sandbox: editors ask for that once, and so does
    `optimize` on a terminal.

    Tests run as you would run them yourself: outside the sandbox, in the project's own interpreter, with a time limit.
    Rewrites never run there. What you say is kept outside the project, and no project can say it for itself.

    \b
    afterburner trust            the project in this folder
    afterburner trust --no work/shop
    afterburner trust --code work/shop
    afterburner trust --list
    """
    from afterburner import around

    kind: Literal["code", "tests"] = "code" if code else "tests"
    if listed:
        for path, said in around.trusted(kind).items():
            click.echo(f"{'runs' if said else 'never'}  {path}")
        return 0
    root = around.root_of((folder or Path.cwd()).absolute())
    allowed = None if forget else not refused
    if code:
        around.let_run(root, allowed)
    else:
        around.trust(root, allowed)
    click.echo(_said(root, kind, allowed))
    return 0


def _said(root: Path, kind: Literal["code", "tests"], allowed: bool | None) -> str:
    if allowed is None:
        return f"You will be asked about {root}."
    if allowed:
        return f"Its {'functions' if kind == 'code' else 'tests'} may run in {root}."
    return f"Nothing of its own runs in {root}." if kind == "tests" else f"Nothing at all runs in {root}."
