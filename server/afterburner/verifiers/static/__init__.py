"""What can be said about a rewrite by reading it: it is refused before anything runs, or its risks are named."""

from __future__ import annotations

from afterburner.core.finding import Finding
from afterburner.core.placement import Placement, place
from afterburner.core.rewrite import Rewrite
from afterburner.core.target import FunctionNode, Target
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


_IN_FUNCTIONS = frozenset({"attribute-state", "broad-except", "dynamic", "global-write", "hard-coded", "introspection"})
_IN_FUNCTIONS |= {"new-state", "outer-state", "threads"}
_BY_NAME = frozenset({"cache", "decorator", "default-state", "dunder", "import", "import-time", "metaclass"})
_BY_NAME |= {"module-state", "table", "third-party"}
"""Codes that say nothing about the target when it never comes to the code in question."""


def _weighed(change: _change.Change, found: Finding) -> Finding:
    """A finding in code that the target does not reach is a change elsewhere, not a reason to refuse the target."""
    if found.severity != "reject" or found.code not in _IN_FUNCTIONS | _BY_NAME:
        return found
    unit = change.around(found.line)
    function = unit is not None and isinstance(unit.node, FunctionNode)
    if unit is None or change.is_reached(unit) or (found.code in _IN_FUNCTIONS and not function):
        return found
    return Finding("warn", found.code, f"elsewhere: {found.message}", found.line)


def check(target: Target, rewrite: Rewrite) -> tuple[Finding, ...]:
    """What stands against a rewrite, the gravest first; empty when nothing does."""
    change = _change.compare(target, rewrite.source)
    if change is None:
        return (_signature.missing(target, rewrite.source),)
    found = [_weighed(change, item) for one in _CHECKS for item in one(change)]
    placement = place(target, rewrite.source)
    if isinstance(placement, Placement):
        found += [_change.finding("warn", "module", f"elsewhere: {what}") for what in placement.changed_elsewhere]
    return tuple(sorted(dict.fromkeys(found), key=lambda item: (_ORDER[item.severity], item.line)))
