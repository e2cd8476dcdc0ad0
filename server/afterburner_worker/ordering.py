"""An order for the members of sets that does not depend on the hash seed."""

from __future__ import annotations

import json
import math
from typing import Any, Dict, List, Tuple

from afterburner_worker.graph import Node, Value, constants, values_in

_LONGEST_KEY = 200


def atom_key(thing: Any) -> Tuple[Any, ...]:
    """Where an int, float, bool, str or None stands among others: by type, then by value."""
    if type(thing) is float:
        return ("float", math.isnan(thing), 0.0 if math.isnan(thing) else thing)
    return (type(thing).__name__, False, 0 if thing is None else thing)


def order_sets(nodes: List[Node], slots: List[int]) -> None:
    """Sort the members of the set nodes at `slots` by their structure, in place."""
    keys: Dict[int, str] = {}
    for slot in slots:
        nodes[slot][1].sort(key=lambda value: _key(nodes, value, keys))


def _key(nodes: List[Node], value: Value, keys: Dict[int, str]) -> str:
    """A text that depends on the structure below a value only; a way back into a cycle reads "~"."""
    if type(value) is not list:
        return _atom_text(value)
    waiting = [value[0]]
    entered = set()
    while waiting:
        slot = waiting[-1]
        if slot in keys:
            waiting.pop()
        elif slot in entered:
            waiting.pop()
            keys[slot] = _combined(nodes[slot], keys)
        else:
            entered.add(slot)
            waiting += [
                v[0] for v in values_in(nodes[slot]) if type(v) is list and v[0] not in entered and v[0] not in keys
            ]
    return keys[value[0]]


def _combined(node: Node, keys: Dict[int, str]) -> str:
    parts = [keys.get(v[0], "~") if type(v) is list else _atom_text(v) for v in values_in(node)]
    if node[0] in ("set", "frozenset"):
        parts.sort()
    return _short("%s(%s)" % (json.dumps(constants(node)), ",".join(parts)))


def _atom_text(value: Value) -> str:
    return _short(json.dumps(value))


def _short(text: str) -> str:
    if len(text) <= _LONGEST_KEY:
        return text
    import hashlib  # most captures do without it

    return text[:40] + hashlib.sha256(text.encode("ascii")).hexdigest()
