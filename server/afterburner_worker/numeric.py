"""Makes up and changes arrays of numpy and tables of pandas: dtype, axes and columns stay, the content varies."""

from __future__ import annotations

import re
from typing import Any, List, Optional, Tuple

from afterburner_worker import scalars
from afterburner_worker.arrays import numpy
from afterburner_worker.frames import pandas
from afterburner_worker.scalars import Pool

_DTYPES = ("float64", "int64", "float64", "int64", "float64", "bool")
_ODD = (float("nan"), float("inf"), float("-inf"), -0.0)
_COLUMNS = (("a", "int64"), ("b", "float64"), ("c", "object"))

Form = Tuple[str, Optional[int]]
"""dtype or "", and number of axes or None."""


def form_of(array: Any) -> Form:
    """The form of an array that was seen."""
    return str(array.dtype), int(array.ndim)


def form_named(text: str) -> Form:
    """The form that a hint such as `NDArray[np.float64]` means: the dtype that it names, and any axes."""
    found = re.search(r"\b(float|int|uint|complex)(16|32|64|128|8)\b|\bbool_?\b", text)
    return (found.group().rstrip("_") if found else ""), None


def array(form: Form, pool: Pool) -> Any:
    """A new array of mostly one axis, rarely two or none; empty, sorted, with ties, strided, with NaN now and then.

    None where the dtype is none that can be made up.
    """
    np, rng = numpy(), pool.rng
    name = form[0] or rng.choice(_DTYPES)
    try:
        dtype = np.dtype(name)
    except TypeError:
        return None
    axes = form[1] if form[1] is not None else rng.choice((1, 1, 1, 1, 2))
    shape = _shape(axes, pool)
    items = _items(dtype.kind, int(np.prod(shape)), pool)
    if items is None:
        return None
    with np.errstate(all="ignore"):  # a number that the dtype cannot hold becomes another one
        made = np.array(items).astype(dtype).reshape(shape) if items else np.empty(shape, dtype)
    return _strided(np, made) if made.ndim and made.size and pool.chance(0.08) else made


def _shape(axes: int, pool: Pool) -> Tuple[int, ...]:
    length = scalars.length(pool)
    if axes < 2:
        return (length,) * axes
    return (length, *(pool.rng.choice((1, 2, 3, length)) for _ in range(axes - 1)))


def _items(kind: str, count: int, pool: Pool) -> Optional[List[Any]]:
    if kind in "iu":
        found = scalars.integers(pool, count)
        return [abs(number) % 200 for number in found] if kind == "u" else [number % 2**31 for number in found]
    if kind == "b":
        return [pool.chance(0.5) for _ in range(count)]
    if kind in "fc":
        style = pool.rng.random()
        some = [scalars.real(pool) for _ in range(max(1, count // 3))] if style < 0.3 else []
        return scalars.ordered([pool.rng.choice(some) if some else _real(pool) for _ in range(count)], pool)
    if kind in "OU":
        return [scalars.text(pool, 6).replace("\0", "") for _ in range(count)]
    return None


def _real(pool: Pool) -> float:
    return pool.rng.choice(_ODD) if pool.chance(pool.exotic / 4) else scalars.real(pool)


def _strided(np: Any, made: Any) -> Any:
    """The same elements, every other place in memory."""
    wide = np.empty((*made.shape[:-1], made.shape[-1] * 2), made.dtype)[..., ::2]
    wide[...] = made
    return wide


def frame(columns: Tuple[Tuple[str, str], ...], pool: Pool) -> Any:
    """A new table with these columns (label, dtype), or with three of its own."""
    count = scalars.length(pool)
    content = {}
    for label, dtype in columns or _COLUMNS:
        items = _items(numpy().dtype(dtype).kind, count, pool) if not dtype.startswith("str") else None
        if items is None:
            items = _items("O", count, pool)
        content[label] = numpy().array(items, dtype="O" if dtype.startswith("str") else dtype)
    return pandas().DataFrame(content)


def series(pool: Pool) -> Any:
    """A new column of numbers or texts."""
    return pandas().Series(array((pool.rng.choice(("float64", "int64", "object")), 1), pool))


def mutated(value: Any, pool: Pool) -> Any:
    """A changed copy of an array, table or column: rows dropped, repeated, reordered; single elements; NaN; strides."""
    rng, count = pool.rng, len(value) if getattr(value, "ndim", 1) else 0
    roll = rng.random()
    if roll < 0.5 and count:
        rows = list(range(count))
        if roll < 0.12:
            rows = rows[::-1]
        elif roll < 0.22:
            rng.shuffle(rows)
        elif roll < 0.38:
            rows = rows[: rng.choice((0, 1, rng.randint(0, count)))]
        else:
            rows += rng.choices(rows, k=rng.choice((1, 2, count)))
        return _taken(value, rows)
    return _changed(value.copy(), pool)


def _taken(value: Any, rows: List[int]) -> Any:
    if not hasattr(value, "iloc"):
        return value[rows]
    made = value.iloc[rows]
    return made.reset_index(drop=True) if type(value.index).__name__ == "RangeIndex" else made


def _changed(made: Any, pool: Pool) -> Any:
    """The value with some elements replaced; in place where it can."""
    if hasattr(made, "columns"):
        if not made.shape[1]:
            return made
        place = pool.rng.randrange(made.shape[1])
        column = made.iloc[:, place]
        changed = _changed(column.copy(), pool)
        return made.assign(**{made.columns[place]: changed}) if type(made.columns[place]) is str else made
    if not made.size or made.dtype.kind not in "iufb":
        return made
    flat = made.reshape(-1) if hasattr(made, "reshape") else made.to_numpy(copy=True)
    with numpy().errstate(all="ignore"):
        for _ in range(pool.rng.choice((1, 1, 2, 5))):
            _change_one(flat, pool)
    if hasattr(made, "iloc"):
        return type(made)(flat, index=made.index, name=made.name)
    made = flat.reshape(made.shape)
    return _strided(numpy(), made) if made.ndim and pool.chance(0.08) else made


def _change_one(flat: Any, pool: Pool) -> None:
    rng, place = pool.rng, pool.rng.randrange(flat.size)
    roll = rng.random()
    if roll < 0.35:
        flat[place] = flat[rng.randrange(flat.size)]
    elif flat.dtype.kind == "f":
        flat[place] = rng.choice(_ODD) if pool.chance(pool.exotic / 2) else scalars.real(pool)
    elif flat.dtype.kind == "b":
        flat[place] = not flat[place]
    else:
        low = 0 if flat.dtype.kind == "u" else -3
        flat[place] = min(max(low, scalars.integer(pool)), 100 if flat.dtype.itemsize == 1 else 30_000)
