"""The rules as a source of rewrites: each rule on its own first, then more rules on top of what was accepted."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace

from afterburner.core import target as targets
from afterburner.core.facts import Facts
from afterburner.core.ports import Brief
from afterburner.core.rewrite import Rewrite, Safety
from afterburner.core.suggestion import Attempt
from afterburner.core.target import Target
from afterburner.rules import GROUPS, Rule, discover

_ROUNDS = 4
"""How many accepted rewrites are built upon, one after the other."""


class RuleSource:
    """Proposes what the rules find, never the same text twice."""

    name = "rules"

    async def rewrites(self, brief: Brief, history: Sequence[Attempt]) -> AsyncIterator[Rewrite]:
        """Every single rewrite; then, round by round, those that extend the best attempt in `history` so far."""
        seen = {brief.target.source.text, *(attempt.rewrite.source.text for attempt in history)}
        for rewrite in _new(proposals(brief.target, brief.facts), seen):
            yield rewrite
        extended: set[str] = set()
        for _ in range(_ROUNDS):
            best = _best(history)
            if best is None or best.rewrite.source.text in extended:
                return
            extended.add(best.rewrite.source.text)
            for rewrite in _new(_extensions(brief, best.rewrite), seen):
                yield rewrite


def proposals(target: Target, facts: Facts) -> Iterator[Rewrite]:
    """What each rule proposes for a function, rules of large effect first."""
    for rule in sorted(discover().values(), key=_place):
        yield from rule.find(target, facts)


def _place(rule: Rule) -> tuple[int, str]:
    return GROUPS.index(rule.group) if rule.group in GROUPS else len(GROUPS), rule.id


def _extensions(brief: Brief, accepted: Rewrite) -> Iterator[Rewrite]:
    """What the rules find in an accepted rewrite, as rewrites of the original."""
    target = targets.find(accepted.source, brief.target.module, brief.target.qualname)
    for more in proposals(target, brief.facts):
        safety = Safety.PRESERVING if {accepted.safety, more.safety} == {Safety.PRESERVING} else Safety.NEEDS_PROOF
        origin = f"{accepted.origin}+{more.origin.removeprefix('rule:')}"
        yield replace(more, origin=origin, idea=f"{accepted.idea}; {more.idea}", safety=safety)


def _new(found: Iterator[Rewrite], seen: set[str]) -> Iterator[Rewrite]:
    for rewrite in found:
        if rewrite.source.text not in seen:
            seen.add(rewrite.source.text)
            yield rewrite


def _best(history: Sequence[Attempt]) -> Attempt | None:
    """The offered attempt with the highest lower bound."""
    return max((attempt for attempt in history if attempt.offered), key=_lower_bound, default=None)


def _lower_bound(attempt: Attempt) -> float:
    headline = attempt.comparison.headline if attempt.comparison else None
    return headline.lower if headline else 0.0
