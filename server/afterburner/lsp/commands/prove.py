"""Prove one rule's rewrite of a function, and apply it if it holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from afterburner.lsp import optimizing
from afterburner.lsp.commands import _asked

if TYPE_CHECKING:
    from afterburner.lsp.session import Session

NAME = "afterburner.server.prove"


async def handle(session: Session, argument: Mapping[str, object]) -> dict[str, str]:
    """`{uri, qualname, rule}`: as `optimize` answers; what is proven is applied when the job ends."""
    document, function = await _asked.function(session, argument)
    return optimizing.start(session, optimizing.Wish(document, function, rule=_asked.text(argument, "rule")))
