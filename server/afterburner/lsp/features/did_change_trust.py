"""The client's workspace trust was granted or taken away (`afterburner/didChangeTrust`, our own)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from afterburner.lsp.session import Session

METHOD = "afterburner/didChangeTrust"


async def handle(session: Session, params: Any) -> None:
    trusted = params.get("trusted") if isinstance(params, dict) else getattr(params, "trusted", None)
    if isinstance(trusted, bool):
        session.trust.declared = trusted
        for job in session.jobs if not trusted else ():
            job.cancel("this workspace is no longer trusted")
        await session.window.refresh()
