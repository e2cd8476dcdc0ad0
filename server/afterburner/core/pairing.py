"""The simultaneous walk through two observations: each pair of places once, object identity by a bijection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

from afterburner.core.fingerprint import digests, value_digest
from afterburner.core.grammar import Node, Step, Value, constants, is_float, is_reference, steps, values_in
from afterburner.core.graph import Graph
from afterburner.core.render import brief, path_text

Severity = Literal["strict", "float", "note", "unverified"]
OUTPUTS = ("result", "exception")
"""Channels that hold what the call made; every other object was there before, so its identity matters."""

_BY_NAME = ("globals", "kwargs", "state")
_IMMUTABLE = (
    "tuple", "frozenset", "bytes", "complex", "range", "slice", "ellipsis", "notimplemented", "class", "function",
    "module", "enum", "value", "scalar",
)  # fmt: skip
_SETS = ("set", "frozenset")
_LAZY = ("generator", "iterator")
_TEXT = 160
_MOST_ALIASES = 50
_PRESENCE = ("present", "absent")
_READ_ONLY = ("a read-only array", "one that can be written")
_SHARED = ("an array in the memory of another", "one with memory of its own")

Path: TypeAlias = "tuple[Path, Step] | tuple[()]"


@dataclass(frozen=True, slots=True)
class Found:
    """A pair of values that differ, and how grave that is."""

    channel: str
    path: Sequence[Step]
    values: tuple[Value, Value]
    severity: Severity
    texts: tuple[str, str] | None = None
    """What to say of each side, where the values themselves do not show it."""
    floats: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two values that ought to be the same."""

    old: Value
    new: Value
    channel: str
    path: Path
    soft: bool
    """Differences from here on are only notes."""


class Pairing:
    """One comparison of two graphs."""

    def __init__(self, reference: Graph, candidate: Graph, soft_messages: bool, ignore: frozenset[str]) -> None:
        self.reference = reference
        self.candidate = candidate
        self.soft_messages = soft_messages
        self.ignore = ignore
        self.partner: dict[int, int] = {}
        self.partner_back: dict[int, int] = {}
        self.first_seen: dict[int, _Pair] = {}
        self.first_seen_back: dict[int, _Pair] = {}
        self.seen: set[tuple[int, int]] = set()
        self.aliases: Counter[Severity] = Counter()
        self.most_pairs = 4 * (len(reference.nodes) + len(candidate.nodes)) + 10_000
        self.waiting: list[_Pair] = []

    def differences(self) -> Iterator[Found]:
        """Every difference; state that was there before the call comes first, so that what it shares is known."""
        old, new = self.reference.roots, self.candidate.roots
        names = sorted({*old, *new} - self.ignore, key=lambda name: (name in OUTPUTS, name))
        ends = [next((end for end in OUTPUTS if end in roots), "") for roots in (old, new)]
        for name in names:
            if name == "callbacks" and self._only_fewer_calls(old.get(name), new.get(name)):
                texts = [brief(graph, graph.roots[name], _TEXT) for graph in (self.reference, self.candidate)]
                yield Found(name, (), (old[name], new[name]), "note", (texts[0], texts[1]))
            elif name in old and name in new:
                yield from self._walk(_Pair(old[name], new[name], name, (), False))
            elif name not in OUTPUTS or "" in ends:
                yield Found(name, (), (None, None), "strict", _PRESENCE if name in old else _PRESENCE[::-1])
        if ends[0] != ends[1] and "" not in ends:
            values = old[ends[0]], new[ends[1]]
            yield Found(ends[0], (), values, "strict", (self._ending(self.reference), self._ending(self.candidate)))

    def _only_fewer_calls(self, old: Value, new: Value) -> bool:
        """Whether the rewrite makes some of the calls of made-up callbacks, in their order, and leaves others out."""
        calls, calls_new = self.reference.node(old), self.candidate.node(new)
        if not (calls and calls_new and calls[0] == calls_new[0] == "list" and len(calls_new[1]) < len(calls[1])):
            return False
        left = iter(calls[1])
        return bool(calls_new[1]) and all(call in left for call in calls_new[1])

    def _ending(self, graph: Graph) -> str:
        verb = "returned" if "result" in graph.roots else "raised"
        return f"{verb} {brief(graph, graph.roots['result' if verb == 'returned' else 'exception'], _TEXT)}"

    def _walk(self, start: _Pair) -> Iterator[Found]:
        self.waiting = [start]
        while self.waiting:
            pair = self.waiting.pop()
            if not self._ignored(pair):
                yield from self._compare(pair)
            if len(self.seen) > self.most_pairs:
                yield self._found(pair, "strict", ("a value", "one too entangled to compare"))
                return

    def _ignored(self, pair: _Pair) -> bool:
        return bool(self.ignore) and pair.channel + path_text(self.reference, _listed(pair.path)) in self.ignore

    def _found(self, pair: _Pair, severity: Severity, texts: tuple[str, str] | None = None) -> Found:
        if pair.soft and severity != "unverified":
            severity = "note"
        return Found(pair.channel, _listed(pair.path), (pair.old, pair.new), severity, texts)

    def _compare(self, pair: _Pair) -> Iterator[Found]:
        old, new = pair.old, pair.new
        if is_reference(old) and is_reference(new):
            yield from self._identity(pair, old[0], new[0])
        elif is_float(old) and is_float(new):
            yield from self._floats(pair, old["f"], new["f"])
        elif type(old) is not type(new) or old != new:
            yield self._found(pair, "strict")

    def _floats(self, pair: _Pair, old: str, new: str) -> Iterator[Found]:
        if old == new or (old.endswith("nan") and new.endswith("nan")):
            return
        values = float.fromhex(old), float.fromhex(new)
        judgeable = values[0] != values[1] and all(abs(value) < float("inf") for value in values)
        severity: Severity = "note" if pair.soft else "float" if judgeable else "strict"
        yield Found(pair.channel, _listed(pair.path), ({"f": old}, {"f": new}), severity, floats=values)

    def _identity(self, pair: _Pair, old: int, new: int) -> Iterator[Found]:
        """Compare which object it is, then what it holds."""
        first, second = self.reference.nodes[old], self.candidate.nodes[new]
        if not self._is_immutable(self.reference, first) and not self._is_immutable(self.candidate, second):
            if self.partner.get(old) == new:
                return
            if old not in self.partner and new not in self.partner_back:
                self.partner[old], self.partner_back[new] = new, old
                self.first_seen[old] = self.first_seen_back[new] = pair
            elif first[0] == second[0]:
                yield from self._alias(pair, old, new)
        if (old, new) not in self.seen:
            self.seen.add((old, new))
            yield from self._nodes(pair, first, second)

    def _is_immutable(self, graph: Graph, node: Node) -> bool:
        if node[0] == "table":
            return bool(node[1].endswith("Index"))
        if node[0] != "object":
            return node[0] in _IMMUTABLE
        content = graph.node(node[3])
        return not node[2] and node[3] is not None and (content is None or content[0] in _IMMUTABLE)

    def _alias(self, pair: _Pair, old: int, new: int) -> Iterator[Found]:
        before = self.first_seen.get(old), self.first_seen_back.get(new)
        inside = all(one.channel in OUTPUTS for one in (pair, *before) if one is not None)
        severity: Severity = "note" if inside else "strict"
        self.aliases[severity] += 1
        if self.aliases[severity] > _MOST_ALIASES:
            return
        texts = [
            f"the same object as {one.channel}{path_text(self.reference, _listed(one.path))}"
            if one
            else "a separate one"
            for one in before
        ]
        yield self._found(pair, severity, (texts[0], texts[1]))

    def _nodes(self, pair: _Pair, old: Node, new: Node) -> Iterator[Found]:
        if old[0] in _LAZY and new[0] in _LAZY:
            yield from self._lazy(pair, old, new)
        elif old[0] != new[0]:
            yield self._found(pair, "strict")
        elif old[0] == "opaque":
            yield self._found(pair, "unverified" if old[1] == new[1] else "strict")
        elif old[0] in _SETS:
            yield from self._sets(pair, old[1], new[1])
        elif old[0] == "dict":
            yield from self._dicts(pair, old[1], new[1])
        elif old[0] == "array" and old[1:4] == new[1:4]:
            yield from self._arrays(pair, old, new)
        elif old[0] == "complex":
            for part, first, second in zip(("real", "imag"), old[1:], new[1:], strict=True):
                yield from self._floats(_below(pair, ("attribute", part)), first, second)
        elif old[0] == "exception" and old[1] == new[1] and self.soft_messages:
            self.waiting.append(_below(pair, ("args", None), old[2], new[2], soft=True))
            yield from self._parts(pair, [*old[:2], None, old[3]], [*new[:2], None, new[3]])
        else:
            yield from self._parts(pair, old, new)

    def _parts(self, pair: _Pair, old: Node, new: Node) -> Iterator[Found]:
        if constants(old) != constants(new):
            yield self._found(pair, "strict")
            return
        self._push(pair, steps(old), values_in(old), values_in(new))

    def _push(self, pair: _Pair, places: Iterator[Step], old: Iterator[Value], new: Iterator[Value]) -> None:
        below = [
            _below(pair, step, first, second)
            for step, first, second in zip(places, old, new, strict=True)
            if type(first) is list or type(first) is not type(second) or first != second
        ]
        self.waiting += reversed(below)

    def _arrays(self, pair: _Pair, old: Node, new: Node) -> Iterator[Found]:
        """Elements of arrays of one type and shape; how they lie in memory is a note, whose memory it is counts."""
        order, order_new = old[4].partition(" "), new[4].partition(" ")
        if order[0].endswith("r") != order_new[0].endswith("r"):
            yield self._found(pair, "strict", _READ_ONLY if order[0].endswith("r") else _READ_ONLY[::-1])
        elif order[0] != order_new[0]:
            yield self._found(pair, "note", (_order(order[0]), _order(order_new[0])))
        if (old[6] is None) != (new[6] is None):
            inside = pair.channel in OUTPUTS and self._made_by_call(old[6], new[6])
            texts = _SHARED if new[6] is None else _SHARED[::-1]
            yield self._found(pair, "note" if inside else "strict", texts)
        elif old[6] is not None:
            if order[2] != order_new[2]:
                yield self._found(pair, "strict", (f"at {order[2]} in shared memory", f"at {order_new[2]}"))
            self._push(pair, iter([("content", None)]), iter(old[6:]), iter(new[6:]))
        places: Iterator[Step] = (("element", (place, old[3])) for place in range(len(old[5])))
        self._push(pair, places, iter(old[5]), iter(new[5]))

    def _made_by_call(self, old: Value, new: Value) -> bool:
        """Whether the array that memory is shared with was not there before the call."""
        first = self.first_seen.get(old[0]) if is_reference(old) else None
        first = first or (self.first_seen_back.get(new[0]) if is_reference(new) else None)
        return first is None or first.channel in OUTPUTS

    def _lazy(self, pair: _Pair, old: Node, new: Node) -> Iterator[Found]:
        kinds = [node[1] if node[0] == "iterator" else "builtins:generator" for node in (old, new)]
        if kinds[0] != kinds[1]:
            yield self._found(pair, "note", (kinds[0].replace("builtins:", "a "), kinds[1].replace("builtins:", "a ")))
        (items, end, held), (items_new, end_new, held_new) = old[-3:], new[-3:]
        if len(items) != len(items_new) or end[0] != end_new[0]:
            yield self._found(pair, "strict")
            return
        if end[0] == "cap":
            yield self._found(pair, "note", (f"the first {len(items)} items", "the same ones; no more were compared"))
        if len(held) == len(held_new):
            self._push(pair, (("held", place) for place in range(len(held))), iter(held), iter(held_new))
        self._push(pair, (("end", None) for _ in end[1:]), iter(end[1:]), iter(end_new[1:]))
        self._push(pair, (("item", place) for place in range(len(items))), iter(items), iter(items_new))

    def _dicts(self, pair: _Pair, old: list[list[Value]], new: list[list[Value]]) -> Iterator[Found]:
        if pair.channel in _BY_NAME and pair.path == ():
            old, new = sorted(old, key=lambda item: str(item[0])), sorted(new, key=lambda item: str(item[0]))
        keys, keys_new = [key for key, _ in old], [key for key, _ in new]
        same = len(keys) == len(keys_new) and all(map(_may_be_equal, keys, keys_new))
        if not same:
            texts = (f"keys {_listing(self.reference, keys)}", f"keys {_listing(self.candidate, keys_new)}")
            yield self._found(pair, "strict", texts if texts[0] != texts[1] else None)
            return
        places = (step for place, key in enumerate(keys) for step in (("key", place), ("value", key)))
        self._push(pair, places, (v for item in old for v in item), (v for item in new for v in item))

    def _sets(self, pair: _Pair, old: list[Value], new: list[Value]) -> Iterator[Found]:
        if len(old) != len(new):
            yield self._found(pair, "strict")
            return
        known, known_new = self._digests
        marks, marks_new = [value_digest(v, known) for v in old], [value_digest(v, known_new) for v in new]
        count, count_new = Counter(marks), Counter(marks_new)
        twins = {mark: v for v, mark in zip(new, marks_new, strict=True) if count_new[mark] == count[mark] == 1}
        left = _surplus(old, marks, count - count_new)
        left_new = _surplus(new, marks_new, count_new - count)
        if len(left) != len(left_new) or not all(map(_may_be_equal, left, left_new)):
            yield self._found(pair, "strict")
            return
        order = sorted(range(len(old)), key=lambda place: _rough(self.reference, old[place]))
        rank = {id(old[place]) if is_reference(old[place]) else str(old[place]): at for at, place in enumerate(order)}
        left = sorted(left, key=lambda v: _rough(self.reference, v))
        left_new = sorted(left_new, key=lambda v: _rough(self.candidate, v))
        ranks: Iterator[Step] = (("member", rank[id(v) if is_reference(v) else str(v)]) for v in left)
        self._push(pair, ranks, iter(left), iter(left_new))
        same = [(v, twins[mark]) for v, mark in zip(old, marks, strict=True) if mark in twins and is_reference(v)]
        self._push(pair, (("member", at) for at in range(len(same))), (v for v, _ in same), (v for _, v in same))

    @cached_property
    def _digests(self) -> tuple[Mapping[int, str], Mapping[int, str]]:
        return _set_digests(self.reference), _set_digests(self.candidate)


def _order(layout: str) -> str:
    return {"C": "laid out in rows", "F": "laid out in columns"}.get(layout[:1], "laid out in strides")


def _below(pair: _Pair, step: Step, old: Value = None, new: Value = None, soft: bool = False) -> _Pair:
    return _Pair(old, new, pair.channel, (pair.path, step), pair.soft or soft)


def _listed(path: Path) -> Sequence[Step]:
    out: list[Step] = []
    while path:
        path, step = path
        out.append(step)
    return out[::-1]


def _may_be_equal(old: Value, new: Value) -> bool:
    """False only where two keys or members are surely different ones, so that going deeper would say little."""
    if is_reference(old) or is_reference(new) or (is_float(old) and is_float(new)):
        return is_reference(old) == is_reference(new)
    return type(old) is type(new) and old == new


def _surplus(values: Sequence[Value], marks: Sequence[str], surplus: Counter[str]) -> list[Value]:
    out = []
    for value, mark in zip(values, marks, strict=True):
        if surplus[mark] > 0:
            surplus[mark] -= 1
            out.append(value)
    return out


def _rough(graph: Graph, value: Value) -> tuple[float, str]:
    """Where a member stands among others when floats are not looked at too closely."""
    if is_float(value):
        return float.fromhex(value["f"]), ""
    return 0.0, brief(graph, value, 200)


def _listing(graph: Graph, keys: Sequence[Value]) -> str:
    shown = ", ".join(brief(graph, key, 40) for key in keys[:20])
    return f"{shown} …" if len(keys) > 20 else shown


def _set_digests(graph: Graph) -> Mapping[int, str]:
    sets = [index for index, node in enumerate(graph.nodes) if node[0] in _SETS]
    members = [value for index in sets for value in graph.nodes[index][1]]
    return digests(graph, members)
