"""The rules as a source of rewrites: each rule on its own first, then more rules on top of what was accepted."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace

from afterburner.core import target as targets
from afterburner.core.facts import Facts
from afterburner.core.patch import changed_lines
from afterburner.core.ports import Brief
from afterburner.core.rewrite import Rewrite, Safety
from afterburner.core.suggestion import Attempt
from afterburner.core.target import Target
from afterburner.rules import GROUPS, Rule, discover

_ROUNDS = 4
"""How many accepted rewrites are built upon, one after the other."""
_COLD = 0.01
"""A rewrite of lines that take a smaller share of the run time is left for the end."""
_KNOWN = 0.9
"""Measured lines say what is cold when together they take at least this share."""


class RuleSource:
    """Proposes what the rules find (or the one called `only`), never the same text twice."""

    name = "rules"

    def __init__(self, only: str | None = None) -> None:
        self._only = only

    def may_propose(self, brief: Brief) -> bool:
        """Whether any rule matches what is known so far."""
        return any(True for _ in proposals(brief.target, brief.facts, self._only))

    async def rewrites(self, brief: Brief, history: Sequence[Attempt]) -> AsyncIterator[Rewrite]:
        """Every single rewrite; then, round by round, those that extend the best attempt in `history` so far.

        Where lines were measured, rewrites of hot ones come first, and those of cold ones when all else was tried.
        """
        seen = {brief.target.source.text, *(attempt.rewrite.source.text for attempt in history)}
        cold: list[Rewrite] = []
        for rewrite in _hottest_first(brief, None, _new(proposals(brief.target, brief.facts, self._only), seen), cold):
            yield rewrite
        extended: set[str] = set()
        for _ in range(_ROUNDS):
            best = _best(history)
            if best is None or best.rewrite.source.text in extended:
                break
            extended.add(best.rewrite.source.text)
            found = _new(_extensions(brief, best.rewrite, self._only), seen)
            for rewrite in _hottest_first(brief, best.rewrite, found, cold):
                yield rewrite
        for rewrite in cold:
            yield rewrite


def _hottest_first(
    brief: Brief, upon: Rewrite | None, found: Iterator[Rewrite], cold: list[Rewrite]
) -> Iterator[Rewrite]:
    """The rewrites by the share of what they touch, in steps of a tenth; those of cold lines go to `cold` instead."""
    hot_lines = brief.facts.hot_lines
    if not hot_lines:
        yield from found
        return
    shares = [(_share(brief, upon, rewrite), rewrite) for rewrite in found]
    known = sum(hot_lines.values()) >= _KNOWN
    cold += [rewrite for share, rewrite in shares if known and share < _COLD]
    warm = [entry for entry in shares if not known or entry[0] >= _COLD]
    yield from (rewrite for _, rewrite in sorted(warm, key=lambda entry: -round(entry[0], 1)))


def _share(brief: Brief, upon: Rewrite | None, rewrite: Rewrite) -> float:
    """The share of the run time of the lines that a rewrite changes beyond those that `upon` has changed before.

    All of it where there are none: what only adds lines, or changes new ones, may change how any of them runs.
    """
    original = brief.target.source
    touched = changed_lines(rewrite.source, original) - (changed_lines(upon.source, original) if upon else frozenset())
    return sum(brief.facts.hot_lines.get(line, 0.0) for line in touched) if touched else 1.0


def proposals(target: Target, facts: Facts, only: str | None = None) -> Iterator[Rewrite]:
    """What each rule (or the one named) proposes for a function, rules of large effect first."""
    for rule in sorted(discover().values(), key=_place):
        if only in (None, rule.id):
            yield from rule.find(target, facts)


def _place(rule: Rule) -> tuple[int, str]:
    return GROUPS.index(rule.group) if rule.group in GROUPS else len(GROUPS), rule.id


def _extensions(brief: Brief, accepted: Rewrite, only: str | None) -> Iterator[Rewrite]:
    """What the rules find in an accepted rewrite, as rewrites of the original."""
    target = targets.find(accepted.source, brief.target.module, brief.target.qualname)
    for more in proposals(target, brief.facts, only):
        safety = Safety.PRESERVING if {accepted.safety, more.safety} == {Safety.PRESERVING} else Safety.NEEDS_PROOF
        origin = f"{accepted.origin}+{more.origin.removeprefix('rule:')}"
        yield replace(more, origin=origin, idea=f"{accepted.idea}; {more.idea}", safety=safety)


def _new(found: Iterator[Rewrite], seen: set[str]) -> Iterator[Rewrite]:
    for rewrite in found:
        if rewrite.source.text not in seen:
            seen.add(rewrite.source.text)
            yield rewrite


def _best(history: Sequence[Attempt]) -> Attempt | None:
    """The offered attempt that gains most of what the profile asks for."""
    return max((attempt for attempt in history if attempt.offered), key=_merit, default=None)


def _merit(attempt: Attempt) -> float:
    return attempt.comparison.merit if attempt.comparison else 0.0
