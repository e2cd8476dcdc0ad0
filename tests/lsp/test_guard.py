"""Errors of handlers become answers: a sentence for the user, and details in the log only."""

from __future__ import annotations

import asyncio
import logging

import pytest
from pygls.exceptions import JsonRpcException, JsonRpcInternalError, JsonRpcInvalidParams

from afterburner.core.errors import UsageError
from afterburner.lsp.guard import RequestFailed, guarded, sentence


def direct(error: BaseException) -> object:
    def handler(params: object) -> None:
        raise error

    return guarded(handler)(None)


def waiting(error: BaseException) -> object:
    async def handler(params: object) -> None:
        raise error

    return asyncio.run(guarded(handler)(None))


@pytest.fixture(params=[direct, waiting])
def call(request: pytest.FixtureRequest):
    return request.param


def test_what_the_user_can_mend_is_said_with_its_hint(call, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(RequestFailed) as answer:
        call(UsageError("It is not there.", "Look elsewhere."))
    assert answer.value.message == "It is not there. Look elsewhere." and answer.value.code == -32803
    assert caplog.records == []


def test_what_nobody_foresaw_is_one_line_and_its_traceback_is_logged(call, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR), pytest.raises(JsonRpcInternalError) as answer:
        call(ValueError("two\nlines"))
    assert answer.value.message == "An internal error (ValueError: two lines); the log has the details."
    assert answer.value.data is None
    assert "Traceback" in caplog.text


def test_an_answer_of_the_protocol_stays_as_it_is(call) -> None:
    error = JsonRpcInvalidParams("no")
    with pytest.raises(JsonRpcException) as answer:
        call(error)
    assert answer.value is error


@pytest.mark.parametrize("error", [asyncio.CancelledError(), KeyboardInterrupt(), SystemExit(3)])
def test_what_ends_a_task_or_the_process_is_no_answer(error: BaseException) -> None:
    with pytest.raises(type(error)):
        direct(error)


def test_results_and_names_come_through() -> None:
    async def handler(one: int, two: int) -> int:
        """What it does."""
        return one + two

    assert asyncio.run(guarded(handler)(1, 2)) == 3
    assert guarded(handler).__doc__ == "What it does." and guarded(handler).__name__ == "handler"
    assert guarded(lambda number: number + 1)(1) == 2
    assert sentence(UsageError("Only this.")) == "Only this."
