"""What happens once a job has ended: the message with its choices, and what each of them does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from afterburner.core.found import Offer
from afterburner.lsp import convert
from afterburner.lsp.results import Result

if TYPE_CHECKING:
    from afterburner.lsp.session import Session

_APPLY, _PREVIEW, _REPORT = "Apply", "Preview", "Report"
_CLOSED = "The file with {name} is not open: nothing was applied."
_STALE = "{name} has changed since it was measured: nothing was applied. Optimise it again."


async def offered(session: Session, result: Result | None, *, apply: bool) -> None:
    """Tell what was found and do what the user chooses; with `apply` the best is applied unless it needs a look."""
    if result is None:
        return
    if not result.offers:
        text = result.found.nothing
        choice = await session.window.ask(text, (_REPORT,), unasked=text)
        if choice == _REPORT:
            await report(session, result)
        return
    best = result.offers[0]
    if apply and best.is_strong:
        await applied(session, result, best)
        return
    text = f"{result.qualname}: {best.gain}. {best.idea}."
    unasked = f"{text} The code actions apply it."
    choice = await session.window.ask(text, (_APPLY, _PREVIEW, _REPORT), unasked=unasked)
    if choice == _APPLY:
        await applied(session, result, best)
    elif choice == _PREVIEW:
        await preview(session, result, best)
    elif choice == _REPORT:
        await report(session, result)


async def applied(session: Session, result: Result, offer: Offer) -> None:
    """Apply an offer in the client, or say why not."""
    document = session.documents.get(result.uri)
    if document is None:
        session.window.say(_CLOSED.format(name=result.qualname), "warning")
        return
    function = (await session.reading(document)).outline.of(result.qualname)
    is_current = document is session.documents.get(result.uri)  # it may have been edited while it was read
    edits = result.edits(offer, document) if is_current and function and function.reach_key == result.key else None
    if edits is None:
        session.window.say(_STALE.format(name=result.qualname), "warning")
        return
    label = f"Afterburner: {offer.title}"
    edit = convert.workspace_edit(session.client, document, edits, label, to_confirm=not offer.is_strong)
    problem = await session.window.apply(edit, label)
    if problem:
        session.window.say(f"{result.qualname}: {problem}", "warning")


async def preview(session: Session, result: Result, offer: Offer) -> None:
    """Show what an offer would change, with its evidence: in the client's own difference view, else as a page."""
    if session.client.previews:
        await session.window.preview(
            {
                "uri": result.uri, "qualname": result.qualname, "key": offer.key, "title": offer.title,
                "original": result.found.original, "rewrite": offer.text, "evidence": offer.evidence,
            }
        )  # fmt: skip
        return
    from afterburner import around  # it takes long to import, and `initialize` should not wait for it

    text = f"{offer.evidence}\n{offer.difference}"
    await session.window.open(around.keep_page(f"{result.qualname}-preview", text))


async def report(session: Session, result: Result) -> None:
    """Open the whole report as a Markdown page."""
    from afterburner import around  # as above

    await session.window.open(around.keep_page(result.qualname, result.found.page))
