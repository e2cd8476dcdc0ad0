"""Tells values apart and copies them, without asking them: no user code runs in `key`."""

from __future__ import annotations

import copy
import zlib
from typing import Any, Dict, List

from afterburner_worker.arrays import has_rows

_ATOMS = (int, float, str, bytes, bool, complex, type(None))
_SHOWN = ("range", "slice", "bytearray", "deque", "ellipsis")
"""Other built-in types whose text tells their values apart."""
_ITERATORS = ("list_iterator", "tuple_iterator", "range_iterator", "str_iterator", "str_ascii_iterator")
_FUNCTIONS = (type(len), type(lambda: None))
_ROWS = (list, tuple, set, frozenset)


def key(value: Any, limit: int = 4000) -> str:
    """A text that is equal for equal values of the same types and the same aliasing, free of identities.

    Values of more than `limit` nodes are cut there; what is not plain data shows its type and attributes only.
    """
    out: List[str] = []
    _write(value, out, {}, limit)
    return "".join(out)


def _write(value: Any, out: List[str], seen: Dict[int, int], limit: int) -> None:
    kind = type(value)
    if kind in _ATOMS:
        out.append(repr(value))
        out.append(",")
        return
    if len(out) > limit:
        out.append("…")
        return
    if kind is not tuple:
        if id(value) in seen:
            out.append("&%d," % seen[id(value)])
            return
        seen[id(value)] = len(seen)
    if kind is list or kind is tuple:
        out.append("[" if kind is list else "(")
        for item in value:
            _write(item, out, seen, limit)
        out.append("]")
    elif kind is set or kind is frozenset:
        out.append(kind.__name__ + "{")
        out.extend(sorted(key(item, limit) for item in value))
        out.append("}")
    else:
        _write_other(value, out, seen, limit)


def _write_other(value: Any, out: List[str], seen: Dict[int, int], limit: int) -> None:
    kind = type(value)
    out.append(kind.__qualname__ + "<")
    if has_rows(value):
        out.append(_rows_text(value) + ">")
        return
    if issubclass(kind, dict):
        for name, item in dict.items(value):
            _write(name, out, seen, limit)
            _write(item, out, seen, limit)
    elif issubclass(kind, _ROWS):
        rows: Any = next(base for base in _ROWS if issubclass(kind, base))
        items = [key(item, limit) for item in rows.__iter__(value)]
        out.extend(items if rows in (list, tuple) else sorted(items))
    elif issubclass(kind, (int, float, str, bytes)):
        out.append(next(base for base in (int, float, str, bytes) if issubclass(kind, base)).__repr__(value))
    elif kind.__name__ in _ITERATORS:
        _write(value.__reduce__()[1:], out, seen, limit)
    elif kind.__name__ in _SHOWN or kind.__module__ in ("datetime", "decimal", "fractions", "numpy", "pathlib"):
        out.append(repr(value))
    elif issubclass(kind, (type, *_FUNCTIONS)):
        out.append(value.__qualname__)
    for name, item in attributes(value).items():
        out.append(name + "=")
        _write(item, out, seen, limit)
    out.append(">")


def _rows_text(value: Any) -> str:
    """A short text for what an array, table or column holds."""
    parts: List[Any]
    if hasattr(value, "columns"):
        parts = [[label, str(column.dtype), column.tolist()] for label, column in value.items()] + [list(value.index)]
    elif hasattr(value, "index"):
        parts = [str(value.dtype), value.tolist(), list(value.index)]
    else:
        parts = [value.dtype.str, value.shape, value.flags.c_contiguous, value.tolist()]
    return "%08x" % zlib.crc32(repr(parts).encode("utf-8", "surrogatepass"))


def attributes(value: Any) -> Dict[str, Any]:
    """What an object holds in its `__dict__` and slots, read past any `__getattr__`; a function's are left out."""
    kind = type(value)
    if isinstance(value, type) or kind.__module__ == "builtins":
        return {}
    found: Dict[str, Any] = {}
    for base in reversed(kind.__mro__):
        slots = base.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            mangled = f"_{base.__name__.lstrip('_')}{name}" if name[:2] == "__" and name[-2:] != "__" else name
            try:
                found[mangled] = object.__getattribute__(value, mangled)
            except AttributeError:
                continue
    try:
        found.update(object.__getattribute__(value, "__dict__"))
    except AttributeError:
        pass
    found.pop("__dict__", None)
    found.pop("__weakref__", None)
    return found


def clone(value: Any, depth: int = 0) -> Any:
    """A copy that shares nothing mutable with the value; plain containers quickly, objects by `copy.deepcopy`.

    What cannot be copied is returned itself. Aliases inside plain containers are not kept.
    """
    kind = type(value)
    if kind in _ATOMS:
        return value
    if depth < 20:
        if kind in _ROWS:
            return kind(clone(item, depth + 1) for item in value)
        if kind is dict:
            return {name: clone(item, depth + 1) for name, item in value.items()}
    try:
        return copy.deepcopy(value)
    except Exception:  # a user's __deepcopy__ may raise anything
        return value


def with_attributes(value: Any, changes: Dict[str, Any]) -> Any:
    """A shallow copy of an object with some attributes replaced, past any `__setattr__`; None where that fails."""
    try:
        made = copy.copy(value)
        for name, item in changes.items():
            object.__setattr__(made, name, item)
    except Exception:  # a user's __copy__ or __reduce__ may raise anything
        return None
    return made if type(made) is type(value) and made is not value else None
