"""Start optimising a function, or join the job that is on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from afterburner.lsp import optimizing
from afterburner.lsp.commands import _asked

if TYPE_CHECKING:
    from afterburner.lsp.session import Session

NAME = "afterburner.server.optimize"


async def handle(session: Session, argument: Mapping[str, object]) -> dict[str, str]:
    """`{uri, qualname | line, profile?}`: whether it was started, joined or refused; answers at once."""
    document, function = await _asked.function(session, argument)
    wish = optimizing.Wish(document, function, _asked.text(argument, "profile"))
    return optimizing.start(session, wish)
