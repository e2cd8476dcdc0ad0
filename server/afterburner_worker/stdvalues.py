"""Immutable values of the standard library, written as the arguments that make them again."""

from __future__ import annotations

import sys
from typing import Any, Callable, Dict, List, Optional, Tuple

from afterburner_worker.naming import lookup

_Write = Callable[[Any], List[Any]]
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
}
for _name in ("PurePath", "PurePosixPath", "PureWindowsPath", "PosixPath", "WindowsPath"):
    _CODECS["pathlib:" + _name] = (lambda x: [str(x)], _call)


def arguments(thing: Any, name: str) -> Optional[Tuple[str, List[Any]]]:
    """The public type name and the arguments that make this value again; None unless its exact type is known here."""
    name = name.replace("pathlib._local:", "pathlib:")
    codec = _CODECS.get(name)
    if codec is None or lookup(name) is not type(thing):
        return None
    return name, codec[0](thing)


def maker(name: str) -> Optional[_Make]:
    """The function of (class, *arguments) that makes such a value."""
    codec = _CODECS.get(name)
    return codec[1] if codec else None
