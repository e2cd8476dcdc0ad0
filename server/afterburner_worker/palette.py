"""Makes values of a type: containers with ties, duplicates and orderings, instances of classes, callables."""

from __future__ import annotations

import builtins
import collections
import dataclasses
import datetime
import enum
import functools
import importlib
import operator
import random
import sys
from typing import Any, Callable, Dict, List, Set, Tuple

from afterburner_worker import numeric, scalars
from afterburner_worker.arrays import numpy
from afterburner_worker.callbacks import GIVES, Callback
from afterburner_worker.frames import pandas
from afterburner_worker.guess import WILD, guesses
from afterburner_worker.hints import ANY, INT, NONE, STR, Type, parse, union
from afterburner_worker.key import clone
from afterburner_worker.scalars import MOST, Pool


class CannotBuild(Exception):
    """No value of this type can be made; the message says why."""


def values(description: Any, rng: random.Random, size: int = 8) -> Any:
    """One random value of a type (text, hint or `Type`), containers of mostly up to `size` elements.

    Raises CannotBuild.
    """
    return value(parse(description), Pool(rng, size))


def value(kind: Type, pool: Pool, depth: int = 0) -> Any:
    """One random value of a type. Raises CannotBuild."""
    if depth > 6 and kind.kind == "union" and NONE in kind.parts:
        return None
    if depth > 12:
        raise CannotBuild("the type contains itself without end")
    maker = _MAKERS.get(kind.kind)
    if maker is None:
        raise CannotBuild(f"no values known for {kind.kind}")
    return maker(kind, pool, depth)


def elements(kind: Type, pool: Pool, count: int, depth: int) -> List[Any]:
    """`count` values of a type that belong together: equal ones occur, rows have equal widths."""
    rng = pool.rng
    if kind.kind == "int":
        return scalars.integers(pool, count)
    if kind.kind == "list" and kind.parts and rng.random() < 0.85:
        width = rng.choice((2, 2, 3, count, rng.randint(1, 5)))
        flat = elements(kind.parts[0], pool, min(width * count, MOST), depth + 1)
        return [flat[i * width : (i + 1) * width] for i in range(count) if (i + 1) * width <= len(flat)]
    if kind.kind == "str" and rng.random() < 0.5:
        letters, most = scalars.alphabet(pool), rng.choice((1, 1, 2, 3, 6))
        least = most if rng.random() < 0.5 else 1
        return scalars.ordered([scalars.text_of(letters, rng.randint(least, most), rng) for _ in range(count)], pool)
    if kind.kind == "tuple" and kind.parts and rng.random() < 0.6:
        columns = [elements(part, pool, count, depth + 1) for part in kind.parts]
        return [tuple(row) for row in zip(*columns)] if all(len(column) == count for column in columns) else []
    if rng.random() < 0.35:
        some = [value(kind, pool, depth + 1) for _ in range(max(1, count // 2))]
        return [item if rng.random() < 0.1 else clone(item) for item in rng.choices(some, k=count)]
    return scalars.ordered([value(kind, pool, depth + 1) for _ in range(count)], pool)


def _list(kind: Type, pool: Pool, depth: int) -> List[Any]:
    part = kind.parts[0] if kind.parts else ANY
    if part == ANY:
        part = pool.rng.choice((INT, INT, STR))
    return elements(part, pool, scalars.length(pool, depth), depth)


def _tuple(kind: Type, pool: Pool, depth: int) -> Tuple[Any, ...]:
    return tuple(value(part, pool, depth + 1) for part in kind.parts)


def _dict(kind: Type, pool: Pool, depth: int) -> Dict[Any, Any]:
    first, second = (*kind.parts, ANY, ANY)[:2]
    count = scalars.length(pool, depth)
    names = _hashable(elements(STR if first == ANY else first, pool, count, depth + 1))
    inside = elements(INT if second == ANY else second, pool, count, depth + 1)
    return dict(zip(names, inside))


def _set(kind: Type, pool: Pool, depth: int) -> Set[Any]:
    return set(_hashable(_list(kind, pool, depth)))


def _hashable(found: List[Any]) -> List[Any]:
    try:
        hash(tuple(found))
    except TypeError:
        return [tuple(item) for item in found if isinstance(item, list)]
    return found


def _any(kind: Type, pool: Pool, depth: int) -> Any:
    return value(pool.rng.choice(WILD[: 4 if depth else None]), pool, depth + 1)


_PLAIN = (abs, bool, operator.neg, operator.pos, str)
_BINARY = (operator.add, operator.sub, operator.mul, max, min, operator.eq, operator.lt, operator.floordiv)
_TESTS = (bool, operator.not_, operator.truth)


def _callable(kind: Type, pool: Pool, depth: int) -> Callable[..., Any]:
    gives = kind.parts[0].kind if kind.parts else "any"
    if gives in GIVES and (gives == "none" or pool.chance(0.6)):
        return Callback(gives, pool.rng.randint(1, 9))
    if gives == "any" and pool.chance(0.3):
        return Callback(pool.rng.choice(("int", "same")), pool.rng.randint(1, 9))
    if kind.of == 2:
        return pool.rng.choice(_BINARY[-3:-1] if gives == "bool" else _BINARY)
    if gives in ("bool", "str", "int", "float"):
        return pool.rng.choice(
            {"bool": _TESTS, "str": (str, repr), "int": (abs, operator.neg), "float": (float, abs)}[gives]
        )
    return pool.rng.choice(_PLAIN)


def _date(kind: Type, pool: Pool, depth: int) -> Any:
    rng = pool.rng
    day = rng.choice((datetime.date(2024, 2, 29), datetime.date(1999, 12, 31), datetime.date(2000, 1, 1),
                      datetime.date.fromordinal(rng.randint(700_000, 740_000))))  # fmt: skip
    if kind.kind == "date":
        return day
    return datetime.datetime(day.year, day.month, day.day, *rng.choice(((), (23, 59, 59), (12, 30), (0, 0, 0, 1))))


def build(cls: type, pool: Pool, depth: int = 0) -> Any:
    """An instance of a class: an enum's member, or a call of the class with values by the hints of its `__init__`.

    Raises CannotBuild, naming the class, when three calls in a row fail.
    """
    if issubclass(cls, enum.Enum):
        members = list(cls)
        if not members:
            raise CannotBuild(f"{cls.__qualname__} has no members")
        if issubclass(cls, enum.Flag) and pool.chance(0.4):
            some = pool.rng.sample(members, pool.rng.randint(0, len(members)))
            return functools.reduce(operator.or_, some, cls(0))
        return pool.rng.choice(members)
    reason = ""
    for attempt in range(3):
        try:
            return _called(cls, dataclasses.replace(pool, exotic=0 if attempt else pool.exotic), depth)
        except Exception as error:  # user code runs here
            reason = f"{type(error).__name__}: {error}"
    raise CannotBuild(f"{cls.__qualname__} cannot be built ({reason})"[:300])


def _called(cls: type, pool: Pool, depth: int) -> Any:
    import inspect

    args, kwargs = [], {}
    for parameter in inspect.signature(cls).parameters.values():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        has_default = parameter.default is not parameter.empty
        if has_default and (depth > 6 or pool.chance(0.3)) and parameter.kind is not parameter.POSITIONAL_ONLY:
            continue
        made = value(pool.rng.choice(_field_types(cls, parameter, pool)), pool, depth + 2)
        if parameter.kind is parameter.POSITIONAL_ONLY:
            args.append(made)
        else:
            kwargs[parameter.name] = made
    return cls(*args, **kwargs)


_LINKS = {"next", "left", "right", "prev", "previous", "parent", "child", "random", "tail"}


def _field_types(cls: type, parameter: Any, pool: Pool) -> Tuple[Type, ...]:
    """What a constructor's parameter may be: what instances were seen to hold under its name, else its hint."""
    seen = pool.attributes.get((cls, parameter.name)) or pool.attributes.get((cls, "_" + parameter.name))
    if seen:
        return tuple(seen)
    if parameter.annotation is not parameter.empty:
        module = sys.modules.get(cls.__module__)
        return (parse(parameter.annotation, {cls.__name__: cls, **vars(module or builtins)}),)
    if parameter.default is None and parameter.name in _LINKS:
        return (union([Type("class", (), cls), NONE]),)
    return guesses(parameter.name, parameter.default if parameter.default is not parameter.empty else None)


def _rows(kind: Type, pool: Pool, depth: int) -> Any:
    """An array, table or column, where the program has imported what it is of."""
    if numpy() is None or (kind.kind != "ndarray" and pandas() is None):
        raise CannotBuild("numpy and pandas are not imported")
    if kind.kind == "frame":
        return numeric.frame(kind.of or (), pool)
    made = numeric.series(pool) if kind.kind == "series" else numeric.array(kind.of, pool)
    if made is None:
        raise CannotBuild(f"no arrays of {kind.of[0]} can be made up")
    return made


def _record(kind: Type, pool: Pool, depth: int) -> Dict[str, Any]:
    """A dict of named values; what may be missing is so half of the time."""
    there = [(name, part) for name, part in zip(kind.of, kind.parts) if part.kind != "optional" or pool.chance(0.5)]
    return {name: value(part, pool, depth + 1) for name, part in there}


_FACTORIES = {"list": list, "int": int, "set": set, "str": str, "dict": dict}


def _default_dict(kind: Type, pool: Pool, depth: int) -> Any:
    factory = _FACTORIES.get(kind.parts[1].kind if kind.parts[1:] else "int", int)
    return collections.defaultdict(factory, _dict(kind, pool, depth))


def _imported(module: str, name: str) -> Any:
    """A class of the standard library: whoever names it as a type has it imported."""
    return getattr(importlib.import_module(module), name)


_Maker = Callable[[Type, Pool, int], Any]


def _simple(made: Callable[[Pool], Any]) -> _Maker:
    return lambda kind, pool, depth: made(pool)


def _from_list(made: Callable[[List[Any]], Any]) -> _Maker:
    return lambda kind, pool, depth: made(_list(kind, pool, depth))


_MAKERS: Dict[str, _Maker] = {
    "int": _simple(scalars.integer),
    "float": _simple(lambda pool: scalars.integer(pool) if pool.chance(pool.exotic / 4) else scalars.real(pool)),
    "str": lambda kind, pool, depth: scalars.text(pool, 12 if depth < 1 else 6),
    "bool": _simple(lambda pool: pool.chance(0.5)),
    "none": _simple(lambda pool: None),
    "bytes": _simple(lambda pool: scalars.text(pool).encode(errors="replace")),
    "bytearray": _simple(lambda pool: bytearray(scalars.text(pool).encode(errors="replace"))),
    "complex": _simple(lambda pool: complex(scalars.real(pool), scalars.real(pool))),
    "range": _simple(
        lambda pool: range(pool.rng.randint(-3, 5), pool.rng.randint(-3, 12), pool.rng.choice((1, 1, 2, -1)))
    ),
    "decimal": _simple(
        lambda pool: _imported("decimal", "Decimal")(pool.rng.choice(("0", "1.10", "-2.5", "1E+3", "7")))
    ),
    "fraction": _simple(lambda pool: _imported("fractions", "Fraction")(scalars.integer(pool), pool.rng.randint(1, 9))),
    "path": _simple(
        lambda pool: _imported("pathlib", "PurePosixPath")(pool.rng.choice(("a/b.txt", "/x", ".", "a.tar.gz")))
    ),
    "timedelta": _simple(lambda pool: datetime.timedelta(pool.rng.randint(-3, 30), pool.rng.choice((0, 1, 86399)))),
    "date": _date,
    "datetime": _date,
    "any": _any,
    "list": _list,
    "iterator": _from_list(iter),
    "row": _from_list(tuple),
    "tuple": _tuple,
    "deque": _from_list(collections.deque),
    "set": _set,
    "frozenset": lambda kind, pool, depth: frozenset(_set(kind, pool, depth)),
    "dict": _dict,
    "OrderedDict": lambda kind, pool, depth: collections.OrderedDict(_dict(kind, pool, depth)),
    "defaultdict": _default_dict,
    "Counter": _from_list(lambda found: collections.Counter(_hashable(found))),
    "record": _record,
    "optional": lambda kind, pool, depth: value(kind.parts[0], pool, depth),
    "union": lambda kind, pool, depth: value(pool.rng.choice(kind.parts), pool, depth),
    "literal": lambda kind, pool, depth: pool.rng.choice(kind.of),
    "callable": _callable,
    "ndarray": _rows,
    "frame": _rows,
    "series": _rows,
    "enum": lambda kind, pool, depth: build(kind.of, pool, depth),
    "class": lambda kind, pool, depth: build(kind.of, pool, depth),
}
