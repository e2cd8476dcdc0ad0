"""What `replay` shows: each rewrite's verdict then and now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from afterburner.core.outcome import Environment
from afterburner.core.verdict import Verdict
from afterburner.report.bundle import Bundle
from afterburner.report.document import VerdictKind, verdict_kind
from afterburner.report.page import Page


@dataclass(frozen=True, slots=True)
class Replayed:
    """One rewrite's verdict in the bundle, and what it is here."""

    origin: str
    idea: str
    then: VerdictKind
    then_reason: str
    now: VerdictKind
    now_reason: str

    @property
    def same(self) -> bool:
        return self.then == self.now


@dataclass(frozen=True, slots=True)
class Replay:
    """The document of `replay --json`."""

    schema: str
    exit_code: int
    rewrites: tuple[Replayed, ...]

    @property
    def same(self) -> bool:
        return all(replayed.same for replayed in self.rewrites)


def compared(bundle: Bundle, verdicts: Sequence[Verdict]) -> Replay:
    """The verdicts of a bundle beside those that its rewrites get here, in the same order."""
    rewrites = tuple(
        Replayed(r.origin, r.idea, r.verdict, r.reason, verdict_kind(verdict), getattr(verdict, "reason", ""))
        for r, verdict in zip(bundle.rewrites, verdicts, strict=True)
    )
    return Replay("afterburner/replay/1", 0 if all(r.same for r in rewrites) else 4, rewrites)


def page(bundle: Bundle, replay: Replay, here: Environment | None = None, width: int = 80) -> Page:
    """One paragraph for each rewrite."""
    written = Page(width)
    for replayed in replay.rewrites:
        written.sentence(f"{replayed.origin.replace(':', ' ', 1)}: {replayed.idea}", style="bold")
        if replayed.same:
            written.sentence(f"Same verdict: {_worded(replayed.now, replayed.now_reason)}", "  ", style="good")
        else:
            written.sentence(f"It was: {_worded(replayed.then, replayed.then_reason)}", "  ")
            written.sentence(f"It is:  {_worded(replayed.now, replayed.now_reason)}", "  ", style="bad")
    if not replay.rewrites:
        written.sentence("The bundle holds no rewrite: there is no verdict to reproduce.")
    written.sentence(_where(bundle, here), style="dim")
    return written


def _worded(kind: VerdictKind, reason: str) -> str:
    return f"{kind.capitalize()}: {reason}" if reason else f"{kind.capitalize()}."


def _where(bundle: Bundle, here: Environment | None) -> str:
    then = bundle.environment
    first = f"Judged first in {then.python}, sandbox tier {then.tier}, runner {then.runner}"
    return f"{first}; now in {here.python}, {here.tier}, {here.runner}." if here else f"{first}."
