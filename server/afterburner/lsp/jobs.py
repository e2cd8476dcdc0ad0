"""Jobs: long work beside the server's loop, one at a time, that can be joined and cancelled."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

Result = TypeVar("Result")
State = Literal["waiting", "running", "ended"]
_END_S = 5.0


@dataclass(eq=False, slots=True)
class Job:
    """One function being worked on."""

    uri: str
    qualname: str
    key: str
    """Of what it works on; where the text has another one now, it works in vain."""
    profile: str | None
    state: State = "waiting"
    message: str = "waiting"
    stopped: str = ""
    """Why it was stopped, as a sentence; "" while nobody stopped it."""
    task: asyncio.Task[None] | None = None
    tokens: list[str] = field(default_factory=list)

    def cancel(self, why: str) -> None:
        """Stop it; it ends within moments."""
        if self.task is not None and not self.task.done() and not self.stopped:
            self.stopped = why
            self.task.cancel()


class Jobs:
    """Every job that has not ended."""

    def __init__(self) -> None:
        self._jobs: dict[tuple[str, str], Job] = {}
        self._turn = asyncio.Lock()

    def __iter__(self) -> Iterator[Job]:
        return iter(tuple(self._jobs.values()))

    def of(self, uri: str, qualname: str) -> Job | None:
        return self._jobs.get((uri, qualname))

    def start(self, job: Job, work: Callable[[Job], Coroutine[Any, Any, None]]) -> None:
        """Begin a job; where one is on that function already, `of` must have been asked before."""
        place = job.uri, job.qualname
        assert place not in self._jobs
        self._jobs[place] = job
        job.task = asyncio.ensure_future(self._worked(job, work))

    async def _worked(self, job: Job, work: Callable[[Job], Coroutine[Any, Any, None]]) -> None:
        try:
            await work(job)
        finally:
            job.state = "ended"
            del self._jobs[job.uri, job.qualname]

    def turn(self) -> asyncio.Lock:
        """Held while a job measures: two at once would disturb each other's timing."""
        return self._turn

    async def close(self) -> None:
        """Stop every job and wait for its processes to end."""
        tasks = [job.task for job in self if job.task is not None]
        for job in self:
            job.cancel("the server ends")
        if tasks:
            await asyncio.wait(tasks, timeout=_END_S)


async def aside(work: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
    """The result of a coroutine that runs in a thread and event loop of its own; cancelling this cancels that.

    The server's loop goes on answering meanwhile, whatever the work computes. The thread ends with the work.
    """
    started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Task[Result]]] = Future()
    ended: Future[Result] = Future()

    async def main() -> Result:
        task = asyncio.ensure_future(work())
        started.set_result((asyncio.get_running_loop(), task))
        return await task

    def body() -> None:
        try:
            ended.set_result(asyncio.run(main()))
        except BaseException as error:  # carried over to whoever waits
            ended.set_exception(RuntimeError("stopped") if isinstance(error, asyncio.CancelledError) else error)

    threading.Thread(target=body, name="afterburner-job", daemon=True).start()
    waiting = asyncio.wrap_future(ended)
    try:
        return await asyncio.shield(waiting)
    except asyncio.CancelledError:
        loop, task = await asyncio.wrap_future(started)
        loop.call_soon_threadsafe(task.cancel)
        await asyncio.wait([waiting])
        waiting.exception()
        raise
