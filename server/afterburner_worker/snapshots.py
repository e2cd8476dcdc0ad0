"""A call's arguments as a graph that another process can rebuild, or the sentence why there is none."""

from __future__ import annotations

import sys
from typing import Any, Dict, Iterator, List, Mapping, NamedTuple, Optional, Set, Tuple

from afterburner_worker.arrivals import Arrival
from afterburner_worker.freeze import freeze
from afterburner_worker.graph import GRAMMAR, Node, Value, values_in
from afterburner_worker.naming import MISSING, lookup

_NAMES_OF = {
    kind: [place for place, field in enumerate(fields, 1) if field == "name"] for kind, fields in GRAMMAR.items()
}
_FOUND_BY_NAME = ("object", "exception", "enum")
_SUSPECT = {*_FOUND_BY_NAME, "opaque", "module", "class", "function", "landmark"}


class Unkeepable(NamedTuple):
    """Why a call's arguments cannot be rebuilt elsewhere."""

    reason: str


class Snapshots:
    """Takes snapshots; remembers which modules the kept ones name."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._is_found: Dict[str, bool] = {}

    def take(self, arrival: Arrival, max_nodes: int, loaded_as: str) -> Any:
        """The graph of the arguments, or `Unkeepable`; raises `TooLarge`. The target's module was `loaded_as` that."""
        graph = freeze(arrival.roots, max_nodes=max_nodes, drain=False, carry=True)
        lost = self._lost(graph, loaded_as)
        if lost is not None:
            return Unkeepable(_reason(graph, arrival, *lost))
        if loaded_as != self._module:
            _rename(graph["nodes"], loaded_as, self._module)
        return graph

    def _lost(self, graph: Mapping[str, Any], loaded_as: str) -> Optional[Tuple[int, str]]:
        """The first node that cannot be rebuilt, and why."""
        nodes = graph["nodes"]
        suspects = [(index, self._obstacle(node, loaded_as)) for index, node in enumerate(nodes) if node[0] in _SUSPECT]
        found = [(index, why) for index, why in suspects if why]
        if not found:
            return None
        needed = _reachable(nodes, [value[0] for value in graph["roots"].values()])
        return next((one for one in found if one[0] in needed), None)

    def _obstacle(self, node: Node, loaded_as: str) -> str:
        if node[0] == "opaque":
            return "cannot be rebuilt"
        if node[0] == "module":
            return "" if node[1] in sys.modules and node[1] != "__main__" else "is not found by that name elsewhere"
        is_elsewhere = node[1].startswith("__main__:") and loaded_as != "__main__"
        if is_elsewhere or (node[0] in _FOUND_BY_NAME and not self._finds(node[1])):
            return "is not found by that name in another process"
        return ""

    def _finds(self, name: str) -> bool:
        if name not in self._is_found:
            self._is_found[name] = lookup(name) is not MISSING
        return self._is_found[name]


def modules_named(graph: Mapping[str, Any]) -> Set[str]:
    """The modules of all classes and functions that a graph names."""
    found: Set[str] = set()
    for node in graph["nodes"]:
        found.update(node[place].partition(":")[0] for place in _NAMES_OF[node[0]])
        if node[0] == "module":
            found.add(node[1])
    return found


def _rename(nodes: List[Node], old: str, new: str) -> None:
    """Name the target's module by its own name, also where it runs under another (`__main__`)."""
    for node in nodes:
        for place in _NAMES_OF[node[0]]:
            if node[place].startswith(old + ":"):
                node[place] = new + node[place][len(old) :]
        if node[0] == "module" and node[1] == old:
            node[1] = new


def _reason(graph: Mapping[str, Any], arrival: Arrival, lost: int, why: str) -> str:
    nodes, roots = graph["nodes"], graph["roots"]
    for name, value in _channels(nodes, roots, arrival):
        if type(value) is list and lost in _reachable(nodes, [value[0]]):
            is_itself = value[0] == lost
            return "%s %s a %s, which %s" % (name, "is" if is_itself else "holds", _shown(nodes[lost]), why)
    return "an argument holds a %s, which %s" % (_shown(nodes[lost]), why)


def _channels(nodes: List[Node], roots: Mapping[str, Value], arrival: Arrival) -> Iterator[Tuple[str, Value]]:
    """Each argument's value with what to call it."""
    for name, value in zip(arrival.names, nodes[roots["args"][0]][1]):
        yield "argument `%s`" % name, value
    for name, value in nodes[roots["kwargs"][0]][1]:
        yield "argument `%s`" % name, value
    if "receiver" in roots:
        yield "the object it is called on", roots["receiver"]


def _reachable(nodes: List[Node], starts: List[int]) -> Set[int]:
    """What some nodes hold, but for the globals of carried functions: those are looked up where they run."""
    found, waiting = set(starts), list(starts)
    while waiting:
        node = nodes[waiting.pop()]
        for value in values_in([*node[:-1], []] if node[0] == "carried" else node):
            if type(value) is list and value[0] not in found:
                found.add(value[0])
                waiting.append(value[0])
    return found


def _shown(node: Node) -> str:
    if node[0] == "module":
        return "module"
    module, _, name = node[1].partition(":")
    return name if module == "builtins" else "%s.%s" % (module, name)
