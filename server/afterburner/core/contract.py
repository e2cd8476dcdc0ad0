"""What all given calls have in common beyond their types: signs, lengths, words, and how arguments relate.

It is the contract that nobody wrote down. A made-up call that breaks it is unlike all that were seen, so that a
difference on it weighs less (`core/domain.py`). Each habit needs several calls, and variety in them, to count as one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import permutations
from typing import TypeVar

from afterburner.core.grammar import Node, Value, atom, is_reference, values_in
from afterburner.core.graph import Graph

_NUMBERS = 3
"""Numbers of one sign before another sign is strange."""
_CALLS = 5
"""Calls before any other habit is one."""
_ORDERED = 8
"""Calls before an order of two numbers is one: a few come in order by chance."""
_WORDS = 3
"""Most different words of a closed set."""
_CHARACTERS = 20
"""Characters seen before those outside ASCII are strange."""
_DEEPEST = 2
_PLACES = 12
"""Most parts of one value that are looked at."""
_SIZED = frozenset({"list", "tuple", "set", "frozenset", "dict", "deque", "iterator", "generator"})

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Features:
    """The numbers, lengths and words of one call, each by its place: `n`, `pair[0]`, `receiver.rows`."""

    numbers: Mapping[str, int | float]
    lengths: Mapping[str, int]
    words: Mapping[str, str]
    rows: Mapping[str, frozenset[int]]
    """Place of a sequence of sequences → the lengths of these."""
    ascii: bool
    """All text in it is ASCII."""


@dataclass(frozen=True, slots=True)
class Contract:
    """What was so in every one of several calls."""

    signs: Mapping[str, frozenset[int]] = field(default_factory=dict)
    """Place → the signs that its numbers had."""
    words: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Place → the few words that it held."""
    filled: frozenset[str] = frozenset()
    """Arguments that were never empty."""
    relations: frozenset[tuple[str, str, str]] = frozenset()
    """(place, name of a relation, place)."""
    even: frozenset[str] = frozenset()
    """Places of sequences whose parts were equally long."""
    ascii: bool = False
    """There was text, and all of it ASCII."""

    @classmethod
    def of(cls, calls: Iterable[Features]) -> Contract:
        """The habits of these calls; none from fewer than three."""
        seen = list(calls)
        characters = sum(sum(map(len, c.words.values())) for c in seen)
        numbers, lengths = _by_place(c.numbers for c in seen), _by_place(c.lengths for c in seen)
        words = _by_place(c.words for c in seen)
        return cls(
            {place: signs for place, found in numbers.items() if (signs := _signs(found))},
            {place: frozenset(found) for place, found in words.items() if _is_closed(found)},
            frozenset(place for place, found in lengths.items() if place.isidentifier() and _never_empty(found)),
            frozenset(_relations(seen)),
            frozenset(place for place, found in _by_place(c.rows for c in seen).items() if _are_even(found)),
            len(seen) >= _CALLS and characters >= _CHARACTERS and all(c.ascii for c in seen),
        )

    def broken_by(self, call: Features) -> str:
        """What a call breaks first, as a place or a relation; '' when it keeps all."""
        return next(self._broken(call), "")

    def _broken(self, call: Features) -> Iterator[str]:
        yield from (p for p, signs in self.signs.items() if p in call.numbers and _sign(call.numbers[p]) not in signs)
        yield from (p for p, words in self.words.items() if p in call.words and call.words[p] not in words)
        yield from (p for p in sorted(self.filled) if call.lengths.get(p) == 0)
        yield from (p for p in sorted(self.even) if len(call.rows.get(p, ())) > 1)
        yield from ["characters"] * (self.ascii and not call.ascii)
        for left, name, right in sorted(self.relations):
            one, other = _sides(call, name, left, right)
            if one is not None and other is not None and not _RELATIONS[name](one, other):
                yield f"{left} {name} {right}"


def features(graph: Graph, arguments: Iterable[tuple[str, Value]]) -> Features:
    """The features of a call, given its arguments by name; tuples and objects are looked into, two levels deep."""
    numbers: dict[str, int | float] = {}
    lengths: dict[str, int] = {}
    words: dict[str, str] = {}
    rows: dict[str, frozenset[int]] = {}
    for place, value in [entry for name, root in arguments for entry in _places(graph, name, root)]:
        node = graph.node(value)
        if node is not None and node[0] in _SIZED:
            content = _content(node)
            lengths[place] = len(content)
            inner = [part for item in content if (part := graph.node(item)) is not None and part[0] in _SIZED]
            rows[place] = frozenset(len(_content(part)) for part in inner)
        elif node is not None and node[0] == "range":
            lengths[place] = len(range(*(atom(part) for part in node[1])))  # type: ignore[arg-type]
        elif isinstance(value, str):
            words[place], lengths[place] = value, len(value)
        elif not is_reference(value) and value is not None and not isinstance(value, bool):
            number = atom(value)
            assert isinstance(number, int | float)
            numbers[place] = number
    return Features(numbers, lengths, words, rows, _is_ascii(graph))


def _content(node: Node) -> Sequence[Value]:
    """The items of a container; of a dict its values."""
    if node[0] == "dict":
        return [value for _, value in node[1]]
    return node[-3] if node[0] in ("iterator", "generator") else node[1]  # type: ignore[no-any-return]


def _is_ascii(graph: Graph) -> bool:
    texts = (v for index in graph.reachable() for v in values_in(graph.nodes[index]) if isinstance(v, str))
    return all(text.isascii() for text in texts)


def _places(graph: Graph, place: str, value: Value, depth: int = 0) -> Iterator[tuple[str, Value]]:
    yield place, value
    node = graph.node(value)
    if node is None or depth >= _DEEPEST:
        return
    parts = [(f"[{index}]", part) for index, part in enumerate(node[1])] if node[0] == "tuple" else []
    parts += [(f".{name}", part) for name, part in node[2]] if node[0] == "object" else []
    for suffix, part in parts[:_PLACES]:
        yield from _places(graph, place + suffix, part, depth + 1)


def _depth(place: str) -> int:
    return place.count(".") + place.count("[")


def _by_place(calls: Iterable[Mapping[str, Thing]]) -> Mapping[str, list[Thing]]:
    found: dict[str, list[Thing]] = defaultdict(list)
    for call in calls:
        for place, thing in call.items():
            found[place].append(thing)
    return found


def _signs(numbers: Sequence[int | float]) -> frozenset[int]:
    """The signs that all numbers had, where another would be strange; zero is strange for whole numbers only."""
    signs = frozenset(map(_sign, numbers))
    if len(numbers) < _NUMBERS or {1, -1} <= signs or signs == {0}:
        return frozenset()
    return signs if all(isinstance(number, int) for number in numbers) else signs | {0}


def _sign(number: int | float) -> int:
    return (number > 0) - (number < 0)


def _is_closed(words: Sequence[str]) -> bool:
    """Whether a place holds one of few words: seen often, and again and again."""
    return len(words) >= _CALLS and len(set(words)) <= min(_WORDS, len(words) // 2)


def _are_even(rows: Sequence[frozenset[int]]) -> bool:
    """Whether the parts were always equally long, and not always as long as in another call."""
    return len(rows) >= _CALLS and all(len(lengths) <= 1 for lengths in rows) and len(set(rows)) > 1


def _never_empty(lengths: Sequence[int]) -> bool:
    return len(lengths) >= _CALLS and min(lengths) > 0


_RELATIONS: Mapping[str, Callable[[int | float, int | float], bool]] = {
    "is the length of": lambda number, length: number == length,
    "is an index of": lambda number, length: 0 <= number < length,
    "lies within": lambda number, length: 0 <= number <= length,
    "is as long as": lambda one, other: one == other,
    "is not above": lambda one, other: one <= other,
}


def _sides(call: Features, name: str, left: str, right: str) -> tuple[int | float | None, int | float | None]:
    of_left = call.lengths if name == "is as long as" else call.numbers
    of_right = call.numbers if name == "is not above" else call.lengths
    return of_left.get(left), of_right.get(right)


def _relations(calls: Sequence[Features]) -> Iterator[tuple[str, str, str]]:
    """The relations that hold in all calls that have both places, with two or more different values on each side."""
    places = sorted(dict.fromkeys(p for call in calls for p in [*call.numbers, *call.lengths]), key=_depth)
    for left, right in permutations(places[: 2 * _PLACES], 2):
        for name, holds in _RELATIONS.items():
            sides = [_sides(call, name, left, right) for call in calls]
            pairs = [(one, other) for one, other in sides if one is not None and other is not None]
            enough = _CALLS if name in ("is the length of", "is as long as") else _ORDERED
            varied = all(len(set(side)) > 1 for side in zip(*pairs, strict=True))
            if len(pairs) >= enough and varied and all(holds(one, other) for one, other in pairs):
                yield left, name, right
                break
