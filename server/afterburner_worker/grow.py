"""Grows a row of values to any length, keeping their kind: order, duplicates, universe, the widths of rows."""

from __future__ import annotations

import math
import random
import re
import string
from typing import Any, Callable, Dict, List, Sequence

from afterburner_worker.key import attributes, clone, with_attributes

SHAPES = ("same", "distinct", "duplicates")


def grown(values: Sequence[Any], count: int, shape: str, rng: random.Random) -> List[Any]:
    """`count` values like these: "same" in their proportion of duplicates, all "distinct", or few "duplicates".

    Sorted stays sorted, a permutation of 0..n stays one; rows keep their widths, records their keys.
    """
    kinds = {type(value) for value in values}
    if not values or not count:
        return []
    if len(kinds) == 1:
        kind = kinds.pop()
        grow = _GROWERS.get(kind)
        if grow is not None:
            return grow(list(values), count, shape, rng)
        columns = _columns(values, kind)
        if columns is not None:
            return columns(count, shape, rng)
    return [clone(values[i % len(values)]) for i in range(count)]


def _order(values: List[Any]) -> Callable[[List[Any]], List[Any]]:
    """How to arrange new values so that they stand as these do."""
    pairs = list(zip(values, values[1:]))
    if len(values) > 2 and all(a <= b for a, b in pairs) and values[0] != values[-1]:
        return sorted
    if len(values) > 2 and all(a >= b for a, b in pairs) and values[0] != values[-1]:
        return lambda found: sorted(found, reverse=True)
    return lambda found: found


def _picks(values: List[Any], count: int, shape: str, rng: random.Random) -> List[int]:
    """`count` indices into an endless list of distinct values: each once, or as often repeated as the values are."""
    distinct = len(set(values)) / len(values)
    if shape == "duplicates":
        several = min(count, max(2, min(len(set(values)), int(math.sqrt(count)))))
    elif shape == "distinct" or (distinct == 1 and (len(values) > 1 or shape == "same")):
        several = count
    else:
        several = max(1, round(distinct * count)) if len(set(values)) > 4 else len(set(values))
    if several == count:
        found = list(range(count))
        rng.shuffle(found)
        return found
    return rng.choices(range(several), k=count)


def _ints(values: List[int], count: int, shape: str, rng: random.Random) -> List[int]:
    low, high = min(values), max(values)
    few = len(set(values)) <= 4 and len(values) > 4
    picks = _picks(values, count, shape, rng)
    several = max(picks) + 1
    if few and shape != "distinct":
        known = sorted(set(values))
        return _order(values)([known[pick % len(known)] for pick in picks])
    whole = sorted(values) == list(range(low, low + len(values)))
    step = 1 if whole else max(1, (high - low) // max(1, len(set(values)) - 1) if len(set(values)) > 1 else 3)
    step = min(step, max(1, 10**9 // several))
    return _order(values)([low + pick * step for pick in picks])


def _floats(values: List[float], count: int, shape: str, rng: random.Random) -> List[float]:
    finite = [value for value in values if math.isfinite(value)] or [1.0]
    low, high = min(finite), max(finite)
    picks = _picks(values, count, shape, rng)
    width = (high - low) or abs(high) or 1.0
    if all(value.is_integer() for value in finite):
        step = max(1.0, width // max(1, len(finite) - 1))
        return _order(values)([low + pick * step for pick in picks])
    several = max(picks) + 1
    return _order(values)([round(low + width * (pick + 1) / several, 12) for pick in picks])


def _strings(values: List[str], count: int, shape: str, rng: random.Random) -> List[str]:
    known = list(dict.fromkeys(values))
    picks = _picks(values, count, shape, rng)
    if all(len(value) <= 1 for value in known) and shape != "distinct":
        return _order(values)([known[pick % len(known)] for pick in picks])
    return _order(values)([word(pick, known) for pick in picks])


def word(index: int, known: Sequence[str]) -> str:
    """The `index`-th of endlessly many distinct words: the known ones, then others built like them.

    A function of its arguments alone, so that two lists which share their words go on sharing them.
    """
    if index < len(known):
        return known[index]
    model = known[index % len(known)]
    alphabets = [_ALPHABETS[_kind_of(letter)] or letter for letter in model]
    room = math.prod(map(len, alphabets))
    while room <= index:
        alphabets.append(string.ascii_lowercase if not model[-1:].isdigit() else string.digits)
        room *= len(alphabets[-1])
    number, made = index * _SCRAMBLE % room, []
    for alphabet in alphabets:
        number, digit = divmod(number, len(alphabet))
        made.append(alphabet[digit])
    found = "".join(made)
    return found if found not in known else found + "_"


_SCRAMBLE = 1_000_003
"""Prime to 10 and 26, so that multiplying by it only permutes."""
_ALPHABETS = {"lower": string.ascii_lowercase, "upper": string.ascii_uppercase, "digit": string.digits, "other": ""}


def _kind_of(letter: str) -> str:
    if letter in string.digits:
        return "digit"
    return ("upper" if letter.isupper() else "lower") if letter in string.ascii_letters else "other"


def longer_text(value: str, count: int, shape: str, rng: random.Random) -> str:
    """A string of exactly `count` characters that reads like the value: its words, letters, or structure again."""
    if not value:
        value = "ab"
    if shape == "duplicates":
        return (value[:2] * count)[:count]
    if shape == "distinct":
        return "".join(rng.choices(string.ascii_letters + string.digits, k=count))
    if re.fullmatch(r"\w+", value):
        order = sorted if list(value) == sorted(value) and len(set(value)) > 2 else list
        head = value[:1] if value.isdigit() and value[0] != "0" else ""
        return head + "".join(order(rng.choices(value, k=max(0, count - len(head)))))
    parts = re.findall(r"\s+", value)
    if not parts or re.search(r"[^\w\s.,;:!?'\"-]", value):
        return _tiled(value, count)
    words = value.split()
    out: List[str] = []
    total, i = 0, 0
    while total < count and words:
        made = word(rng.randrange(max(len(words), count // 8)), words)
        out += [made, parts[i % len(parts)]]
        total += len(made) + len(parts[i % len(parts)])
        i += 1
    return "".join(out)[:count]


def _tiled(value: str, count: int) -> str:
    return (value * (count // len(value) + 1))[:count]


def _columns(values: Sequence[Any], kind: type) -> Any:
    """How to grow rows, records and objects column by column; None for what has no columns in common."""
    if kind in (list, tuple):
        widths = {len(value) for value in values}
        if len(widths) == 1 and widths != {0}:
            width = widths.pop()
            return lambda count, shape, rng: _zipped(values, range(width), kind, count, shape, rng)
        return lambda count, shape, rng: _ragged(values, kind, count, shape, rng)
    if kind is dict and len({tuple(value) for value in values}) == 1 and values[0]:
        return lambda count, shape, rng: _zipped(values, list(values[0]), dict, count, shape, rng)
    held = [attributes(value) for value in values]
    if held[0] and len({tuple(item) for item in held}) == 1 and kind.__module__ != "builtins":
        return lambda count, shape, rng: _objects(values, held, count, shape, rng)
    return None


def _zipped(values: Any, names: Any, kind: Any, count: int, shape: str, rng: random.Random) -> List[Any]:
    columns = [grown([value[name] for value in values], count, shape, rng) for name in names]
    rows = zip(*columns)
    return [dict(zip(names, row)) for row in rows] if kind is dict else [kind(row) for row in rows]


def _ragged(values: Any, kind: Any, count: int, shape: str, rng: random.Random) -> List[Any]:
    """Rows of the same widths again and again, their elements drawn from all rows together."""
    widths = [len(values[i % len(values)]) for i in range(count)]
    flat = [item for value in values for item in value]
    below = _is_graph(values, flat)
    drawn = grown(flat, sum(widths), "same" if below else shape, rng)
    if below:
        drawn = [rng.randrange(count) for _ in drawn]
    out, at = [], 0
    for width in widths:
        out.append(kind(drawn[at : at + width]))
        at += width
    return out


def _is_graph(values: Any, flat: List[Any]) -> bool:
    """True when the rows may be lists of neighbours: every element is an index of a row."""
    return bool(flat) and all(type(item) is int and 0 <= item < len(values) for item in flat)


def _objects(
    values: Sequence[Any], held: List[Dict[str, Any]], count: int, shape: str, rng: random.Random
) -> List[Any]:
    columns = {name: grown([item[name] for item in held], count, shape, rng) for name in held[0]}
    out = []
    for i in range(count):
        model = values[i % len(values)]
        made = with_attributes(model, {name: column[i] for name, column in columns.items()})
        out.append(model if made is None else made)
    return out


_GROWERS: Dict[type, Callable[[List[Any], int, str, random.Random], List[Any]]] = {
    int: _ints,
    float: _floats,
    str: _strings,
}
