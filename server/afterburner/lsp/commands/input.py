"""Take a call from the user: typed where the client can ask, else written into the project's own file of calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from afterburner.lsp import inputs
from afterburner.lsp.commands import _asked

if TYPE_CHECKING:
    from afterburner.lsp.session import Session

NAME = "afterburner.server.input"


async def handle(session: Session, argument: Mapping[str, object]) -> None:
    """`{uri, qualname | line, call?}`: without a call the user is asked for one."""
    document, function = await _asked.function(session, argument)
    call = _asked.text(argument, "call")
    if call is not None:
        inputs.keep(session, document, function, call)
    else:
        session.after_answer(inputs.ask(session, document, function))
