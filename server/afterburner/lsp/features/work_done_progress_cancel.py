"""The user cancels a progress bar: its job ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from afterburner.lsp.session import Session

METHOD = types.WINDOW_WORK_DONE_PROGRESS_CANCEL


def handle(session: Session, params: types.WorkDoneProgressCancelParams) -> None:
    job = session.job_of_token(params.token)
    if job is not None:
        job.cancel("you cancelled it")
