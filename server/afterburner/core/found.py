"""What an editor needs of an outcome: texts to show, and rewrites to apply; small enough to be sent as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Offer:
    """One suggestion worth an action of its own."""

    key: str
    """Names it within what was found."""
    title: str
    """Such as `apply 12× faster (10–14×), strong evidence`."""
    gain: str
    """Such as `12× faster (10–14×)`."""
    idea: str
    is_strong: bool
    """Whether it may be proposed as the thing to do, unasked for confirmation."""
    text: str
    """The whole module after the rewrite."""
    evidence: str
    """Markdown: everything that stands behind it."""
    difference: str
    """Markdown: what it changes."""


@dataclass(frozen=True, slots=True)
class Found:
    """What came of one run over one function."""

    qualname: str
    original: str
    """The module's text that it is about."""
    short: str
    """In a few words."""
    summary: str
    """Markdown: a few lines."""
    page: str
    """Markdown: the whole report."""
    nothing: str
    """Why there is no offer; "" where there is one."""
    offers: tuple[Offer, ...] = field(default=())

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Found:
        """What `dataclasses.asdict` made of it, as itself again."""
        return cls(**{**data, "offers": tuple(Offer(**offer) for offer in data["offers"])})
