"""Kinds: types as far as rules tell them apart, read from hints and from descriptions of what was seen."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

NUMBERS = ("int", "float", "bool", "complex")

_SEQUENCES = {"sequence", "collection", "iterable", "mutablesequence", "container", "reversible"}
_UNKNOWN = {"any", "object", "t", "self"}
_NO_HASH = {"list", "dict", "set", "bytearray", "deque", "defaultdict", "ordereddict", "counter", "ndarray", "array"}
_NO_HASH |= {"series", "dataframe"}
_PARTIAL_ORDER = {"set", "frozenset", "dict", "complex", "none", "ndarray", "series", "dataframe"}


@dataclass(frozen=True, slots=True)
class Kind:
    """A type with its arguments: `list[int]` is `Kind("list", (Kind("int"),))`."""

    name: str
    args: tuple[Kinds, ...] = ()


Kinds = frozenset[Kind]
UNKNOWN: Kinds = frozenset()
"""No idea: not the same as "no type"."""


def parsed(text: str) -> Kinds:
    """The kinds that a hint or description such as `list[int] | None` names."""
    try:
        return of_hint(ast.parse(text.strip(), mode="eval").body)
    except SyntaxError:
        return UNKNOWN


def of_hint(node: ast.expr | None) -> Kinds:
    """The kinds that a hint allows; empty when it says nothing."""
    match node:
        case ast.Constant(value=None):
            return frozenset({Kind("none")})
        case ast.Constant(value=str(text)):
            return parsed(text)
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return either([of_hint(left), of_hint(right)])
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return _named(name, ())
        case ast.Subscript(value=ast.Name(id=name) | ast.Attribute(attr=name), slice=inner):
            parts = [p for p in (inner.elts if isinstance(inner, ast.Tuple) else [inner]) if not _is_ellipsis(p)]
            if name == "Union":
                return either([of_hint(part) for part in parts])
            if name == "Optional":
                return either([of_hint(parts[0]), frozenset({Kind("none")})])
            return _named(name, tuple(of_hint(part) for part in parts))
    return UNKNOWN


def of_seen(texts: Iterable[str]) -> Kinds:
    """The kinds of what was seen; a container that was empty says nothing against one of its type that was not."""
    kinds = either([parsed(text) for text in sorted(texts)])
    return frozenset(kind for kind in kinds if not any(_says_more(other, kind) for other in kinds))


def telling(texts: Iterable[str]) -> list[str]:
    """The descriptions without those of empty containers where a filled one of the type was seen as well."""
    kinds = of_seen(texts)
    return sorted(text for text in texts if not kinds or parsed(text) & kinds)


def refined(hint: Kinds, seen: Kinds) -> Kinds:
    """What a hint allows, in the words of what was seen where these say the same more precisely."""
    if not seen:
        return hint
    return seen | {kind for kind in hint if not _vague(kind) and not any(_says_more(other, kind) for other in seen)}


def either(parts: Iterable[Kinds]) -> Kinds:
    """One of several; unknown as soon as one is."""
    found = list(parts)
    return frozenset().union(*found) if found and all(found) else UNKNOWN


def named(kinds: Kinds, *names: str) -> bool:
    """Whether any is one of these types, or a hint such as `Sequence` that stands for a list or tuple."""
    listed = bool({"list", "tuple"} & set(names))
    return any(kind.name in names or (listed and _vague(kind)) for kind in kinds)


def items_of(kinds: Kinds) -> Kinds:
    """The kinds of what iterating over one of these gives."""
    return either([_items(kind) for kind in kinds])


def part_of(kinds: Kinds, place: int) -> Kinds:
    """The kinds of one part when a value of these is taken apart."""
    return either([_part(kind, place) for kind in kinds])


def values_of(kinds: Kinds) -> Kinds:
    """The kinds of the values of dicts."""
    return either([kind.args[1] if kind.name == "dict" and len(kind.args) == 2 else UNKNOWN for kind in kinds])


def hashable(kinds: Kinds) -> bool:
    """False when a known one has no hash, also as a part of a tuple."""
    return not any(
        kind.name in _NO_HASH or (kind.name in ("tuple", "frozenset") and not all(hashable(part) for part in kind.args))
        for kind in kinds
    )


def ordered(kinds: Kinds) -> bool:
    """False when values of a known one are not totally ordered among themselves; floats pass, though NaN exists."""
    return not any(
        kind.name in _PARTIAL_ORDER or (kind.name in ("tuple", "list") and not all(ordered(part) for part in kind.args))
        for kind in kinds
    )


def alike(kinds: Kinds) -> bool:
    """False when they are of types that do not compare with each other, such as `int` and `str`."""
    return len({"number" if kind.name in NUMBERS else kind.name for kind in kinds}) <= 1


def _named(name: str, args: tuple[Kinds, ...]) -> Kinds:
    lower = {"nonetype": "none", "text": "str"}.get(name.lower(), name.lower())
    if lower in _UNKNOWN or (len(name) == 1 and name.isupper()):
        return UNKNOWN
    return frozenset({Kind(lower, args)})


def _vague(kind: Kind) -> bool:
    return kind.name in _SEQUENCES


def _says_more(other: Kind, kind: Kind) -> bool:
    """Whether another kind is the same type, with arguments where this one has none."""
    if other.name != kind.name or other == kind:
        return False
    return not kind.args or (
        len(other.args) == len(kind.args)
        and all(_covers(more, less) for more, less in zip(other.args, kind.args, strict=True))
    )


def _covers(more: Kinds, less: Kinds) -> bool:
    return more == less or (
        bool(less) and all(any(kind == other or _says_more(other, kind) for other in more) for kind in less)
    )


def _items(kind: Kind) -> Kinds:
    match kind:
        case Kind(name="str"):
            return frozenset({kind})
        case Kind(name="bytes" | "bytearray"):
            return frozenset({Kind("int")})
        case Kind(name="tuple", args=args) if args:
            return either(args)
        case Kind(args=(inner, *_)):
            return inner
    return UNKNOWN


def _part(kind: Kind, place: int) -> Kinds:
    if kind.name == "tuple" and len(kind.args) > 1:
        return kind.args[place] if -len(kind.args) <= place < len(kind.args) else UNKNOWN
    return _items(kind)


def _is_ellipsis(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is ...
