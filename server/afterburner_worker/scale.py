"""Grows one call along a dimension, and gives fresh values of the same shape for timing."""

from __future__ import annotations

import random
from typing import Any, Dict, List, Optional, Tuple

from afterburner_worker import arrays
from afterburner_worker.grow import grown, longer_text
from afterburner_worker.key import attributes, with_attributes
from afterburner_worker.remap import maps_for, remapped

_SIZED = (list, tuple, str, bytes, bytearray, dict, set, frozenset)
ALL = "all"
"""The dimension in which every container grows at once."""

Call = Tuple[Tuple[Any, ...], Dict[str, Any]]


def dimensions(args: Tuple[Any, ...], kwargs: Dict[str, Any], receiver: Any = None) -> List[str]:
    """What can grow: "0", "1" … for positional arguments, names for keywords, "all" for several containers at once.

    Containers that an object holds are dimensions too: "0.items", or "self.items" for the receiver.
    """
    slots = _slots(args, kwargs)
    sized = [name for name, value in slots.items() if _is_sized(value)]
    together = [ALL] if len(sized) > 1 else []
    held = [
        "%s.%s" % (name, attribute)
        for name, value in [*slots.items(), ("self", receiver)]
        for attribute, item in _held(value).items()
        if _is_sized(item) and not isinstance(item, (str, bytes, bytearray))
    ]
    return together + sized + held + [name for name, value in slots.items() if type(value) is int]


def _slots(args: Tuple[Any, ...], kwargs: Dict[str, Any]) -> Dict[str, Any]:
    return {**{str(i): value for i, value in enumerate(args)}, **kwargs}


def _held(value: Any) -> Dict[str, Any]:
    """The attributes of an object that is no container itself."""
    if value is None or _is_sized(value) or isinstance(value, (int, float, str)) or arrays.has_rows(value):
        return {}
    return attributes(value)


def _is_sized(value: Any) -> bool:
    if arrays.has_rows(value):
        return bool(value.ndim and value.size)
    return (type(value) in _SIZED or type(value).__name__ == "deque" or isinstance(value, dict)) and len(value) > 0


def scaled_receiver(receiver: Any, dimension: str, n: int, shape: str, seed: int) -> Any:
    """A copy of the receiver whose container ("self.items") has grown to `n`; None where there is no such container."""
    name = dimension.partition(".")[2]
    found = scaled((), _held(receiver), name, n, shape, seed) if name else None
    if found is None:
        return None
    old = _held(receiver)
    return with_attributes(receiver, {key: item for key, item in found[1].items() if item is not old[key]})


def scaled(
    args: Tuple[Any, ...], kwargs: Dict[str, Any], dimension: str, n: int, shape: str, seed: int
) -> Optional[Call]:
    """The call with that dimension grown to `n` (elements, characters, or the int itself), the rest as it was.

    Containers of the same length grow along, and ints equal to the length (or one less) follow it. `shape` says how the
    elements are drawn: "same", "distinct", "duplicates". None when the dimension or shape means nothing here.
    """
    slots = _slots(args, kwargs)
    owner = dimension.partition(".")[0]
    if owner != dimension and owner in slots:
        grown_owner = scaled_receiver(slots[owner], dimension, n, shape, seed)
        return None if grown_owner is None else _call({**slots, owner: grown_owner}, len(args))
    if dimension != ALL and dimension not in slots:
        return None
    if dimension != ALL and type(slots[dimension]) is int:
        return _call({**slots, dimension: n}, len(args)) if shape == "same" else None
    names = _growing(slots, dimension)
    if not names:
        return None
    return _call(_grown_together(slots, names, n, shape, seed), len(args))


def _grown_together(slots: Dict[str, Any], names: List[str], n: int, shape: str, seed: int) -> Dict[str, Any]:
    made = dict(slots)
    done: Dict[int, Any] = {}
    for name in names:
        if id(slots[name]) not in done:
            # one stream per call: lists that share their elements are drawn alike
            done[id(slots[name])] = _bigger(slots[name], n, shape, random.Random(seed + len(done)))
        made[name] = done[id(slots[name])]
    lengths = {len(slots[name]): n for name in names}
    for name, value in slots.items():
        if type(value) is int and value > 1:
            made[name] = lengths.get(value, lengths[value + 1] - 1 if value + 1 in lengths else value)
    return made


def _growing(slots: Dict[str, Any], dimension: str) -> List[str]:
    sized = [name for name, value in slots.items() if _is_sized(value)]
    if dimension == ALL:
        return sized
    if dimension not in sized:
        return []
    value = slots[dimension]
    return [
        name
        for name in sized
        if name == dimension
        or slots[name] is value
        or (type(slots[name]) is type(value) and len(slots[name]) == len(value) > 1)
    ]


def _call(slots: Dict[str, Any], positional: int) -> Call:
    args = tuple(slots[str(i)] for i in range(positional))
    return args, {name: value for name, value in slots.items() if not name.isdigit()}


def _bigger(value: Any, n: int, shape: str, rng: random.Random) -> Any:
    kind = type(value)
    if kind is str:
        return longer_text(value, n, shape, rng)
    if kind in (bytes, bytearray):
        return kind(longer_text(value.decode("latin-1"), n, shape, rng).encode("latin-1"))
    if kind in (set, frozenset):
        return kind(grown(sorted(value, key=repr), n, "distinct", rng))
    if isinstance(value, dict):
        return _bigger_dict(value, n, shape, rng)
    if arrays.has_rows(value):
        return _bigger_array(value, n, shape, rng)
    if kind is list or kind is tuple:
        return kind(grown(value, n, shape, rng))
    made = value.copy()
    made.clear()
    made.extend(grown(list(value), n, shape, rng))
    return made


def _bigger_dict(value: Dict[Any, Any], n: int, shape: str, rng: random.Random) -> Any:
    made = dict(value) if type(value) is dict else value.copy()
    made.clear()
    names = grown(list(value), n, "distinct", rng)
    made.update(zip(names, grown(list(value.values()), n, shape, rng)))
    return made


def _bigger_array(value: Any, n: int, shape: str, rng: random.Random) -> Any:
    """An array or table of `n` rows: one of plain numbers with rows like these, else the rows again and again."""
    rows = [place % len(value) for place in range(n)]
    if hasattr(value, "iloc"):
        made = value.iloc[rows]
        return made.reset_index(drop=True) if type(value.index).__name__ == "RangeIndex" else made
    if value.ndim == 1 and value.dtype.kind in "iuf" and value.dtype.itemsize == 8:
        return _filled(value, grown(value.tolist(), n, shape, rng))
    return value[rows]


def _filled(value: Any, items: List[Any]) -> Any:
    made = value[:1].repeat(len(items))
    made[:] = items
    return made


def variant(args: Tuple[Any, ...], kwargs: Dict[str, Any], seed: int) -> Call:
    """The same call with fresh values of the same shape: sizes, order, equalities and aliasing stay.

    Ints, floats and letters are moved by order-keeping injective maps. Ints that may be indices, sizes or small codes
    stay, and so do short strings that may be codes or names: a call of such values alone comes back unchanged.
    Objects are copied; what cannot be copied is shared.
    """
    rng = random.Random(seed)
    maps = maps_for([*args, *kwargs.values()], rng)
    done: Dict[int, Any] = {}
    fresh = tuple(remapped(value, maps, done) for value in args)
    return fresh, {name: remapped(value, maps, done) for name, value in kwargs.items()}
