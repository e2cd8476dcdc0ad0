"""Fast fresh copies of plain values in which nothing mutable is shared."""

from __future__ import annotations

import enum
import types
from typing import Any, Callable, Dict, List, Optional, Tuple

from afterburner_worker import functions, landmarks, stdvalues
from afterburner_worker.anatomy import anatomy, set_state, state
from afterburner_worker.naming import class_name, inherits, is_class

_Copy = Callable[[], Any]
_Seen = Dict[int, bool]
"""Identity → whether the object can change."""

_DEEPEST = 60
_CONSTANT_TYPES: Tuple[type, ...] = (int, float, bool, str, type(None), bytes, complex, range, type(...))
_CONSTANT_TYPES += (types.MethodDescriptorType,)
_CONSTANT = {id(kind) for kind in _CONSTANT_TYPES}


class _NotPlain(Exception):
    """The value is shared, cyclic, too deep, or of a kind that has no fast copy."""


def copier(roots: Dict[str, Any]) -> Optional[_Copy]:
    """A function that gives copies of `roots` as deep as anything mutable goes; None where sharing rules that out.

    `roots` itself serves as the template and must not be changed or handed out.
    """
    try:
        copy = _copier(roots, {}, 0)
    except _NotPlain:
        return None
    return copy or roots.copy


def _copier(thing: Any, seen: _Seen, depth: int) -> Optional[_Copy]:
    """What copies a value; None when it needs no copy because nothing in it can change."""
    kind = id(type(thing))
    if kind in _CONSTANT:
        return None
    if depth > _DEEPEST or seen.get(id(thing)):
        raise _NotPlain
    if id(thing) in seen:
        return None
    seen[id(thing)] = True
    copy = _WAYS.get(kind, _object)(thing, seen, depth)
    seen[id(thing)] = copy is not None
    return copy


def _list(thing: List[Any], seen: _Seen, depth: int) -> _Copy:
    copies = [_copier(one, seen, depth + 1) for one in thing]
    every: List[Any] = copies
    if all(copies):
        return lambda: [copy() for copy in every]
    places = [(place, copy) for place, copy in enumerate(copies) if copy]
    return _patched(thing.copy, places) if places else thing.copy


def _dict(thing: Dict[Any, Any], seen: _Seen, depth: int) -> _Copy:
    if any(_copier(key, seen, depth + 1) for key in thing):
        raise _NotPlain
    copies = [(key, _copier(value, seen, depth + 1)) for key, value in thing.items()]
    places = [(key, copy) for key, copy in copies if copy]
    return _patched(thing.copy, places) if places else thing.copy


def _patched(copy: _Copy, places: List[Any]) -> _Copy:
    def patched() -> Any:
        out = copy()
        for place, part in places:
            out[place] = part()
        return out

    return patched


def _tuple(thing: Any, seen: _Seen, depth: int) -> Optional[_Copy]:
    copies = [_copier(one, seen, depth + 1) for one in thing]
    if not any(copies):
        return None
    places = [(place, copy) for place, copy in enumerate(copies) if copy]
    patched = _patched(list(thing).copy, places)
    return lambda: tuple(patched())


def _frozenset(thing: Any, seen: _Seen, depth: int) -> Optional[_Copy]:
    _set(thing, seen, depth)
    return None


def _set(thing: Any, seen: _Seen, depth: int) -> _Copy:
    if any(_copier(one, seen, depth + 1) for one in thing):
        raise _NotPlain
    return thing.copy


def _bytearray(thing: Any, seen: _Seen, depth: int) -> _Copy:
    return thing.copy


def _function(thing: Any, seen: _Seen, depth: int) -> None:
    """A function is shared unless it was made from data and holds something, or is bound to what may change."""
    if type(thing) is types.BuiltinFunctionType:
        holds = not isinstance(thing.__self__, (types.ModuleType, type, type(None)))
    else:
        holds = functions.was_made(thing) and not functions.is_plain(thing)
    if holds:
        raise _NotPlain


def _object(thing: Any, seen: _Seen, depth: int) -> Optional[_Copy]:
    """An instance of a class written in Python on nothing but `object`, or one that cannot change."""
    kind = type(thing)
    if is_class(thing) or inherits(type(kind), enum.EnumMeta) or landmarks.place(thing):
        return None
    known = stdvalues.arguments(thing, class_name(kind))
    if known is not None:
        if any(_copier(one, seen, depth + 1) for one in known[1]):
            raise _NotPlain
        return None
    layout = anatomy(kind)
    attributes = state(thing, layout) if layout and layout.built_on is object else None
    if not layout or attributes is None:
        raise _NotPlain
    parts = [(name, value, _copier(value, seen, depth + 1)) for name, value in attributes]
    steady = {name: value for name, value, part in parts if not part and name not in layout.slots}
    rest = [(name, value, part) for name, value, part in parts if name not in steady]
    namespace = layout.namespace

    def copy() -> Any:
        out = object.__new__(kind)
        if steady:
            namespace.__get__(out).update(steady)
        for name, value, part in rest:
            set_state(out, layout, name, part() if part else value)
        return out

    return copy


_WAYS: Dict[int, Any] = {
    id(list): _list,
    id(dict): _dict,
    id(tuple): _tuple,
    id(frozenset): _frozenset,
    id(set): _set,
    id(bytearray): _bytearray,
    id(types.FunctionType): _function,
    id(types.BuiltinFunctionType): _function,
}
