"""Say whether the code of a document's project may run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from afterburner.core.errors import UsageError
from afterburner.lsp.commands import _asked

if TYPE_CHECKING:
    from afterburner.lsp.session import Session

NAME = "afterburner.server.trust"


async def handle(session: Session, argument: Mapping[str, object]) -> None:
    """`{uri, allowed}`: true, false, or null to be asked again; refused where the client has workspace trust."""
    from afterburner import around  # it takes long to import, and `initialize` should not wait for it

    allowed = argument.get("allowed")
    if session.trust.declared is not None:
        raise UsageError("This editor has workspace trust of its own.", "Use that.")
    if allowed is not None and not isinstance(allowed, bool):
        raise UsageError("`allowed` must be true, false or null.")
    around.let_run(around.root_of(_asked.document(session, argument).path.parent), allowed)
