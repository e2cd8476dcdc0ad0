"""Changes values a little: the same type and magnitude mostly, and now and then a boundary value."""

from __future__ import annotations

import enum
import functools
import math
from typing import Any, Dict, List, Optional, Tuple

from afterburner_worker import numeric, palette, scalars
from afterburner_worker.arrays import has_rows
from afterburner_worker.callbacks import Callback
from afterburner_worker.hints import ANY, Type, type_of
from afterburner_worker.key import attributes, clone, key, with_attributes
from afterburner_worker.palette import CannotBuild
from afterburner_worker.scalars import MOST, Pool

Leaves = Dict[str, List[Any]]


def leaves(value: Any, found: Optional[Leaves] = None, depth: int = 0) -> Leaves:
    """The ints, floats and strings inside a value, by type name; at most some hundred of each container."""
    found = {"int": [], "float": [], "str": []} if found is None else found
    kind = type(value)
    if kind is int or kind is float or kind is str:
        found[kind.__name__].append(value)
    elif depth > 5:
        return found
    elif kind in (list, tuple, set, frozenset) or kind.__name__ == "deque":
        for item in listed(value)[:MOST]:
            leaves(item, found, depth + 1)
    elif issubclass(kind, dict):
        for name, item in list(dict.items(value))[:MOST]:
            leaves(name, found, depth + 1)
            leaves(item, found, depth + 1)
    elif not isinstance(value, (enum.Enum, Callback)) and kind.__module__ != "builtins":
        for item in attributes(value).values():
            leaves(item, found, depth + 1)
    return found


def mutate(value: Any, pool: Pool, around: Leaves, depth: int = 0) -> Any:
    """A changed copy of the value; `around` holds the other values of the same call. The value itself is never touched.

    What cannot be changed is returned as it is.
    """
    kind = type(value)
    if depth > 6:
        return value
    if kind is int:
        return _int(value, pool, around)
    if kind is str:
        return _str(value, pool, around)
    if kind is list:
        return _list(value, pool, around, depth)
    if kind is bool:
        return (not value) if pool.rng.random() > pool.exotic / 8 else int(not value)
    if kind is float:
        return _float(value, pool, around)
    if kind is tuple:
        return _tuple(value, pool, around, depth)
    if issubclass(kind, dict):
        return _dict(value, pool, around, depth)
    if kind in (set, frozenset) or kind.__name__ == "deque":
        return _rebuilt(kind, _list(listed(value), pool, around, depth), value)
    if kind is bytes or kind is bytearray:
        return kind(_str(value.decode("latin-1"), pool, around).encode("latin-1", "replace"))
    return _other(value, pool, around, depth)


def listed(value: Any) -> List[Any]:
    """The items of a container; those of a set in an order that does not hang on the hash seed."""
    return sorted(value, key=key) if type(value) in (set, frozenset) else list(value)


def _rebuilt(kind: Any, items: List[Any], old: Any) -> Any:
    try:
        return kind(items)
    except TypeError:
        return old


def _int(value: int, pool: Pool, around: Leaves) -> int:
    rng = pool.rng
    roll = rng.random()
    if roll < 0.3:
        return value + rng.choice((-1, 1, 2, -2))
    if roll < 0.45 and around["int"]:
        other = rng.choice(around["int"])
        return other + rng.choice((0, 0, 1, -1)) if roll < 0.4 else _bounded(value + other, pool)
    if roll < 0.55:
        return scalars.integer(pool)
    if roll < 0.57 and value > 0:
        return -value if pool.chance(pool.negative) else value // 2
    if roll < 0.62:
        return _bounded(value * rng.choice((2, 3, 10)), pool)
    if roll < 0.62 + pool.exotic / 10:
        return rng.choice(scalars.INTS)
    if roll < 0.62 + pool.exotic / 8:
        return bool(value)
    spread = max(3, abs(value))
    found = rng.randint(value - spread, value + spread)
    return abs(found) if value >= 0 and not pool.chance(pool.negative / 2) else found


def _bounded(value: int, pool: Pool) -> int:
    return value if abs(value) <= pool.reach * 10 else value % (pool.reach or 1)


def _float(value: float, pool: Pool, around: Leaves) -> float:
    rng = pool.rng
    roll = rng.random()
    if not math.isfinite(value) or roll < 0.25:
        return scalars.real(pool)
    if roll < 0.4 and around["float"]:
        return float(rng.choice(around["float"]))
    if roll < 0.45:
        return float(math.floor(value))
    if roll < 0.45 + pool.exotic / 10:
        return rng.choice(scalars.ODD_FLOATS)
    if roll < 0.45 + pool.exotic / 8:
        return int(value)
    if roll < 0.55 and pool.chance(pool.negative):
        return -value
    return rng.choice((value + 1, value / 2, value * 3, value + 0.1, round(value + rng.uniform(0, 3), 2), value - 0.5))


def _str(value: str, pool: Pool, around: Leaves) -> str:
    rng = pool.rng
    roll = rng.random()
    i = rng.randint(0, len(value))
    if roll < 0.12:
        return scalars.text(pool)
    if roll < 0.12 + pool.exotic / 3:
        return value[:i] + rng.choice(scalars.ODD_STRINGS if pool.chance(0.5) else scalars.STRINGS) + value[i:]
    if roll < 0.3:
        return value[:i] + rng.choice(value or scalars.alphabet(pool)) + value[i + rng.choice((0, 1)) :]
    if roll < 0.4:
        return value[:i] + rng.choice(scalars.alphabet(pool) or "a") + value[i + rng.choice((0, 1)) :]
    if roll < 0.52:
        return value[:i] + value[i + rng.choice((1, 1, 2, 5)) :]
    if roll < 0.58:
        return (value + value[::-1][rng.choice((0, 1)) :])[:MOST]
    if roll < 0.66:
        return rng.choice((value.upper(), value.lower(), value.swapcase(), value.title()))
    if roll < 0.74 and around["str"]:
        other = rng.choice(around["str"])
        return other if roll < 0.71 else (value[:i] + other + value[i:])[:MOST]
    if roll < 0.8:
        return scalars.text_of("".join(sorted(set(value))), rng.randint(0, min(MOST, len(value) * 2)), rng)
    if roll < 0.87:
        return "".join(rng.sample(value, len(value)))
    if roll < 0.93:
        words = value.split(" ")
        rng.shuffle(words)
        return " ".join(words + words[:1] if pool.chance(0.4) else words)
    return (value * rng.choice((2, 3)))[:MOST] if value else rng.choice(scalars.STRINGS)


def fresh_like(items: List[Any], pool: Pool) -> List[Any]:
    """A new list of the same types as the items, not the same values; the items when no such value can be made."""
    if items and all(type(item) is str for item in items):
        return _fresh_strings(items, pool)
    kind = type_of(items)
    if kind.parts == (ANY,) or any(part.kind in ("class", "callable") for part in kind.parts):
        return items
    try:
        return list(palette.value(Type("list", kind.parts), pool))
    except CannotBuild:
        return items


def _fresh_strings(items: List[str], pool: Pool) -> List[Any]:
    """New strings of the letters and lengths of the items."""
    letters = "".join(sorted(set("".join(items)))) or scalars.alphabet(pool)
    if pool.chance(0.2):
        letters = scalars.alphabet(pool)
    count = pool.rng.randint(1, max(3, len(items) * 2))
    return [scalars.text_of(letters, len(pool.rng.choice(items)), pool.rng) for _ in range(min(count, MOST))]


def _list(value: List[Any], pool: Pool, around: Leaves, depth: int) -> List[Any]:
    rng, found = pool.rng, list(value)
    roll = rng.random()
    if not found:
        some = around["int"] or around["str"]
        return [rng.choice(some)] * rng.randint(1, 2) if some and roll < 0.5 else found
    i = rng.randrange(len(found))
    if roll < 0.24:
        _resize(found, i, pool)
    elif roll < 0.44:
        found[i] = mutate(found[i], pool, around, depth + 1)
    elif roll < 0.56:
        found.insert(rng.choice((0, i, len(found))), _alike(rng.choice(found), pool, around, depth))
    elif roll < 0.75:
        found = _rearranged(found, pool)
    elif roll < 0.79:
        found = found + [clone(item) for _ in range(rng.choice((1, 2, 4))) for item in found]
    elif roll < 0.84:
        found = [mutate(item, pool, around, depth + 1) for item in found]
    elif roll < 0.87:
        found = [found[i]] if roll < 0.855 else [clone(found[i]) for _ in found]
    elif roll < 0.9:
        found[i] = clone(rng.choice(found))
    else:
        found = fresh_like(found, pool)
    return found[:MOST]


def _alike(item: Any, pool: Pool, around: Leaves, depth: int) -> Any:
    """A changed element; a string keeps its length every other time."""
    if type(item) is str and pool.chance(0.5):
        return "".join(pool.rng.choices("".join(around["str"]) or "ab", k=len(item)))
    return mutate(item, pool, around, depth + 1)


def _resize(found: List[Any], i: int, pool: Pool) -> None:
    """Drop some elements, or repeat one: as a copy, or as the same object; in place."""
    rng = pool.rng
    if pool.chance(0.42):
        del found[i : i + rng.choice((1, 1, 2, len(found)))]
    else:
        item = rng.choice(found)
        found.insert(rng.randint(0, len(found)), item if pool.chance(0.3) else clone(item))


def _rearranged(found: List[Any], pool: Pool) -> List[Any]:
    roll = pool.rng.random()
    if roll < 0.3:
        return found[::-1]
    if roll < 0.6:
        return pool.rng.sample(found, len(found))
    return in_order(found, reverse=roll > 0.85)


def in_order(items: List[Any], *, reverse: bool = False) -> List[Any]:
    """The items sorted where they can be compared without user code; otherwise as they are."""
    kinds = {type(item) for item in items}
    if len(kinds) != 1 or not kinds <= {int, float, str, tuple, list, bytes, bool}:
        return items
    try:
        return sorted(items, reverse=reverse)
    except TypeError:
        return items


def _tuple(value: Tuple[Any, ...], pool: Pool, around: Leaves, depth: int) -> Tuple[Any, ...]:
    items = list(value)
    same = len({type(item) for item in items}) == 1
    if same and (len(items) > 3 or pool.chance(0.1)) and type(value) is tuple:
        return tuple(_list(items, pool, around, depth))
    if items:
        i = pool.rng.randrange(len(items))
        items[i] = mutate(items[i], pool, around, depth + 1)
    return tuple(items)


def _dict(value: Dict[Any, Any], pool: Pool, around: Leaves, depth: int) -> Dict[Any, Any]:
    rng = pool.rng
    pairs = list(dict.items(value))
    if not pairs:
        return value
    roll = rng.random()
    i = rng.randrange(len(pairs))
    name, item = pairs[i]
    if roll < 0.15:
        del pairs[i : i + rng.choice((1, 1, len(pairs)))]
    elif roll < 0.5:
        pairs[i] = (name, mutate(item, pool, around, depth + 1))
    elif roll < 0.7:
        pairs.insert(
            rng.choice((i, len(pairs))), (mutate(name, pool, around, depth + 1), mutate(item, pool, around, depth + 1))
        )
    elif roll < 0.8:
        pairs[i] = (name, clone(rng.choice(pairs)[1]))
    elif roll < 0.9:
        pairs.reverse()
    else:
        rng.shuffle(pairs)
    found = clone(value) if type(value) is not dict else {}
    dict.clear(found)
    for name, item in pairs:
        try:
            dict.__setitem__(found, name, item)
        except TypeError:  # a mutated key may be unhashable
            continue
    return found


def _other(value: Any, pool: Pool, around: Leaves, depth: int) -> Any:
    kind = type(value)
    if isinstance(value, enum.Enum):
        return pool.rng.choice(list(type(value)))
    if isinstance(value, tuple) and hasattr(kind, "_make"):
        return _rebuilt(kind._make, list(_tuple(tuple(value), pool, around, depth)), value)
    if has_rows(value):
        return numeric.mutated(value, pool)
    if kind.__module__ in ("datetime", "decimal", "fractions") or kind is complex or kind is range:
        return palette.value(type_of(value), pool)
    if kind is Callback:
        return Callback(value.gives, pool.rng.randint(1, 9))
    if callable(value):
        return palette.value(Type("callable", (ANY,)), pool) if kind.__name__.startswith("builtin") else value
    return mutated_receiver(value, pool, around, depth)


def mutated_receiver(value: Any, pool: Pool, around: Optional[Leaves] = None, depth: int = 0) -> Any:
    """A copy of an object with one or two attributes mutated; the object itself where that is impossible."""
    held = attributes(value)
    if not held:
        return value
    around = leaves(value) if around is None else around
    needed = _given_to_init(type(value), held)
    if needed is None and pool.chance(0.4):
        return value  # changed past its own methods it may break what they rely on
    names = pool.rng.sample(sorted(needed or held), min(len(needed or held), pool.rng.choice((1, 1, 2))))
    changes = {name: mutate(held[name], pool, around, depth + 1) for name in names}
    made = with_attributes(value, changes) if needed is None else _constructed(value, {**held, **changes}, needed)
    return value if made is None else made


@functools.lru_cache(maxsize=200)
def _parameters(kind: type) -> Optional[Tuple[Any, ...]]:
    """The parameters of a class's constructor; None where it takes any, or does not tell."""
    import inspect

    try:
        found = tuple(inspect.signature(kind).parameters.values())
    except (TypeError, ValueError):
        return None
    starred = any(one.kind in (one.VAR_POSITIONAL, one.VAR_KEYWORD, one.POSITIONAL_ONLY) for one in found)
    return None if starred or not found else found


def _given_to_init(kind: type, held: Dict[str, Any]) -> Optional[Dict[str, str]]:
    """Attribute → parameter, where the constructor's parameters are attributes, by their name or with an underscore.

    None where a needed parameter is no attribute: then nothing tells what to call the class with.
    """
    out = {}
    for parameter in _parameters(kind) or ():
        name = next((name for name in (parameter.name, "_" + parameter.name) if name in held), None)
        if name is not None:
            out[name] = parameter.name
        elif parameter.default is parameter.empty:
            return None
    return out or None


def _constructed(value: Any, held: Dict[str, Any], needed: Dict[str, str]) -> Any:
    """A new instance by a call of the class, so that what the constructor derives and checks holds."""
    try:
        made = type(value)(**{parameter: held[name] for name, parameter in needed.items()})
    except Exception:  # user code runs here
        return None
    return made if type(made) is type(value) else None
