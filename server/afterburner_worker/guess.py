"""Guesses a parameter's type from its name and default, when nothing says it."""

from __future__ import annotations

from typing import Any, Tuple

from afterburner_worker.hints import FLOAT, INT, STR, Type

WILD = (INT, Type("list", (INT,)), STR, Type("list", (STR,)), FLOAT, Type("list", (FLOAT,)),
        Type("list", (Type("list", (INT,)),)), Type("dict", (STR, INT)), Type("tuple", (INT, INT)),
        Type("list", (Type("tuple", (INT, INT)),)), Type("bool"), Type("set", (INT,)))  # fmt: skip

_LIST = Type("list", (INT,))
_WORDS = Type("list", (STR,))
_ROWS = Type("list", (_LIST,))
_PAIRS = Type("list", (Type("tuple", (INT, INT)),))
_NAMED: Tuple[Tuple[str, Tuple[Type, ...]], ...] = (
    (
        "target index idx count size width height limit start end left right low high num number year step amount val"
        " pos position depth capacity",
        (INT,),
    ),
    (
        "s t text string word name line pattern sentence str txt message prefix suffix sep path key source char ch"
        " content paragraph password",
        (STR, _WORDS),
    ),
    (
        "nums numbers arr array values prices heights weights scores xs ys list lst l items elements data seq sequence"
        " test_list a",
        (_LIST, _WORDS, Type("list", (FLOAT,)), _PAIRS),
    ),
    ("words names strings strs lines tokens texts paths keys", (_WORDS,)),
    ("matrix grid mat board graph edges points intervals rows table image", (_ROWS, Type("list", (_WORDS,)))),
    ("d dict mapping counts dictionary dic lookup", (Type("dict", (STR, INT)),)),
    ("n k m x y z i j b c r p q", (INT, FLOAT, _LIST, STR)),
)


def guesses(name: str, default: Any = None) -> Tuple[Type, ...]:
    """Plausible types of a parameter without annotation, the likeliest first; all are wild guesses from its name."""
    first: Tuple[Type, ...] = ()
    plain = name.lower().lstrip("_")
    for known, types in _NAMED:
        if {plain, plain.rstrip("0123456789_")} & set(known.split()):
            first = types
            break
    if default is not None and type(default) in (int, float, str, bool):
        first = (Type(type(default).__name__), *first)
    return tuple(dict.fromkeys((*first, *WILD)))
