"""Open the report on a function."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from afterburner.lsp import offering
from afterburner.lsp.commands import _asked

if TYPE_CHECKING:
    from afterburner.lsp.session import Session

NAME = "afterburner.server.report"


async def handle(session: Session, argument: Mapping[str, object]) -> None:
    """`{uri, qualname | line}`."""
    session.after_answer(offering.report(session, await _asked.result(session, argument)))
