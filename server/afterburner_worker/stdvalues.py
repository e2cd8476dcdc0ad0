"""Values of the standard library, written as the arguments that make them again: immutable ones, and buffers."""

from __future__ import annotations

import gc
import sys
from collections import OrderedDict
from typing import Any, Callable, Dict, List, Optional, Tuple

from afterburner_worker.naming import lookup

_Write = Callable[[Any], Optional[List[Any]]]
_Make = Callable[..., Any]


def _datetime(moment: Any) -> List[Any]:
    day = [moment.year, moment.month, moment.day]
    return day + _time(moment)


def _time(moment: Any) -> List[Any]:
    return [moment.hour, moment.minute, moment.second, moment.microsecond, moment.tzinfo, moment.fold]


def _make_datetime(kind: Any, *parts: Any) -> Any:
    return kind(*parts[:-1], fold=parts[-1])


def _compile(kind: Any, pattern: Any, flags: int) -> Any:
    return sys.modules["re"].compile(pattern, flags)


def _call(kind: Any, *arguments: Any) -> Any:
    return kind(*arguments)


def _below(thing: Any) -> List[Any]:
    """The mapping below a view or proxy, without asking either."""
    return gc.get_referents(thing)[:1]


def _logger(thing: Any) -> Optional[List[Any]]:
    """The name of a logger, which is one and the same wherever it is asked for."""
    name = thing.__dict__.get("name")
    known = sys.modules["logging"].Logger.manager.loggerDict.get(name)
    return [name] if known is thing else None


def _partial(thing: Any) -> List[Any]:
    return [thing.func, thing.args, dict(thing.keywords), dict(thing.__dict__) or None]


def _make_partial(kind: Any, function: Any, arguments: Any, keywords: Any, own: Any) -> Any:
    made = kind(function, *arguments, **keywords)
    made.__dict__.update(own or {})
    return made


def _getter(thing: Any) -> List[Any]:
    """What `itemgetter`, `attrgetter` and `methodcaller` were called with: arguments, keywords."""
    made = thing.__reduce__()
    if type(made[0]) is type:
        return [made[1], {}]
    return [(*made[0].args, *made[1]), dict(made[0].keywords)]


def _make_getter(kind: Any, arguments: Any, keywords: Any) -> Any:
    return kind(*arguments, **keywords)


def _make_bound(kind: Any, receiver: Any, name: str) -> Any:
    return getattr(receiver, name)


def _viewed(thing: Any) -> Optional[List[Any]]:
    held = thing.obj
    whole = type(held) in (bytes, bytearray) and thing.format == "B" and thing.ndim == 1 and thing.c_contiguous
    return [held] if whole and thing.nbytes == len(held) else None


def _make_text_buffer(kind: Any, content: str, newline: Any, position: int) -> Any:
    made = kind()
    made.__setstate__((content, newline, position, None))
    return made


def _make_buffer(kind: Any, content: bytes, position: int) -> Any:
    made = kind()
    made.__setstate__((content, position, None))
    return made


_CODECS: Dict[str, Tuple[_Write, _Make]] = {
    "decimal:Decimal": (lambda x: [str(x)], _call),
    "fractions:Fraction": (lambda x: [x.numerator, x.denominator], _call),
    "datetime:date": (lambda x: [x.year, x.month, x.day], _call),
    "datetime:datetime": (_datetime, _make_datetime),
    "datetime:time": (_time, _make_datetime),
    "datetime:timedelta": (lambda x: [x.days, x.seconds, x.microseconds], _call),
    "datetime:timezone": (lambda x: list(x.__getinitargs__()), _call),
    "zoneinfo:ZoneInfo": (lambda x: [x.key], _call),
    "uuid:UUID": (lambda x: [x.hex], _call),
    "re:Pattern": (lambda x: [x.pattern, x.flags], _compile),
    "builtins:method": (lambda x: [x.__func__, x.__self__], _call),
    "builtins:builtin_function_or_method": (lambda x: [x.__self__, x.__name__], _make_bound),
    "builtins:method-wrapper": (lambda x: [x.__self__, x.__name__], _make_bound),
    "builtins:mappingproxy": (_below, _call),
    "builtins:memoryview": (_viewed, _call),
    "logging:Logger": (_logger, lambda kind, name: sys.modules["logging"].getLogger(name)),
    "functools:partial": (_partial, _make_partial),
}
for _name in ("PurePath", "PurePosixPath", "PureWindowsPath", "PosixPath", "WindowsPath"):
    _CODECS["pathlib:" + _name] = (lambda x: [str(x)], _call)
for _name in ("itemgetter", "attrgetter", "methodcaller"):
    _CODECS["operator:" + _name] = (_getter, _make_getter)
for _name in ("keys", "values", "items"):
    _CODECS["builtins:dict_" + _name] = (_below, lambda kind, held, name=_name: getattr(dict, name)(held))
    _CODECS["builtins:odict_" + _name] = (_below, lambda kind, held, name=_name: getattr(OrderedDict, name)(held))

_BUFFERS: Dict[str, Tuple[_Write, _Make]] = {
    "_io:StringIO": (lambda x: list(x.__getstate__()[:3]), _make_text_buffer),
    "_io:BytesIO": (lambda x: list(x.__getstate__()[:2]), _make_buffer),
}
"""Those that can change."""


def arguments(thing: Any, name: str) -> Optional[Tuple[str, List[Any]]]:
    """The public type name and the arguments that make this value again; None unless its exact type is known here."""
    return _written(thing, name.replace("pathlib._local:", "pathlib:"), _CODECS)


def buffer(thing: Any, name: str) -> Optional[Tuple[str, List[Any]]]:
    """The same for what can change: text and bytes in memory, with where it is read next."""
    return _written(thing, name, _BUFFERS)


def _written(thing: Any, name: str, codecs: Dict[str, Tuple[_Write, _Make]]) -> Optional[Tuple[str, List[Any]]]:
    codec = codecs.get(name)
    if codec is None or lookup(name) is not type(thing):
        return None
    try:
        found = codec[0](thing)
    except ValueError:  # a closed buffer, a released view
        return None
    return None if found is None else (name, found)


def maker(name: str) -> Optional[_Make]:
    """The function of (class, *arguments) that makes such a value."""
    codec = _CODECS.get(name) or _BUFFERS.get(name)
    return codec[1] if codec else None
