"""The one place where an exception of a handler becomes what the client can show."""

from __future__ import annotations

import functools
import inspect
import logging
from collections.abc import Callable
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInternalError

from afterburner.core.errors import AfterburnerError

log = logging.getLogger(__name__)

Handler = Callable[..., Any]


class RequestFailed(JsonRpcException):
    """A request that was understood and could not be served; its message is for the user."""

    CODE = types.LSPErrorCodes.RequestFailed.value


def guarded(handler: Handler) -> Handler:
    """The handler, whose errors are answers: a sentence for the user, and details only in the log."""
    if inspect.iscoroutinefunction(handler):

        @functools.wraps(handler)
        async def waiting(*arguments: Any) -> Any:
            try:
                return await handler(*arguments)
            except Exception as error:  # whatever goes wrong in one request must not end the server
                raise _answer(error) from None

        return waiting

    @functools.wraps(handler)
    def direct(*arguments: Any) -> Any:
        try:
            return handler(*arguments)
        except Exception as error:  # as above
            raise _answer(error) from None

    return direct


def sentence(error: Exception) -> str:
    """What to tell a user of an error; whatever was not foreseen is logged with its traceback."""
    if isinstance(error, AfterburnerError):
        return f"{error} {error.hint}".strip()
    log.error("An internal error.", exc_info=error)
    what = " ".join(f"{type(error).__name__}: {error}".split())
    return f"An internal error ({what}); the log has the details."


def _answer(error: Exception) -> JsonRpcException:
    if isinstance(error, JsonRpcException):
        return error
    kind = RequestFailed if isinstance(error, AfterburnerError) else JsonRpcInternalError
    return kind(sentence(error))
