"""Stop the job on a function."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from afterburner.lsp.commands import _asked

if TYPE_CHECKING:
    from afterburner.lsp.session import Session

NAME = "afterburner.server.cancel"


async def handle(session: Session, argument: Mapping[str, object]) -> None:
    """`{uri, qualname}`; without a job there nothing happens."""
    job = session.jobs.of(_asked.text(argument, "uri") or "", _asked.text(argument, "qualname") or "")
    if job is not None:
        job.cancel("you cancelled it")
