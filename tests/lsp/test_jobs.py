"""Jobs: who is on a function, and how they end."""

from __future__ import annotations

import asyncio

import pytest

from afterburner.lsp.jobs import Job, Jobs

pytestmark = pytest.mark.asyncio


def job(qualname: str = "f") -> Job:
    return Job("file:///a.py", qualname, "key")


async def for_ever(_: Job | None = None) -> None:
    await asyncio.Event().wait()


async def until_ended(*jobs: Job) -> None:
    await asyncio.wait([job.task for job in jobs if job.task], timeout=10)
    await asyncio.sleep(0)


async def test_a_job_is_found_while_it_works_and_not_afterwards() -> None:
    jobs, one, go = Jobs(), job(), asyncio.Event()

    async def work(found: Job) -> None:
        assert found is one
        await go.wait()

    jobs.start(one, work)
    assert jobs.of(one.uri, "f") is one and jobs.of(one.uri, "g") is None and list(jobs) == [one]
    go.set()
    await until_ended(one)
    assert jobs.of(one.uri, "f") is None and list(jobs) == [] and one.state == "ended"


async def test_a_job_that_fails_is_forgotten_too() -> None:
    jobs, one = Jobs(), job()

    async def work(_: Job) -> None:
        raise ValueError

    jobs.start(one, work)
    await until_ended(one)
    assert list(jobs) == []
    assert one.task and isinstance(one.task.exception(), ValueError)


async def test_a_job_that_is_stopped_before_its_first_step_is_forgotten() -> None:
    jobs, one = Jobs(), job()
    jobs.start(one, for_ever)
    one.cancel("at once")
    await until_ended(one)
    assert list(jobs) == [] and one.state == "ended"


async def test_a_stopped_job_makes_room_for_the_next_before_it_has_ended() -> None:
    jobs, one, two, go = Jobs(), job(), job(), asyncio.Event()

    async def slow_to_end(_: Job) -> None:
        try:
            await for_ever()
        finally:
            await go.wait()

    jobs.start(one, slow_to_end)
    await asyncio.sleep(0)
    one.cancel("first")
    one.cancel("second")
    assert one.stopped == "first" and jobs.of(one.uri, "f") is None
    jobs.start(two, for_ever)
    assert jobs.of(one.uri, "f") is two and list(jobs) == [one, two]
    go.set()
    await until_ended(one)
    assert list(jobs) == [two]
    await jobs.close()
    assert list(jobs) == [] and two.stopped == "the server ends"


async def test_cancelling_what_has_ended_changes_nothing() -> None:
    jobs, one = Jobs(), job()

    async def work(_: Job) -> None:
        return None

    jobs.start(one, work)
    await until_ended(one)
    one.cancel("too late")
    assert one.stopped == ""


async def test_a_turn_is_one_jobs_alone_and_goes_to_those_who_wait_in_order() -> None:
    jobs, seen = Jobs(), []

    async def work(found: Job) -> None:
        async with jobs.turn():
            seen.append(f"{found.qualname} begins")
            await asyncio.sleep(0)
            seen.append(f"{found.qualname} ends")

    three = [job(name) for name in "abc"]
    for one in three:
        jobs.start(one, work)
    await asyncio.sleep(0)
    three[1].cancel("while it waits")
    await until_ended(*three)
    assert seen == ["a begins", "a ends", "c begins", "c ends"]
