"""Stop the job on a function."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from afterburner.lsp.commands import _asked

if TYPE_CHECKING:
    from afterburner.lsp.session import Session

NAME = "afterburner.server.cancel"


async def handle(session: Session, argument: Mapping[str, object]) -> None:
    """`{uri, qualname | line}`; without a job there nothing happens."""
    job = session.jobs.of(*await _asked.place(session, argument))
    if job is not None:
        job.cancel("you cancelled it")
