"""Aims calls at what the source decides on: both sides of each comparison, lengths, index and window ends."""

from __future__ import annotations

from typing import Any, Dict, List, Sequence, Set

from afterburner_worker.key import clone
from afterburner_worker.mutate import fresh_like, in_order
from afterburner_worker.parameters import Parameter
from afterburner_worker.relate import Slots, cycled, near_length
from afterburner_worker.scalars import HUGE_INTS, MOST, ODD_FLOATS, ODD_STRINGS, STRINGS, Pool

_SEEDS = 4
_LONGEST = 1100
"""A size that the source compares with is tried up to here."""
_SIZED = (list, tuple, str, bytes)


def directed(
    slots: List[Slots], parameters: Sequence[Parameter], constants: Dict[str, List[Any]], pool: Pool
) -> List[Slots]:
    """Arguments made from the first few seeds by one aimed change each."""
    out: List[Slots] = []
    for base in slots[:_SEEDS]:
        lengths = {len(value) for value in base.values() if type(value) in _SIZED}
        for parameter in parameters:
            name = parameter.name
            if name not in base or parameter.kind == "VAR_KEYWORD":
                continue
            found = _aimed(base[name], name, lengths, constants, pool)
            out.extend({**base, name: value} for value in found)
    out.extend(_sizes(slots[0], constants, pool))
    out.extend({**slots[0], name: odd} for name, value in slots[0].items() for odd in _odd(value))
    return out


def _odd(value: Any) -> List[Any]:
    """The value replaced by each boundary value of its type, or with one put into it; but for a lone int."""
    if type(value) is float:
        return list(ODD_FLOATS)
    if type(value) is str:
        return [trap for odd in ODD_STRINGS for trap in (odd, value + odd, odd + value)]
    if type(value) not in (list, tuple) or not value or type(value[0]) not in (int, float, str):
        return []
    traps = {int: HUGE_INTS, float: ODD_FLOATS, str: ODD_STRINGS}[type(value[0])]
    return [type(value)([*value, odd]) for odd in traps] + [type(value)([odd, *value[1:]]) for odd in traps]


def _aimed(value: Any, name: str, lengths: Set[int], constants: Dict[str, List[Any]], pool: Pool) -> List[Any]:
    kind = type(value).__name__
    reach = pool.reach * 10
    found = list(constants.get(f"{kind}:{name}", ()))
    if type(value) is int:
        ends = [end for count in sorted(lengths) for end in near_length(count)]
        close = found + [item for item in constants.get("int", ()) if abs(item) <= max(reach, 50)][:12]
        beyond = [item + pool.rng.randint(2, 30 + abs(item) // 4) * step for item in found for step in (1, -1)]
        return [item for item in [*close, *beyond, *range(13), *ends, -1] if abs(item) <= max(reach, 10**4)]
    if type(value) is float:
        return [
            *found,
            *map(float, constants.get(f"int:{name}", ())),
            0.0,
            1.0,
            -1.0,
            0.5,
            float(int(value)) if abs(value) < 1e15 else 0.0,
        ]
    if type(value) is bool:
        return [not value]
    if type(value) is str:
        return [
            *found,
            *constants.get("str", ())[:15],
            *STRINGS[:6],
            *_reshaped(value, pool),
            value.swapcase(),
            value.strip(),
        ]
    if type(value) in (list, tuple):
        return _reshaped(value, pool) + _filled(value, name, constants)
    if type(value) in (dict, set, frozenset):
        return [type(value)()]
    return []


def _reshaped(value: Any, pool: Pool) -> List[Any]:
    """Empty, single, pair, doubled, reversed, sorted, all equal; the same kind of sequence each."""
    whole = list(value)
    found = [[], whole[:1], whole[-1:], whole[:2], whole[1:], whole[:-1], whole + whole, whole[::-1]]
    if whole:
        found += [[clone(whole[0]) for _ in range(count)] for count in (2, 3, len(whole))]
        found += [whole + whole[:1], whole[:1] + whole]
    if whole and type(whole[0]) in (list, str, tuple, dict) and type(value) is not str:
        empty = type(whole[0])
        found += [[empty()], [empty() for _ in whole], [*whole, empty()], [empty(), *whole]]
    if type(value) is not str:
        rising = in_order(whole)
        found += [rising, rising[::-1], list(dict.fromkeys(whole)) if _hashable(whole) else whole]
    else:
        found += [sorted(whole), whole + whole[::-1]]
    return ["".join(row)[:MOST] if type(value) is str else type(value)(row[:MOST]) for row in found]


def _hashable(items: List[Any]) -> bool:
    return all(type(item) in (int, str, float, bytes, bool, type(None)) for item in items)


def _filled(value: Any, name: str, constants: Dict[str, List[Any]]) -> List[Any]:
    """The sequence with a constant of the source at one place, and made of constants alone."""
    if not value or type(value[0]) not in (int, float, str):
        return []
    kind = type(value[0])
    known = [*constants.get(f"{kind.__name__}:{name}", ()), *constants.get(kind.__name__, ())][:24]
    if kind is float:
        known += [float(item) for item in constants.get("int", ())][:12]
    out = [type(value)([item, *value[1:]]) for item in known] + [
        type(value)([*value[:-1], item]) for item in known[:12]
    ]
    return out + [type(value)([item]) for item in known] + [type(value)(known)]


def _sizes(base: Slots, constants: Dict[str, List[Any]], pool: Pool) -> List[Slots]:
    """Sequences of exactly the lengths that the source compares with, one below and one beyond; fresh elements too."""
    out = []
    for name, value in base.items():
        if type(value) not in _SIZED or not value:
            continue
        sizes = {*constants.get("size:" + name, ()), *constants.get("size", ())}
        small = [item for item in constants.get("int", ()) if 1 < item <= 70]
        for size in sorted(size for size in {*sizes, *small[:20]} if 0 <= size <= _LONGEST):
            out.append({**base, name: cycled(value, size)})
            if type(value) is list and size in sizes:
                out.append({**base, name: cycled(value + fresh_like(value, pool), size)})
                out.append({**base, name: cycled(in_order(value), size)})
    return out
