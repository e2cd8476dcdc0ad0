"""What can be said about a rewrite by reading it: it is refused before anything runs, or its risks are named."""

from __future__ import annotations

from afterburner.core.finding import Finding
from afterburner.core.placement import Placement, place
from afterburner.core.rewrite import Rewrite
from afterburner.core.target import Target
from afterburner.verifiers.static import _change, _reach, _signature, _state, _tricks

_ORDER = {"reject": 0, "except": 1, "warn": 2}
_CHECKS: tuple[_change.Check, ...] = (
    _signature.kind,
    _signature.parameters,
    _reach.imports,
    _reach.introspection,
    _reach.dynamic,
    _reach.threads,
    _reach.methods,
    _reach.rebinding,
    _reach.loading,
    _state.values,
    _state.decorated,
    _state.defaults,
    _state.declared_global,
    _state.mutated,
    _state.attributes,
    _tricks.literals,
    _tricks.swallowed,
    _tricks.raises,
    _tricks.special_cases,
    _tricks.tables,
)


def check(target: Target, rewrite: Rewrite) -> tuple[Finding, ...]:
    """What stands against a rewrite, the gravest first; empty when nothing does."""
    change = _change.compare(target, rewrite.source)
    if change is None:
        return (_signature.missing(target, rewrite.source),)
    found = [item for one in _CHECKS for item in one(change)]
    placement = place(target, rewrite.source)
    if isinstance(placement, Placement):
        found += [_change.finding("warn", "module", f"elsewhere: {what}") for what in placement.changed_elsewhere]
    return tuple(sorted(dict.fromkeys(found), key=lambda item: (_ORDER[item.severity], item.line)))
