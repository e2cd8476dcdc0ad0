"""Fresh values of the same shape: one order-keeping, injective map over all ints, floats and letters of a call."""

from __future__ import annotations

import enum
import math
import random
import string
from typing import Any, Callable, Dict, Iterable, List, Set, Tuple

from afterburner_worker.key import attributes, with_attributes

_ROWS = (list, tuple, set, frozenset)
_LONG, _FEW = 16, 8
"""A string from this length on is text; as many different strings as this may be codes."""
Maps = Dict[type, Callable[[Any], Any]]


class Seen:
    """The leaves of a call, those inside containers apart from the arguments themselves."""

    def __init__(self, args: Iterable[Any]) -> None:
        self.inside: Dict[type, Set[Any]] = {int: set(), float: set(), str: set()}
        self.alone: Dict[type, Set[Any]] = {int: set(), float: set(), str: set()}
        self.names: Set[str] = set()
        """Keys of dicts that are records rather than tables."""
        self.longest = 0
        self._met: Set[int] = set()
        for value in args:
            if type(value) in self.alone:
                self.alone[type(value)].add(value)
            else:
                self._walk(value, 0)
        self.longest = max([self.longest, *map(len, self.alone[str])])

    def _walk(self, value: Any, depth: int) -> None:
        kind = type(value)
        if kind in self.inside:
            self.inside[kind].add(value)
            return
        if depth > 50 or id(value) in self._met:
            return
        self._met.add(id(value))
        if kind in _ROWS or kind.__name__ == "deque":
            self.longest = max(self.longest, len(value))
            self._walk_all(value, depth)
        elif issubclass(kind, dict):
            self.longest = max(self.longest, len(value))
            if depth or len(set(map(type, dict.values(value)))) > 1:
                self.names.update(name for name in dict.keys(value) if type(name) is str)
            self._walk_all(dict.keys(value), depth)
            self._walk_all(dict.values(value), depth)
        elif not isinstance(value, enum.Enum):
            self._walk_all(attributes(value).values(), depth)

    def _walk_all(self, values: Iterable[Any], depth: int) -> None:
        for value in values:
            self._walk(value, depth + 1)


def maps_for(args: Iterable[Any], rng: random.Random) -> Maps:
    """The maps for one call's values; a kind without an entry has no safe fresh values and stays."""
    seen = Seen(args)
    maps: Maps = {}
    ints = _int_map(seen, rng)
    if ints:
        maps[int] = lambda value: ints.get(value, value)
    floats = _float_map(seen.inside[float] | seen.alone[float], rng)
    if floats:
        maps[float] = lambda value: floats.get(value, value)
    table = _letter_table(seen, rng)
    if table:
        maps[str] = lambda value: value.translate(table)
    return maps


def _int_map(seen: Seen, rng: random.Random) -> Dict[int, int]:
    """Every element moved within the gap around it; sign, zero, number of digits and order stay.

    Ints that could be indices, sizes or small codes (all within the longest length and 64) are left alone.
    """
    inside = seen.inside[int]
    out: Dict[int, int] = {}
    if inside and (max(inside) > max(seen.longest, 64) or min(inside) < -64):
        out = _moved(sorted(inside), rng)
    for value in seen.alone[int] - inside:
        if abs(value) > max(1000, seen.longest) and not inside:
            out[value] = value - (1 if value > 0 else -1) * rng.randint(0, abs(value) >> 8)
    return out


def _moved(values: List[int], rng: random.Random) -> Dict[int, int]:
    out = {}
    before = values[0] - 1 - max(1, abs(values[0]) >> 4)
    for i, value in enumerate(values):
        after = values[i + 1] if i + 1 < len(values) else value + 1 + max(1, abs(value) >> 4)
        low, high = max(before + 1, value - (value - before) // 2), value + (after - value - 1) // 2
        low, high = _same_digits(value, low, high)
        out[value] = before = rng.randint(low, high)
    return out


def _same_digits(value: int, low: int, high: int) -> Tuple[int, int]:
    if abs(value) < 10:
        return value, value
    digits = len(str(abs(value)))
    least, most = 10 ** (digits - 1), 10**digits - 1
    if value < 0:
        least, most = -most, -least
    return max(low, least), min(high, most)


def _float_map(found: Set[float], rng: random.Random) -> Dict[float, float]:
    """Every float moved within the gap around it, with as many decimals as it shows; whole numbers stay whole."""
    values = sorted(value for value in found if math.isfinite(value))
    out = {}
    before = -math.inf
    for i, value in enumerate(values):
        after = values[i + 1] if i + 1 < len(values) else math.inf
        step = min(value - before, after - value, abs(value) / 8 + 1e-12) / 2
        moved = round(value + rng.uniform(-step, step), _decimals(value))
        fits = before < moved < after and (moved > 0) == (value > 0) and value != 0
        out[value] = before = moved if fits else value
        if not before < after:
            return {}
    return out


def _decimals(value: float) -> int:
    shown = repr(value)
    if "e" in shown or len(shown) > 14:
        return 17
    return 0 if value.is_integer() else len(shown.partition(".")[2])


def _letter_table(seen: Seen, rng: random.Random) -> Dict[int, str]:
    """Letters exchanged for others in the same alphabetical order, alike in both cases; all else stays.

    Letters of strings that look like codes or names stay, since the source may compare with them: short arguments of
    their own, keys of records, and the elements where only a few different ones occur.
    """
    found = seen.inside[str] | seen.alone[str]
    if all(text.isdigit() or not any(letter.isalnum() for letter in text) for text in found):
        return _digit_table(found, rng)
    used = {letter for text in found for letter in text.lower()} & set(string.ascii_lowercase)
    fixed = {letter for text in _codes(seen) for letter in text.lower()}
    pairs: List[Tuple[str, str]] = []
    for gap in _gaps(fixed):
        old = [letter for letter in gap if letter in used]
        pairs += zip(old, sorted(rng.sample(gap, len(old))))
    return {ord(old): new for old, new in pairs + [(old.upper(), new.upper()) for old, new in pairs]}


def _codes(seen: Seen) -> Set[str]:
    codes = {text for text in seen.alone[str] if len(text) < _LONG} | seen.names
    if len(seen.inside[str]) <= _FEW:
        codes |= {text for text in seen.inside[str] if len(text) < _LONG}
    return codes


def _gaps(fixed: Set[str]) -> List[str]:
    """The runs of letters between fixed ones."""
    return "".join(" " if letter in fixed else letter for letter in string.ascii_lowercase).split()


def _digit_table(found: Set[str], rng: random.Random) -> Dict[int, str]:
    used = sorted({letter for text in found for letter in set(text) if letter in "123456789"})
    return {ord(old): new for old, new in zip(used, sorted(rng.sample("123456789", len(used))))}


def remapped(value: Any, maps: Maps, done: Dict[int, Any], depth: int = 0) -> Any:
    """The value with its leaves mapped: same types, sizes and aliasing; `done` is shared by the arguments of a call."""
    kind = type(value)
    if kind in (int, float, str):
        return maps[kind](value) if kind in maps else value
    if kind in (bool, type(None)) or depth > 50:
        return value
    if id(value) in done:
        return done[id(value)][0]
    made = _rebuilt(value, maps, done, depth)
    done[id(value)] = (made, value)
    return made


def _rebuilt(value: Any, maps: Maps, done: Dict[int, Any], depth: int) -> Any:
    kind = type(value)
    if kind is list:
        made: List[Any] = []
        done[id(value)] = (made, value)
        kinds = set(map(type, value))
        if len(kinds) == 1 and kinds <= {int, float, str}:
            mapping = maps.get(kinds.pop())
            made.extend(map(mapping, value) if mapping else value)
        else:
            made.extend(remapped(item, maps, done, depth + 1) for item in value)
        return made
    if kind in _ROWS:
        return kind(remapped(item, maps, done, depth + 1) for item in value)
    if kind is dict:
        return {
            remapped(name, maps, done, depth + 1): remapped(item, maps, done, depth + 1) for name, item in value.items()
        }
    held = {} if isinstance(value, enum.Enum) or issubclass(kind, (dict, *_ROWS)) else attributes(value)
    if not held:
        return value
    fresh = with_attributes(value, {})
    if fresh is None:
        return value
    done[id(value)] = (fresh, value)
    for name, item in held.items():
        object.__setattr__(fresh, name, remapped(item, maps, done, depth + 1))
    return fresh
