"""What a command's argument names: an open document and a function in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from afterburner.core.errors import UsageError
from afterburner.core.found import Offer
from afterburner.core.outline import Outlined
from afterburner.lsp.documents import Document
from afterburner.lsp.results import Result

if TYPE_CHECKING:
    from afterburner.lsp.session import Session


def text(argument: Mapping[str, object], name: str) -> str | None:
    """A text in the argument; None where there is none. Raises UsageError for anything else."""
    value = argument.get(name)
    if value is None or isinstance(value, str):
        return value
    raise UsageError(f"`{name}` must be a text.")


def document(session: Session, argument: Mapping[str, object]) -> Document:
    """The open document that is named. Raises UsageError when it is not open."""
    uri = text(argument, "uri")
    found = session.documents.get(uri) if uri else None
    if found is None:
        raise UsageError("The document is not open.", "Open the file and try again.")
    return found


async def function(session: Session, argument: Mapping[str, object]) -> tuple[Document, Outlined]:
    """The document and the function that are named, by `qualname`, or by a `line` from 0 on. Raises UsageError."""
    found = document(session, argument)
    reading = await session.reading(found)
    qualname, line = text(argument, "qualname"), argument.get("line")
    chosen = None
    if qualname is not None:
        chosen = reading.outline.of(qualname)
    elif isinstance(line, int):
        chosen = reading.outline.at(line + 1)
    if chosen is None:
        raise UsageError(reading.problem or "There is no function here.", "Put the cursor inside of a function.")
    return found, chosen


async def place(session: Session, argument: Mapping[str, object]) -> tuple[str, str]:
    """The document's URI and the function's name, which need not be there any more; a `line` names what is there."""
    if text(argument, "qualname") is None:
        found, chosen = await function(session, argument)
        return found.uri, chosen.qualname
    return text(argument, "uri") or "", text(argument, "qualname") or ""


async def result(session: Session, argument: Mapping[str, object]) -> Result:
    """The result that is named. Raises UsageError where there is none."""
    found = session.results.of(*await place(session, argument))
    if found is None:
        raise UsageError("Nothing is known of this function yet.", "Optimise it first.")
    return found


async def offer(session: Session, argument: Mapping[str, object]) -> tuple[Result, Offer]:
    """The offer that is named; without a `key` the best one. Raises UsageError where there is none."""
    found = await result(session, argument)
    key = text(argument, "key")
    chosen = found.offer(key) if key is not None else next(iter(found.offers), None)
    if chosen is None:
        raise UsageError("This offer is no longer there.", "Optimise the function again.")
    return found, chosen
