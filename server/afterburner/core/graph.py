"""Values as graphs: the arguments of a case and the observations of a call, as plain data that was checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from afterburner.core.errors import ProtocolViolation
from afterburner.core.grammar import Node, Value, float_value, int_value, is_reference, values_in
from afterburner.core.wellformed import complaint

MOST_NODES = 400_000


@dataclass(frozen=True, slots=True)
class Graph:
    """Named values over one table of nodes; never changed once made."""

    nodes: tuple[Node, ...]
    roots: Mapping[str, Value]

    @classmethod
    def checked(cls, data: object, most_nodes: int = MOST_NODES) -> Graph:
        """The graph in untrusted data; `ProtocolViolation` when it breaks the grammar anywhere."""
        if problem := complaint(data, most_nodes):
            raise ProtocolViolation(f"A recorded value breaks the data format: {problem}.")
        assert isinstance(data, dict)
        return cls(tuple(data["nodes"]), dict(data["roots"]))

    @classmethod
    def plain(cls, roots: Mapping[str, object]) -> Graph:
        """The graph of literals: numbers, text, bytes, None, lists, tuples, dicts, sets; else `TypeError`."""
        nodes: list[Node] = []
        known: dict[int, list[int]] = {}
        values = {name: _written(thing, nodes, known) for name, thing in roots.items()}
        return cls(tuple(nodes), values)

    @property
    def data(self) -> dict[str, Any]:
        """The form that travels; shares its parts with the graph."""
        return {"nodes": list(self.nodes), "roots": dict(self.roots)}

    @property
    def size(self) -> int:
        """Nodes and the values in them."""
        return len(self.nodes) + len(self.roots) + sum(1 for node in self.nodes for _ in values_in(node))

    def node(self, value: Value) -> Node | None:
        """The node that a value refers to; None for an atom."""
        return self.nodes[value[0]] if is_reference(value) else None

    def kind(self, value: Value) -> str:
        """The kind of a value: its node's, or "int", "float", "str", "bool", "none"."""
        if is_reference(value):
            return str(self.nodes[value[0]][0])
        if isinstance(value, dict):
            return "float" if "f" in value else "int"
        return "none" if value is None else type(value).__name__

    def reachable(self, start: Iterable[Value] | None = None) -> Iterator[int]:
        """Indices of the nodes that the roots (or other values) lead to, each once."""
        waiting = [v[0] for v in (self.roots.values() if start is None else start) if is_reference(v)]
        seen = set(waiting)
        while waiting:
            index = waiting.pop()
            yield index
            for value in values_in(self.nodes[index]):
                if is_reference(value) and value[0] not in seen:
                    seen.add(value[0])
                    waiting.append(value[0])


def _written(thing: object, nodes: list[Node], known: dict[int, list[int]]) -> Value:
    if thing is None or isinstance(thing, bool | str):
        return thing
    if isinstance(thing, int):
        return int_value(thing)
    if isinstance(thing, float):
        return float_value(thing)
    if id(thing) not in known:
        known[id(thing)] = [len(nodes)]
        nodes.append([])
        nodes[known[id(thing)][0]] = _written_node(thing, nodes, known)
    return known[id(thing)]


def _written_node(thing: object, nodes: list[Node], known: dict[int, list[int]]) -> Node:
    if isinstance(thing, bytes | bytearray):
        return [type(thing).__name__, thing.hex()]
    if isinstance(thing, complex):
        return ["complex", thing.real.hex(), thing.imag.hex()]
    if isinstance(thing, dict):
        return ["dict", [[_written(key, nodes, known), _written(value, nodes, known)] for key, value in thing.items()]]
    if isinstance(thing, list | tuple):
        return [type(thing).__name__, [_written(one, nodes, known) for one in thing]]
    if isinstance(thing, set | frozenset):
        members = sorted(thing, key=lambda one: (type(one).__name__, repr(one)))
        return [type(thing).__name__, [_written(one, nodes, known) for one in members]]
    if thing is ...:
        return ["ellipsis"]
    raise TypeError(f"{type(thing).__name__} is no literal")
