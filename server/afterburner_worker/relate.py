"""Ties the arguments of one call together: an index within a list, a target that occurs, lists of one length."""

from __future__ import annotations

from typing import Any, Callable, Dict, List

from afterburner_worker.key import clone
from afterburner_worker.mutate import in_order, listed
from afterburner_worker.scalars import MOST, Pool

Slots = Dict[str, Any]
"""The arguments of a call by parameter name."""


def relate(slots: Slots, pool: Pool) -> None:
    """Put one relation between two arguments into effect, in place; nothing when none applies."""
    numbers = [name for name, value in slots.items() if type(value) is int]
    rows = [name for name, value in slots.items() if type(value) in (list, tuple, str, bytes) and len(value)]
    options: List[Callable[[Slots, List[str], List[str], Pool], None]] = []
    if numbers and rows:
        options += [_index, _index, _element, _sum, _nodes]
    if len(numbers) > 1:
        options += [_numbers]
    if len(rows) > 1:
        options += [_equal_lengths, _overlap, _overlap, _member, _alias]
    if rows:
        options += [_in_order, _indices]
    if any(type(value) in (dict, set) for value in slots.values()):
        options += [_member]
    if options:
        pool.rng.choice(options)(slots, numbers, rows, pool)


def _index(slots: Slots, numbers: List[str], rows: List[str], pool: Pool) -> None:
    count = len(slots[pool.rng.choice(rows)])
    slots[pool.rng.choice(numbers)] = pool.rng.choice(near_length(count))


def near_length(count: int) -> List[int]:
    """Whole numbers that matter to something of this length: ends, middle, one beyond."""
    return [count, count - 1, count, 0, 1, 2, count // 2, count + 1]


def _element(slots: Slots, numbers: List[str], rows: List[str], pool: Pool) -> None:
    found = [item for name in rows for item in flat(slots[name])]
    if found:
        slots[pool.rng.choice(numbers)] = pool.rng.choice(found) + pool.rng.choice((0, 0, 0, 1, -1))


def _sum(slots: Slots, numbers: List[str], rows: List[str], pool: Pool) -> None:
    rng = pool.rng
    found = flat(slots[rng.choice(rows)])
    if not found:
        return
    i, j = sorted((rng.randrange(len(found)), rng.randrange(len(found))))
    options = (found[i] + found[j], sum(found[i : j + 1]), sum(found), found[i] - found[j], max(found), sum(found) // 2,
               max(found) - min(found))  # fmt: skip
    slots[rng.choice(numbers)] = rng.choice(options)


def flat(value: Any) -> List[int]:
    """The ints directly inside a list or tuple, or one level deeper."""
    if type(value) not in (list, tuple):
        return []
    found = [item for item in value if type(item) is int]
    return found or [item for row in value if type(row) in (list, tuple) for item in row if type(item) is int]


def _nodes(slots: Slots, numbers: List[str], rows: List[str], pool: Pool) -> None:
    """Read rows of ints as edges between `n` nodes: every int is made to lie below `n`."""
    name = pool.rng.choice(rows)
    if type(slots[name]) is not list or not all(type(row) in (list, tuple) for row in slots[name]):
        return
    found = flat(slots[name])
    number = pool.rng.choice(numbers)
    count = min(max(2, abs(slots[number])), 2 * len(found) + 2)
    first = pool.rng.choice((0, 0, 1))
    slots[number] = count
    slots[name] = [_wrapped(row, count, first) for row in slots[name]]


def _wrapped(row: Any, count: int, first: int) -> Any:
    return type(row)(item % count + first if type(item) is int else item for item in row)


def _indices(slots: Slots, numbers: List[str], rows: List[str], pool: Pool) -> None:
    """Make the ints of a list valid indices of another argument, or of itself."""
    name = pool.rng.choice(rows)
    value = slots[name]
    count = len(slots[pool.rng.choice(rows)])
    if type(value) is list and all(type(item) is int for item in value):
        slots[name] = [item % count for item in value]
    elif type(value) is list and all(type(item) is list for item in value):
        slots[name] = [_wrapped(row, len(value), 0) for row in value]


def _numbers(slots: Slots, numbers: List[str], rows: List[str], pool: Pool) -> None:
    first, second = pool.rng.sample(numbers, 2)
    one, other = slots[first], slots[second]
    options = [(one, one), (other, one), (one, one + 1), (min(one, other), max(one, other))]
    if 0 < other < 100:
        options.append((one, one * other))
    slots[first], slots[second] = pool.rng.choice(options)


def _equal_lengths(slots: Slots, numbers: List[str], rows: List[str], pool: Pool) -> None:
    rows = [name for name in rows if type(slots[name]) in (list, tuple)] or rows
    count = min(len(slots[name]) for name in rows) or 1
    if pool.chance(0.5):
        count = max(len(slots[name]) for name in rows)
    for name in rows:
        slots[name] = cycled(slots[name], count)
    if numbers and pool.chance(0.3):
        slots[pool.rng.choice(numbers)] = count


def cycled(value: Any, count: int) -> Any:
    """The sequence cut or repeated to a length; repeated mutable elements are copies."""
    have = len(value)
    if not have or count <= have:
        return value[:count]
    if type(value) in (str, bytes):
        return (value * (count // have + 1))[:count]
    return type(value)([*value, *(clone(value[i % have]) for i in range(have, count))])


def _overlap(slots: Slots, numbers: List[str], rows: List[str], pool: Pool) -> None:
    """Draw (part of) one sequence from another of the same type: subset, permutation, shared prefix, one change."""
    rng = pool.rng
    first, second = rng.sample(rows, 2)
    one, other = slots[first], slots[second]
    if type(one) is not type(other) or not _alike(one, other):
        return
    roll = rng.random()
    size = rng.randint(1, len(one))
    start = rng.randint(0, len(one) - size)
    if roll < 0.25:
        found = _shuffled(one, rng.randint(1, len(one)), pool)
    elif roll < 0.4:
        found = _shuffled(one, len(one), pool)
    elif roll < 0.6:
        found = one[start : start + size]
    elif roll < 0.75:
        found = one[:size] + other[: max(1, len(other) // 2)]
    elif roll < 0.85:
        found = other + one[start : start + size]
    else:
        i = rng.randrange(len(one))
        found = one[:i] + other[:1] + one[i + 1 :]
    slots[second] = clone(found[:MOST])


def _alike(one: Any, other: Any) -> bool:
    return type(one) in (str, bytes) or not one or not other or type(one[0]) is type(other[0])


def _shuffled(value: Any, count: int, pool: Pool) -> Any:
    found = pool.rng.sample(list(value), count)
    return "".join(found) if type(value) is str else bytes(found) if type(value) is bytes else type(value)(found)


def _member(slots: Slots, numbers: List[str], rows: List[str], pool: Pool) -> None:
    """Let an argument be an element or key of another one of fitting type."""
    for name in pool.rng.sample(sorted(slots), len(slots)):
        inside = slots[name]
        if type(inside) not in (list, tuple, dict, set, str) or not inside:
            continue
        item = pool.rng.choice(listed(inside))
        fits = [other for other in sorted(slots) if other != name and type(slots[other]) is type(item)]
        if fits:
            slots[pool.rng.choice(fits)] = clone(item)
            return


def _alias(slots: Slots, numbers: List[str], rows: List[str], pool: Pool) -> None:
    """Let two arguments be one and the same object."""
    first, second = pool.rng.sample(rows, 2)
    if type(slots[first]) is type(slots[second]) and _alike(slots[first], slots[second]) and pool.chance(0.4):
        slots[second] = slots[first]


def _in_order(slots: Slots, numbers: List[str], rows: List[str], pool: Pool) -> None:
    for name in rows:
        if type(slots[name]) is list and pool.chance(0.7):
            slots[name] = in_order(slots[name])
            if pool.chance(0.3) and all(type(item) is list for item in slots[name]):
                slots[name] = [in_order(item) for item in slots[name]]
