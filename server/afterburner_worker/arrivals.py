"""From the frame of a call whose body is about to run to that call's arguments, as they can be passed again."""

from __future__ import annotations

import functools
import types
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Tuple

from afterburner_worker.naming import class_dict, is_class

_VARARGS, _VARKEYWORDS = 4, 8
_PLAIN = (type(None), bool, int, float, complex, str, bytes)


class Arrival(NamedTuple):
    """A call's arguments, and for messages the name of the parameter behind each."""

    roots: Dict[str, Any]
    """args, kwargs, and for methods receiver"""
    names: Tuple[str, ...]
    """Of the parameters that `args` are for; those of *args have its name."""


def arrival(frame: types.FrameType, function: Optional[types.FunctionType], *, is_bound: bool) -> Arrival:
    """The arguments in a frame whose body has not begun; the first one is the receiver where `is_bound`.

    A parameter that has its own default is left out unless the default is a plain value: it may be a sentinel, or
    shared by all calls, and neither could be rebuilt.
    """
    code = frame.f_code
    local = frame.f_locals
    count = code.co_argcount
    names = code.co_varnames
    star = code.co_flags & _VARARGS and names[count + code.co_kwonlyargcount]
    rest: Tuple[Any, ...] = local[star] if star else ()
    positional = [(name, local[name]) for name in names[:count]]
    receiver = []
    if is_bound and positional:
        receiver = [positional.pop(0)[1]]
    elif is_bound:
        receiver, rest = list(rest[:1]), rest[1:]
    absent = _left_out(positional, function, code)
    first = len(positional) if rest else next((i for i, (name, _) in enumerate(positional) if name in absent), None)
    passed = positional[: max(first if first is not None else len(positional), code.co_posonlyargcount - len(receiver))]
    kwargs = {name: value for name, value in positional[len(passed) :] if name not in absent}
    kwargs.update(_keywords(code, local, function))
    roots: Dict[str, Any] = {"args": (*(value for _, value in passed), *rest), "kwargs": kwargs}
    if receiver:
        roots["receiver"] = receiver[0]
    _forget(local)
    return Arrival(roots, (*(name for name, _ in passed), *[str(star)] * len(rest)))


def is_bound(owner: Any, name: str) -> bool:
    """Whether a call of the attribute `name` passes the object (or class) it is found on as first argument."""
    if not is_class(owner):
        return False
    attribute = class_dict(owner).get(name)
    if isinstance(attribute, (classmethod, property, functools.cached_property)):
        return True
    return not isinstance(attribute, staticmethod) and name != "__new__"


def _keywords(code: types.CodeType, local: Mapping[str, Any], function: Optional[types.FunctionType]) -> Dict[str, Any]:
    names, first = code.co_varnames, code.co_argcount
    only = names[first : first + code.co_kwonlyargcount]
    defaults = (function.__kwdefaults__ if function else None) or {}
    found = {name: local[name] for name in only if not _is_default(local[name], defaults, name)}
    if code.co_flags & _VARKEYWORDS:
        place = first + code.co_kwonlyargcount + bool(code.co_flags & _VARARGS)
        found.update(local[names[place]])
    return found


def _left_out(
    positional: List[Tuple[str, Any]], function: Optional[types.FunctionType], code: types.CodeType
) -> List[str]:
    defaults = (function.__defaults__ if function else None) or ()
    by_name = dict(zip(code.co_varnames[code.co_argcount - len(defaults) : code.co_argcount], defaults))
    return [name for name, value in positional if _is_default(value, by_name, name)]


def _is_default(value: Any, defaults: Mapping[str, Any], name: str) -> bool:
    return name in defaults and value is defaults[name] and type(value) not in _PLAIN


def _forget(local: Any) -> None:
    """Before 3.13 the frame keeps what it was asked for, and with it objects that the body may want to let go."""
    if type(local) is dict:
        local.clear()
