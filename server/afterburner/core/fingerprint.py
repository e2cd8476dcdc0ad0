"""Digests of structure: the key that equal graphs share, whatever the order of their nodes or of a set's members."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from afterburner.core.grammar import Value, constants, is_reference, values_in
from afterburner.core.graph import Graph

_ROUNDS_IN_CYCLES = 12
_SETS = ("set", "frozenset")


def canonical(graph: Graph) -> str:
    """A hexadecimal digest: equal for graphs of the same roots, structure and sharing."""
    members = set_order(graph)
    hashing = hashlib.sha256()
    number: dict[int, int] = {}
    for name in sorted(graph.roots):
        hashing.update(repr(name).encode())
        waiting = [graph.roots[name]]
        while waiting:
            value = waiting.pop()
            if not is_reference(value):
                hashing.update(_text(value).encode())
            elif value[0] in number:
                hashing.update(f"@{number[value[0]]};".encode())
            else:
                number[value[0]] = len(number)
                node = graph.nodes[value[0]]
                hashing.update(repr(constants(node)).encode())
                waiting += reversed(members.get(value[0]) or list(values_in(node)))
    return hashing.hexdigest()[:32]


def set_order(graph: Graph) -> Mapping[int, list[Value]]:
    """Index of each set node of several members → its members, sorted by structure."""
    sets = [index for index, node in enumerate(graph.nodes) if node[0] in _SETS and len(node[1]) > 1]
    if not sets:
        return {}
    known = digests(graph, [[index] for index in sets])
    return {index: sorted(graph.nodes[index][1], key=lambda v: value_digest(v, known)) for index in sets}


def digests(graph: Graph, start: Iterable[Value]) -> dict[int, str]:
    """Index → digest of all that can be seen from a node; identity inside is not looked at (bisimulation)."""
    known: dict[int, str] = {}
    for group in _components(graph, start):
        for _ in range(min(len(group) + 1, _ROUNDS_IN_CYCLES) if _is_cyclic(graph, group) else 1):
            known.update([(index, _digest(graph, index, known)) for index in group])
    return known


def is_tangled(graph: Graph, value: Value) -> bool:
    """Whether objects refer to each other in a circle below a value, as parents and children do."""
    groups = _components(graph, [value])
    return any(_is_cyclic(graph, group) and any(graph.nodes[i][0] == "object" for i in group) for group in groups)


def _is_cyclic(graph: Graph, group: list[int]) -> bool:
    return len(group) > 1 or group[0] in {v[0] for v in values_in(graph.nodes[group[0]]) if is_reference(v)}


def value_digest(value: Value, known: Mapping[int, str]) -> str:
    return known.get(value[0], "") if is_reference(value) else _text(value)


def _digest(graph: Graph, index: int, known: Mapping[int, str]) -> str:
    node = graph.nodes[index]
    parts = [value_digest(value, known) for value in values_in(node)]
    if node[0] in _SETS:
        parts.sort()
    return hashlib.sha256(repr([constants(node), parts]).encode()).hexdigest()


def _text(value: Value) -> str:
    return repr({"f": "nan"} if value == {"f": "-nan"} else value) + ";"


def _components(graph: Graph, start: Iterable[Value]) -> list[list[int]]:
    """Strongly connected groups of nodes, each after the groups that it leads to (Tarjan's algorithm)."""
    order: dict[int, int] = {}
    low: dict[int, int] = {}
    path: list[int] = []
    on_path: set[int] = set()
    groups: list[list[int]] = []
    waiting = [(value[0], False) for value in start if is_reference(value)]
    while waiting:
        index, leaving = waiting.pop()
        children = [v[0] for v in values_in(graph.nodes[index]) if is_reference(v)]
        if not leaving:
            if index in order:
                continue
            order[index] = low[index] = len(order)
            path.append(index)
            on_path.add(index)
            waiting.append((index, True))
            waiting += [(child, False) for child in children if child not in order]
            continue
        low[index] = min([low[index]] + [low[child] for child in children if child in on_path])
        if low[index] == order[index]:
            at = _position(path, index)
            groups.append(path[at:])
            on_path.difference_update(path[at:])
            del path[at:]
    return groups


def _position(path: list[int], index: int) -> int:
    at = len(path) - 1
    while path[at] != index:
        at -= 1
    return at
