"""Whether two observations agree: the strict, alias-aware comparison of TRUST.md §2, and its envelope for floats."""

from __future__ import annotations

import hashlib
import itertools
import math
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from afterburner.core.grammar import Node, Value, float_value, is_float, values_in, with_values
from afterburner.core.graph import Graph
from afterburner.core.pairing import OUTPUTS, Found, Pairing, Severity
from afterburner.core.render import brief, path_text, shorten

_WIDTH = 160
_SPREADS = 8
_ULPS = 4
_NARROW = {"f4": "f", "f2": "e"}
_SAME_BITS = {"f": "I", "e": "H"}
_SEVERITIES: tuple[Severity, ...] = ("strict", "float", "unverified", "note")


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where two observations are not the same."""

    channel: str
    """The root: result, exception, args, receiver, globals, stdout …"""
    path: str
    """Where under the root, such as `[3].name`; empty for the whole."""
    reference_text: str
    candidate_text: str
    severity: Severity
    """`strict` and `float` are changes of behaviour; `note` is accepted by rule; `unverified` could not be compared."""
    floats: tuple[float, float] | None = None
    """Both values, where two floats differ."""


def agree(
    reference: Graph,
    candidate: Graph,
    tolerance: Mapping[str, float] | None = None,
    ignore: frozenset[str] = frozenset(),
    *,
    message: Literal["strict", "note"] = "strict",
    most: int = 20,
) -> tuple[Difference, ...]:
    """What differs between two observations, the gravest first; () when all that is there was compared and equal.

    Floats that differ are `float`; with a `tolerance` (channel and path → distance, from `envelope`; 4 ulp where
    a place is not named) those inside it are notes. `ignore` names channels or places (`globals['_cache']`) to leave
    out. `message` says how the arguments of exceptions count. At most `most` differences of each severity are given.
    """
    by_severity: dict[Severity, list[Difference]] = {severity: [] for severity in _SEVERITIES}
    for found in Pairing(reference, candidate, message == "note", ignore).differences():
        severity = found.severity
        if severity == "float" and tolerance is not None and _inside(found, tolerance, _place(reference, found)):
            severity = "note"
        if len(by_severity[severity]) < most:
            by_severity[severity].append(_difference(reference, candidate, found, severity))
    return tuple(one for severity in _SEVERITIES for one in sorted(by_severity[severity], key=_outputs_first))


def raised_sooner(reference: Graph, candidate: Graph) -> bool:
    """Whether the candidate raises what the reference's lazy result raised before its first item."""
    lazy = reference.node(reference.roots.get("result"))
    if lazy is None or lazy[0] not in ("generator", "iterator") or "exception" not in candidate.roots:
        return False
    items, end = lazy[-3], lazy[-2]
    if items or end[0] != "raise":
        return False
    late, soon = end[1], candidate.roots["exception"]
    return not agree(Graph(reference.nodes, {"exception": late}), Graph(candidate.nodes, {"exception": soon}))


def envelope(reference: Graph, perturbed_observations: Iterable[Graph]) -> Mapping[str, float]:
    """Channel and path → how far the float there may lie from the reference: 8 × the largest distance that it moved
    when the inputs moved by an ulp, + 4 ulp. Floats that never moved are not named."""
    moved: dict[str, tuple[float, float]] = {}
    for observation in perturbed_observations:
        for found in Pairing(reference, observation, True, frozenset()).differences():
            if found.floats is None or not all(map(math.isfinite, found.floats)):
                continue
            value, other = found.floats
            place = _place(reference, found)
            spread = max(abs(other - value), moved.get(place, (value, 0.0))[1])
            moved[place] = value, spread
    return {place: _SPREADS * spread + _ULPS * math.ulp(value) for place, (value, spread) in moved.items()}


def perturbed(graph: Graph, rng_seed: int) -> Graph:
    """The same graph with every finite float but zero moved by one ulp, up or down at random."""
    coins = _coins(rng_seed)
    nodes = tuple(_perturbed_node(node, coins) for node in graph.nodes)
    return Graph(nodes, {name: _nudged(value, coins) for name, value in graph.roots.items()})


def _coins(seed: int) -> Iterator[bool]:
    """Coin tosses without end, the same ones for the same seed."""
    for block in itertools.count():
        digest = hashlib.sha256(f"{seed}:{block}".encode()).digest()
        yield from (bool(byte >> bit & 1) for byte in digest for bit in range(8))


def _perturbed_node(node: Node, coins: Iterator[bool]) -> Node:
    if node[0] == "complex":
        return ["complex", *(_nudged({"f": part}, coins)["f"] for part in node[1:])]  # type: ignore[index, call-overload]
    if not any(is_float(value) for value in values_in(node)):
        return node
    width = _NARROW.get(node[2][1:], "d") if node[0] in ("array", "scalar") else "d"
    return with_values(node, [_nudged(value, coins, width) for value in values_in(node)])


def _nudged(value: Value, coins: Iterator[bool], width: str = "d") -> Value:
    if not is_float(value):
        return value
    number = float.fromhex(value["f"])
    if number == 0 or not math.isfinite(number):
        return value
    if width == "d":
        return float_value(math.nextafter(number, math.inf if next(coins) else -math.inf))
    moved = _narrow_neighbour(number, width, 1 if next(coins) else -1)
    return float_value(moved) if math.isfinite(moved) else value


def _narrow_neighbour(number: float, width: str, step: int) -> float:
    """The next number that a float of fewer bits can be; the number itself where it is none."""
    try:
        [bits] = struct.unpack(_SAME_BITS[width], struct.pack(width, number))
        [moved] = struct.unpack(width, struct.pack(_SAME_BITS[width], bits + step))
    except (OverflowError, struct.error):
        return number
    return float(moved)


def _inside(found: Found, tolerance: Mapping[str, float], place: str) -> bool:
    if found.floats is None or not all(map(math.isfinite, found.floats)):
        return False
    value, other = found.floats
    return abs(value - other) <= tolerance.get(place, _ULPS * math.ulp(value))


def _place(reference: Graph, found: Found) -> str:
    return found.channel + path_text(reference, found.path)


def _difference(reference: Graph, candidate: Graph, found: Found, severity: Severity) -> Difference:
    old, new = _texts(reference, candidate, found)
    path = shorten(path_text(reference, found.path), _WIDTH)
    return Difference(found.channel, path, old, new, severity, found.floats)


def _texts(reference: Graph, candidate: Graph, found: Found) -> tuple[str, str]:
    if found.texts is not None:
        return found.texts
    old, new = found.values
    if isinstance(old, str) and isinstance(new, str):
        start = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
        start = max(0, start - 40) if max(len(old), len(new)) > _WIDTH else 0
        lead = "…" * (start > 0)
        return lead + shorten(repr(old[start:]), _WIDTH), lead + shorten(repr(new[start:]), _WIDTH)
    return _told_apart(brief(reference, old, _WIDTH), brief(candidate, new, _WIDTH), reference, candidate, found)


def _told_apart(old: str, new: str, reference: Graph, candidate: Graph, found: Found) -> tuple[str, str]:
    """Texts that look the same get their kinds in front."""
    if old != new:
        return old, new
    kinds = reference.kind(found.values[0]), candidate.kind(found.values[1])
    return (f"{kinds[0]} {old}", f"{kinds[1]} {new}") if kinds[0] != kinds[1] else (old, f"another {new}")


def _outputs_first(difference: Difference) -> int:
    return OUTPUTS.index(difference.channel) if difference.channel in OUTPUTS else len(OUTPUTS)
