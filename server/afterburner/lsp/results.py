"""What finished jobs found out, kept as long as the function that it is about still is what it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from afterburner.core.carry import carried
from afterburner.core.found import Found, Offer
from afterburner.core.patch import Edit
from afterburner.core.source import Source
from afterburner.lsp.documents import Document


@dataclass(frozen=True, slots=True)
class Result:
    """What was found, and the key of what it was found out about."""

    uri: str
    qualname: str
    key: str
    """Of the function and what it reaches in its module (`Outlined.reach_key`)."""
    found: Found

    @property
    def offers(self) -> Sequence[Offer]:
        return self.found.offers

    def offer(self, key: str) -> Offer | None:
        return next((offer for offer in self.offers if offer.key == key), None)

    def edits(self, offer: Offer, document: Document) -> tuple[Edit, ...] | None:
        """What applying an offer changes in the text as it is now; None where it no longer fits."""
        path = str(document.path)
        before, after, now = (Source(path, text) for text in (self.found.original, offer.text, document.text))
        return carried(before, after, now, self.qualname)


class Results:
    """The latest result of each function."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Result] = {}

    def keep(self, result: Result) -> None:
        self._kept[result.uri, result.qualname] = result

    def of(self, uri: str, qualname: str) -> Result | None:
        """The latest one, whether or not it still holds."""
        return self._kept.get((uri, qualname))

    def names(self, uri: str) -> frozenset[str]:
        """The functions of a document that something is known of."""
        return frozenset(qualname for place, qualname in self._kept if place == uri)
