"""Jobs: long work beside the server's loop, one at a time, that can be joined and cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

State = Literal["waiting", "running", "ended"]
_END_S = 5.0


@dataclass(eq=False, slots=True)
class Job:
    """One function being worked on."""

    uri: str
    qualname: str
    key: str
    """Of what it works on; where the text has another one now, it works in vain."""
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
        self._jobs: list[Job] = []
        self._turn = asyncio.Lock()

    def __iter__(self) -> Iterator[Job]:
        return iter(tuple(self._jobs))

    def of(self, uri: str, qualname: str) -> Job | None:
        """The job on a function; None where there is none, or only one that was stopped and is about to end."""
        return next((job for job in self if (job.uri, job.qualname) == (uri, qualname) and not job.stopped), None)

    def start(self, job: Job, work: Callable[[Job], Coroutine[Any, Any, None]]) -> None:
        """Begin a job; where one is on that function already, `of` must have been asked before."""
        assert self.of(job.uri, job.qualname) is None
        self._jobs.append(job)
        job.task = asyncio.ensure_future(work(job))
        job.task.add_done_callback(lambda task: self._ended(job))

    def _ended(self, job: Job) -> None:
        """A job that was stopped before its first step never ran a line, so its end cannot be told from within."""
        job.state = "ended"
        self._jobs.remove(job)

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
