"""Built-in iterators written down without consuming them: what is left of them, or how to make them again."""

from __future__ import annotations

import itertools
import types
import warnings
from collections import OrderedDict, deque
from typing import Any, Callable, Dict, List, Optional, Tuple

from afterburner_worker.naming import class_name

_ITERABLES: List[Any] = [[], (), {}, {}.values(), {}.items(), set(), "", "é", b"", bytearray(), range(0), range(2**70)]
_ITERABLES += [deque(), OrderedDict(), OrderedDict().values(), OrderedDict().items()]
_REVERSIBLE: List[Any] = [[], {}, {}.values(), {}.items(), range(0), deque()]
_OVER_DATA: List[Any] = [type(iter(one)) for one in _ITERABLES] + [type(reversed(one)) for one in _REVERSIBLE]
_FROM_PARTS: List[Any] = [map, filter, zip, enumerate, reversed, type(iter(list, None))]
_FROM_PARTS += [one for one in vars(itertools).values() if type(one) is type and hasattr(one, "__next__")]
_BACKWARDS = {id(type(reversed(one))) for one in _REVERSIBLE[:1] + _REVERSIBLE[-1:]} | {id(reversed)}
_DATA = {id(kind) for kind in (list, tuple, str, bytes, bytearray, range, deque)}
_OVER_DATA_IDS = {id(kind) for kind in _OVER_DATA} | {id(reversed)}
_MAKERS: Dict[str, Callable[..., Any]] = {class_name(kind): kind for kind in _FROM_PARTS}
_BY_ITER: List[Any] = [iter(list, None), iter(range(0)), iter(range(2**70))]
_MAKERS.update((class_name(type(one)), iter) for one in _BY_ITER)

LAZY = {id(kind) for kind in [types.GeneratorType, *_OVER_DATA, *_FROM_PARTS]}
"""Identities of the types whose values are lazy: generators and the interpreter's own iterators."""


def remaining(thing: Any, most: int) -> Optional[List[Any]]:
    """What an iterator over plain data still holds; None for other iterators, and for a range of more than `most`.

    The iterator stays as it is and no user code runs: its own `__reduce__` tells where it stands.
    """
    if id(type(thing)) not in _OVER_DATA_IDS:
        return None
    parts = _reduced(thing)
    if parts is None:
        return None
    arguments, state = parts[1:]
    source = arguments[0] if arguments else ()
    if id(type(source)) not in _DATA or (type(source) is range and len(source) > most):
        return None
    at = arguments[1] if len(arguments) > 1 else state or 0
    if id(type(thing)) not in _BACKWARDS:
        return list(itertools.islice(source, at, None))
    if type(source) is deque:
        return list(itertools.islice(reversed(source), at, None))
    return list(source[at::-1]) if at < len(source) else []


def recipe(thing: Any) -> Optional[Tuple[str, List[Any]]]:
    """The type's name, and the arguments and state that make this iterator again; None where it does not tell them."""
    parts = _reduced(thing)
    if parts is None:
        return None
    make, arguments, state = parts
    name = class_name(make if type(make) is type else type(thing))
    return (name, [arguments, state]) if name in _MAKERS else None


def maker(name: str) -> Optional[Callable[[Tuple[Any, ...], Any], Any]]:
    """The function of (arguments, state) that makes such an iterator."""
    make = _MAKERS.get(name)
    if make is None:
        return None
    known = make

    def again(arguments: Tuple[Any, ...], state: Any) -> Any:
        made = known(*arguments)
        if state is not None:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                made.__setstate__(state)
        return made

    return again


def _reduced(thing: Any) -> Optional[Tuple[Any, Tuple[Any, ...], Any]]:
    """What makes an iterator again: a callable, its arguments, its state or None."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # from 3.12 on, those of itertools warn that 3.14 drops this
            made = thing.__reduce__()
    except (TypeError, ValueError, RuntimeError, OverflowError):
        return None
    return made[0], made[1], made[2] if len(made) > 2 else None
