"""One job from the user's wish to the offer: consent, turn, progress, result, message."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from afterburner.core.errors import AfterburnerError
from afterburner.core.found import Found
from afterburner.core.outline import Outlined
from afterburner.core.request import Request
from afterburner.lsp import aside, offering, trust
from afterburner.lsp.documents import Document
from afterburner.lsp.guard import sentence
from afterburner.lsp.jobs import Job
from afterburner.lsp.results import Result
from afterburner.lsp.window import Bar

if TYPE_CHECKING:
    from afterburner.lsp.session import Session


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user asked for."""

    document: Document
    function: Outlined
    profile: str | None = None
    rule: str | None = None
    """Only this rule's rewrites, and the best of them is applied without a further question."""


def start(session: Session, wish: Wish) -> dict[str, str]:
    """Start a job, or join the one that is on this function already; what is answered at once."""
    uri, qualname = wish.document.uri, wish.function.qualname
    if not uri.startswith("file:"):
        return _refused(session, "Save the file first: its project decides with what it runs.")
    if session.trust.is_restricted:
        return _refused(session, "This workspace is not trusted: nothing of it runs until you trust it.")
    running = session.jobs.of(uri, qualname)
    if running is not None:
        return {"state": "joined", "message": f"{qualname} is being optimised already: {running.message}."}
    job = Job(uri, qualname, wish.function.reach_key)
    session.jobs.start(job, lambda started: _run(session, started, wish))
    return {"state": "started", "message": f"Optimising {qualname}."}


def _refused(session: Session, why: str) -> dict[str, str]:
    session.window.say(why, "warning")
    return {"state": "refused", "message": why}


async def _run(session: Session, job: Job, wish: Wish) -> None:
    """The whole job; whatever happens, its progress bar ends and the user is told."""
    window = session.window
    await session.apart()
    try:
        refusal = await session.trust.refusal(wish.document.path, window)
    except AfterburnerError as error:  # what was said before cannot be read
        refusal = sentence(error)
    if refusal:
        window.say(refusal, "warning")
        return
    bar = await window.progress(f"Afterburner: {job.qualname}")
    if bar.token:
        job.tokens.append(bar.token)
    bar.begin("waiting for its turn")
    said = "stopped"
    try:
        found = await _found(session, job, wish, bar)
        said = found.short
        session.results.keep(Result(job.uri, job.qualname, job.key, found))
        session.window.status("ok")
        session.background(offering.offered(session, session.results.of(job.uri, job.qualname), apply=bool(wish.rule)))
    except asyncio.CancelledError:
        said = f"stopped: {job.stopped}" if job.stopped else "stopped"
        raise
    except Exception as error:  # a job that fails must not end the server
        said = "failed"
        window.say(f"{job.qualname}: {sentence(error)}", "error")
        window.status("warning" if isinstance(error, AfterburnerError) else "error", str(error))
    finally:
        bar.end(said)
        session.background(window.refresh())


def _request(session: Session, wish: Wish) -> Request:
    """What the job's process is asked for."""
    settings = session.settings(wish.document.uri)
    return Request(
        wish.document.path, wish.function.qualname, profile=wish.profile or settings.profile,
        calls=session.calls.get((wish.document.uri, wish.function.qualname), ()),
        interpreter=settings.interpreter, text=wish.document.text, rule=wish.rule,
        sandbox="full" if settings.sandbox == "full" else None,
        tests={"always": True, "never": False}.get(settings.tests.run),
    )  # fmt: skip


async def _found(session: Session, job: Job, wish: Wish, bar: Bar) -> Found:
    """What came of it, worked out when no other job measures, here or in another server."""

    def step(text: str) -> None:
        job.message = text
        bar.report(text)

    def running() -> None:
        job.state = "running"
        session.background(session.window.refresh())

    async def ask(root: Path, files: int) -> bool:
        return await trust.tests_allowed(root, files, job.qualname, session.window)

    async with session.jobs.turn():
        return await aside.found(_request(session, wish), aside.Ears(step, running, ask))
