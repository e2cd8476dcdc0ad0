"""One job from the user's wish to the offer: consent, turn, progress, result, message."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from afterburner.core.errors import AfterburnerError
from afterburner.core.outcome import Outcome
from afterburner.core.outline import Outlined
from afterburner.core.request import Request
from afterburner.lsp import jobs, offering, trust
from afterburner.lsp.documents import Document
from afterburner.lsp.guard import sentence
from afterburner.lsp.jobs import Job
from afterburner.lsp.results import Result
from afterburner.lsp.window import Bar

if TYPE_CHECKING:
    from afterburner.lsp.session import Session
    from afterburner.report.progress import Step

_REPORT_S = 0.1


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
    job = Job(uri, qualname, wish.function.reach_key, wish.profile)
    session.jobs.start(job, lambda started: _run(session, started, wish))
    return {"state": "started", "message": f"Optimising {qualname}."}


def _refused(session: Session, why: str) -> dict[str, str]:
    session.window.say(why, "warning")
    return {"state": "refused", "message": why}


async def _run(session: Session, job: Job, wish: Wish) -> None:
    """The whole job; whatever happens, its progress bar ends and the user is told."""
    window = session.window
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
        request = await _request(session, wish)
        outcome = await _outcome(session, job, request, bar)
        said = offering.short(outcome)
        session.results.keep(Result(job.uri, job.qualname, job.key, outcome))
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


async def _request(session: Session, wish: Wish) -> Request:
    """The request, with the user's answer about the project's tests where it is needed and was never given."""
    settings = session.settings(wish.document.uri)
    calls = session.calls.get((wish.document.uri, wish.function.qualname), ())
    request = Request(
        wish.document.path, wish.function.qualname, profile=wish.profile or settings.profile, calls=calls,
        interpreter=settings.interpreter, text=wish.document.text, rule=wish.rule,
        sandbox="full" if settings.sandbox == "full" else None,
        tests={"always": True, "never": False}.get(settings.tests.run),
    )  # fmt: skip
    from afterburner import app  # it takes long to import, and `initialize` should not wait for it

    async with session.trust.asking:
        plan = await asyncio.to_thread(app.question, request)
        if plan is None:
            return request
        allowed = await trust.tests_allowed(plan.root, len(plan.files), wish.function.qualname, session.window)
        return replace(request, tests=allowed)


async def _outcome(session: Session, job: Job, request: Request, bar: Bar) -> Outcome:
    """The outcome, worked out when no other job measures, here or in another process."""
    from afterburner import app, around  # as above

    report = _reporter(job, bar)

    async def work() -> Outcome:
        async with around.turn(lambda text: report(_Waiting(text))):
            return await app.optimize(request, report)

    async with session.jobs.turn():
        job.state = "running"
        session.background(session.window.refresh())
        return await jobs.aside(work)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """The step before the first one."""

    message: str
    stage: str = "start"
    done: int = 0
    total: int = 0


def _reporter(job: Job, bar: Bar) -> Callable[[Step], None]:
    """Takes steps in any thread and shows them in the loop's, not more often than a person can read."""
    from afterburner.report.progress import described  # as above

    loop = asyncio.get_running_loop()
    last = 0.0

    def show(text: str) -> None:
        job.message = text
        bar.report(text)

    def report(step: Step) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= _REPORT_S:
            last = now
            loop.call_soon_threadsafe(show, described(step))

    return report
