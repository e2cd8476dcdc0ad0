"""Show what an offer would change, with its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from afterburner.lsp import offering
from afterburner.lsp.commands import _asked

if TYPE_CHECKING:
    from afterburner.lsp.session import Session

NAME = "afterburner.server.preview"


async def handle(session: Session, argument: Mapping[str, object]) -> None:
    """`{uri, qualname | line, key?}`: without a key the best offer."""
    result, offer = await _asked.offer(session, argument)
    session.after_answer(offering.preview(session, result, offer))
