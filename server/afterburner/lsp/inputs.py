"""Calls that the user gives while editing: typed in the client, or kept in the project's own file of calls."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from afterburner.core.errors import UsageError
from afterburner.core.outline import Outlined
from afterburner.core.request import Request
from afterburner.core.target import Target
from afterburner.lsp import optimizing
from afterburner.lsp.documents import Document

if TYPE_CHECKING:
    from afterburner.lsp.session import Session

_TRIES = 3
_MOST = 20


async def ask(session: Session, document: Document, function: Outlined) -> None:
    """Ask for a call until one can be used; a client that cannot ask gets the file of calls, with a section for it."""
    from afterburner import around  # it takes long to import, and `initialize` should not wait for it

    target = await asyncio.to_thread(_target, document, function)
    if not session.client.asks_input:
        path, _ = await asyncio.to_thread(around.keep_inputs, target)
        await session.window.open(path)
        return
    template, problem = around.example(target), ""
    for _ in range(_TRIES):
        asked = {
            "uri": document.uri, "qualname": function.qualname, "signature": target.signature(),
            "template": template, "message": problem or f"A call of {function.qualname} to measure and compare with",
        }  # fmt: skip
        call = await session.window.ask_input(asked)
        if call is None:
            return
        try:
            keep(session, document, function, call)
            return
        except UsageError as error:
            template, problem = call, f"{error} {error.hint}".strip()
    session.window.say(f"{function.qualname}: {problem}", "warning")


def keep(session: Session, document: Document, function: Outlined, call: str) -> None:
    """Use a call for this function as long as the server lives, and start with it. Raises UsageError for a bad one."""
    from afterburner import around  # as above

    around.check_call(_target(document, function), call)
    place = document.uri, function.qualname
    known = [text for text in session.calls.get(place, ()) if text != call]
    session.calls[place] = (*known, call)[-_MOST:]
    optimizing.start(session, optimizing.Wish(document, function))


def _target(document: Document, function: Outlined) -> Target:
    from afterburner import around  # as above

    return around.target(Request(document.path, function.qualname, text=document.text))
