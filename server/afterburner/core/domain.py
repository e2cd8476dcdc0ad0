"""Domain tiers: how far a case lies from what was given, and so how much a difference on it weighs (TRUST.md §2)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from afterburner.core.contract import Contract, features
from afterburner.core.fingerprint import canonical, is_tangled
from afterburner.core.grammar import Value, atom, is_float, is_reference, values_in
from afterburner.core.graph import Graph
from afterburner.core.shapes import Shape, fits, hinted, merged, shape_of
from afterburner.core.verdict import Tier

_ENOUGH_SIGNS = 3


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the arguments of a target were seen to be, or may be by its hints."""

    given: frozenset[str]
    """Digests of the cases that somebody gave."""
    shapes: Mapping[str, Shape]
    """Parameter → all that was seen or is hinted; a parameter that nothing is known of is missing."""
    signs: Mapping[str, int]
    """Scalar parameter → the only sign, 1 or -1, of three or more given numbers."""
    oddities: frozenset[str]
    """Odd things that were seen: "nan", "inf", "huge int", "NUL", "surrogate"."""
    parameters: tuple[str, ...]
    """Names of the positional parameters, in order."""
    contract: Contract
    """What all calls that were really made have in common."""
    tangles: frozenset[str]
    """Digests of the arguments with circles of objects, all those of a call together, as they came in given calls."""

    @classmethod
    def of(
        cls,
        seeds: Iterable[Graph],
        types: Mapping[str, Sequence[str]] | None = None,
        parameters: Sequence[str] | None = None,
        made: Iterable[Graph] = (),
    ) -> Envelope:
        """The envelope of the ordinary cases and of hints (parameter name → annotations such as `list[int]`).

        Without `parameters`, the keys of `types` are taken for the names of the positional parameters in order.
        `made` are those calls that somebody gave and that returned: only their habits make a contract.
        """
        graphs, types = list(seeds), types or {}
        names = tuple(types if parameters is None else parameters)
        seen = [dict(arguments(graph, names)) for graph in graphs]
        given = list(made)
        called = [dict(arguments(graph, names)) for graph in given]
        keys = dict.fromkeys([*(key for one in seen for key in one), *types])
        shapes = {}
        for key in keys:
            found = [shape_of(g, one[key]) for g, one in zip(graphs, seen, strict=True) if key in one]
            really = any(key in call for call in called)
            found += [shape for text in types.get(key, ()) if (shape := hinted(text, seen=really))]
            if found:
                shapes[key] = merged(found)
        signs = {key: sign for key in keys if (sign := _only_sign([one[key] for one in seen if key in one]))}
        oddities = frozenset(odd for graph in graphs for odd in _oddities(graph))
        contract = Contract.of(features(graph, call.items()) for graph, call in zip(given, called, strict=True))
        tangles = frozenset(_tangle(graph, names) for graph in given)
        return cls(frozenset(map(canonical, graphs)), shapes, signs, oddities, names, contract, tangles)


def tier(case: Graph, envelope: Envelope, original_raised: bool) -> Tier:
    """T0 given, T1 ordinary, T2 outside the envelope or where the original raises, T3 exotic."""
    if canonical(case) in envelope.given:
        return "T0"
    fit = {
        fits(shape_of(case, value), envelope.shapes[key])
        for key, value in arguments(case, envelope.parameters)
        if key in envelope.shapes
    }
    if "bool" in fit or not envelope.oddities.issuperset(_oddities(case)):
        return "T3"
    if original_raised or "no" in fit or _breaks_sign(case, envelope):
        return "T2"
    if envelope.contract.broken_by(features(case, arguments(case, envelope.parameters))):
        return "T2"
    return "T2" if envelope.tangles and _tangle(case, envelope.parameters) not in envelope.tangles else "T1"


def describe_types(graph: Graph, parameters: Sequence[str] = ()) -> dict[str, str]:
    """Parameter → type such as `list[int]`; positional ones whose name is not known go by their position."""
    return {key: str(shape_of(graph, value)) for key, value in arguments(graph, parameters)}


def describe_attributes(graph: Graph) -> dict[str, str]:
    """Attribute of a method's receiver → its type; none for a function, or where the receiver is no plain object."""
    receiver = graph.roots.get("receiver")
    node = graph.node(receiver)
    if node is None or node[0] != "object":
        return {}
    [attributes] = shape_of(graph, receiver).kinds.values()
    return {name: str(shape) for name, shape in attributes.items() if name}


def arguments(graph: Graph, parameters: Sequence[str] = ()) -> Iterator[tuple[str, Value]]:
    """The arguments of a call by parameter name, or position where the name is not known; `receiver` included."""
    if "receiver" in graph.roots:
        yield "receiver", graph.roots["receiver"]
    args, kwargs = graph.node(graph.roots.get("args")), graph.node(graph.roots.get("kwargs"))
    for place, value in enumerate(args[1] if args else []):
        yield parameters[place] if place < len(parameters) else str(place), value
    for key, value in kwargs[1] if kwargs else []:
        yield str(key), value


def _tangle(graph: Graph, parameters: Sequence[str]) -> str:
    """The digest of the arguments whose objects refer to each other in circles.

    No change keeps what such objects have to agree on, so that only those that came from real code are ordinary.
    """
    return canonical(Graph(graph.nodes, {k: v for k, v in arguments(graph, parameters) if is_tangled(graph, v)}))


def _only_sign(values: Sequence[Value]) -> int:
    """1 or -1 when three or more numbers never have the other sign, else 0; zero has none."""
    signs = {sign for value in values if (sign := _sign(value)) is not None}
    if len(values) < _ENOUGH_SIGNS or any(_sign(value) is None for value in values):
        return 0
    return 0 if {1, -1} <= signs else 1 if 1 in signs else -1 if -1 in signs else 0


def _sign(value: Value) -> int | None:
    if is_reference(value) or isinstance(value, bool | str) or value is None:
        return None
    number = atom(value)
    assert isinstance(number, int | float)
    return (number > 0) - (number < 0)


def _breaks_sign(case: Graph, envelope: Envelope) -> bool:
    return any(
        key in envelope.signs and _sign(value) == -envelope.signs[key]
        for key, value in arguments(case, envelope.parameters)
    )


def _oddities(graph: Graph) -> Iterator[str]:
    values = [value for index in graph.reachable() for value in values_in(graph.nodes[index])]
    for value in [*values, *graph.roots.values()]:
        if is_float(value):
            number = float.fromhex(value["f"])
            if not math.isfinite(number):
                yield "nan" if math.isnan(number) else "inf"
        elif isinstance(value, dict):
            yield "huge int"
        elif isinstance(value, str):
            if "\0" in value:
                yield "NUL"
            if any("\ud800" <= character <= "\udfff" for character in value):
                yield "surrogate"
