"""numpy's arrays, scalars and dtypes as nodes, and back; numpy is only ever found, never imported."""

from __future__ import annotations

import ast
import sys
import types
from typing import Any, Callable, Dict, List, Optional, Tuple

from afterburner_worker.graph import Node, ThawError, TooLarge, Value
from afterburner_worker.naming import importable_name, inherits

_EXACT = "biufSUmM"
"""Kinds of dtype whose elements Python holds exactly, times as integers."""
_TIMES = "mM"
_CLASSES = ("ndarray", "matrix", "recarray")
_Row = Callable[[List[Any]], List[Any]]


def numpy() -> Any:
    """The module where the program has imported it, or None."""
    module = sys.modules.get("numpy")
    return module if type(module) is types.ModuleType and hasattr(module, "ndarray") else None


def has_rows(thing: Any) -> bool:
    """Whether a thing is an array of numpy, or a table or column of pandas: its length is its number of rows."""
    kind = type(thing)
    if kind.__name__ not in ("ndarray", "DataFrame", "Series"):
        return False
    return kind.__module__.partition(".")[0] in ("numpy", "pandas")


def node(walk: Any, thing: Any, slot: int) -> Optional[Node]:
    """The node of an array, scalar, dtype or function of numpy; None for anything else and for what has no data form.

    `walk` is the pass of `freeze` that meets it, `slot` where its node will stand.
    """
    np = numpy()
    if np is None:
        return None
    kind = type(thing)
    if any(kind is getattr(np, name, None) for name in _CLASSES):
        return _array(walk, np, thing, slot)
    if inherits(kind, np.generic):
        text = dtype_text(np, thing.dtype)
        if text is None or kind is not thing.dtype.type or thing.dtype.kind == "V":
            return None
        return ["scalar", "numpy:" + kind.__name__, text, walk.value(_items(np, np.asarray(thing))[0])]
    if inherits(kind, np.dtype):
        text = dtype_text(np, thing)
        return None if text is None else ["value", "numpy:dtype", [text]]
    if kind is np.ufunc or kind is type(np.sum):
        name = importable_name(thing, "numpy", thing.__name__)
        return ["function", name] if name else None
    return None


def _array(walk: Any, np: Any, thing: Any, slot: int) -> Optional[Node]:
    text = dtype_text(np, thing.dtype)
    if text is None:
        return None
    if thing.size > walk.work.max_nodes * 10:
        raise TooLarge("An array has more than %d elements." % (walk.work.max_nodes * 10))
    plain = np.ndarray.view(thing, np.ndarray)
    shared, offset = _shared(walk, np, thing, slot)
    return [
        "array",
        "numpy:" + type(thing).__name__,
        text,
        list(plain.shape),
        _layout(plain) + offset,
        walk.values(_items(np, plain)),
        shared,
    ]


def _layout(plain: Any) -> str:
    flags = plain.flags
    order = "C" if flags.c_contiguous else "F" if flags.f_contiguous else "S"
    return order + ("" if flags.writeable else "r")


def _shared(walk: Any, np: Any, thing: Any, slot: int) -> Tuple[Value, str]:
    """The array met before that this one shares its memory with, and how they lie to each other."""
    owner = thing
    while inherits(type(owner), np.ndarray) and owner.base is not None:
        owner = owner.base
    start = thing.__array_interface__["data"][0]
    if not thing.size:
        return None, ""
    known = walk.owners.setdefault(id(owner), (slot, start))
    walk.work.keep.append(owner)
    if known[0] == slot:
        return None, ""
    return [known[0]], " %+d %s" % (start - known[1], "x".join(map(str, thing.strides)))


def _items(np: Any, plain: Any) -> List[Any]:
    """The elements in row order, as exact objects of Python."""
    flat = plain.reshape(-1)
    if plain.dtype.kind in _TIMES:
        flat = flat.astype("i8")
    found: List[Any] = flat.tolist()
    return found


def dtype_text(np: Any, dtype: Any) -> Optional[str]:
    """A text that makes an equal dtype; None where Python's own objects cannot hold its elements exactly."""
    if dtype.kind in _EXACT and dtype.char != "g":
        text = dtype.str
    elif dtype.kind == "O":
        return "|O"
    elif dtype.kind == "c" and dtype.char != "G":
        text = dtype.str
    elif dtype.kind == "V" and dtype.names and all(dtype[name].kind in "biufSU" for name in dtype.names):
        text = str(dtype.descr)
    else:
        return None
    return text if dtype_of(text) == dtype else None


def dtype_of(text: str) -> Any:
    """The dtype that a text means; `ThawError` where numpy is missing or does not know it."""
    np = numpy()
    if np is None:
        raise ThawError("numpy is not imported here.")
    try:
        return np.dtype(ast.literal_eval(text) if text.startswith("[") else text)
    except (TypeError, ValueError, SyntaxError) as error:
        raise ThawError("numpy does not know the type %s (%s)." % (text[:80], error)) from None


def maker(node: Node, row: _Row) -> Callable[[List[Any]], Any]:
    """What makes the array of a node from the table of objects made before; plain numbers are laid out only once."""
    dtype, shape, layout = dtype_of(node[2]), tuple(node[3]), node[4].split(" ")[0]
    np = numpy()
    kind = getattr(np, node[1].partition(":")[2], None)
    if kind is None or node[1].partition(":")[2] not in _CLASSES:
        raise ThawError("%s is no array that can be rebuilt." % node[1])
    if type(node[6]) is list:
        plain = maker([*node[:6], None], row)
        return lambda table: _view(np, kind, table[node[6][0]], dtype, node, plain, table)
    if dtype.kind == "O" or any(type(value) is list for value in node[5]):
        return lambda table: _finished(kind, _laid_out(np, _filled(np, dtype, shape, row(table)), layout), layout)
    template = _filled(np, dtype, shape, row([]))
    return lambda table: _finished(kind, _laid_out(np, template, layout), layout)


def _view(np: Any, kind: Any, other: Any, dtype: Any, node: Node, plain: Any, table: List[Any]) -> Any:
    """The array in the memory of another one, where it lies inside of it; else with memory of its own."""
    _, offset, strides = node[4].split(" ")
    steps = tuple(int(step) for step in strides.split("x") if step)
    try:
        made = np.ndarray(tuple(node[3]), dtype, other, int(offset), steps)
    except (TypeError, ValueError):
        return plain(table)
    return _finished(kind, made, node[4].split(" ")[0])


def _filled(np: Any, dtype: Any, shape: Tuple[int, ...], items: List[Any]) -> Any:
    if dtype.kind == "O":
        flat = np.empty(len(items), dtype)
        for place, item in enumerate(items):
            flat[place] = item
    elif dtype.kind in _TIMES:
        flat = np.array(items, "i8").view(dtype.newbyteorder("=")).astype(dtype)
    else:
        flat = np.array(items, dtype)
    return flat.reshape(shape)


def _laid_out(np: Any, made: Any, layout: str) -> Any:
    """A fresh array of the same elements, in that order of memory."""
    if not layout.startswith("S"):
        return np.array(made, order="F" if layout.startswith("F") else "C")
    wide = np.empty((*made.shape[:-1], made.shape[-1] * 2), made.dtype)[..., ::2]
    wide[...] = made
    return wide


def _finished(kind: Any, made: Any, layout: str) -> Any:
    made = made if type(made) is kind else made.view(kind)
    if layout.endswith("r"):
        made.flags.writeable = False
    return made


def scalar(text: str, item: Any) -> Any:
    """The scalar of a dtype."""
    dtype = dtype_of(text)
    np = numpy()
    return _filled(np, dtype, (1,), [item])[0]


VALUES: Dict[str, Callable[..., Any]] = {"numpy:dtype": dtype_of}
"""Makers of what is written as a value."""
