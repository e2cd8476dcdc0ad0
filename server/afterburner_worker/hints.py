"""Reads types: from annotations (live objects or text), from example values, into one small shape of ours.

Every description, however odd, gives a `Type`; what cannot be resolved is `ANY` and never an exception.
"""

from __future__ import annotations

import ast
import builtins
import enum
import sys
import typing
from typing import Any, Dict, Iterable, List, Mapping, NamedTuple, Optional, Tuple

from afterburner_worker.arrays import has_rows
from afterburner_worker.key import attributes
from afterburner_worker.numeric import form_named, form_of


class Type(NamedTuple):
    """A type that values can be made of."""

    kind: str
    """A key of `palette`'s makers: "int", "list", "union", "class" …"""
    parts: Tuple[Type, ...] = ()
    of: Any = None
    """The class of "class" and "enum", the values of "literal", the arity of "callable", the keys of "record", dtype
    and axes of "ndarray", the columns of "frame"."""


ANY = Type("any")
NONE = Type("none")
INT = Type("int")
STR = Type("str")
FLOAT = Type("float")

_LISTS = "list List Sequence MutableSequence Iterable Collection Reversible Container"
_DICTS = "dict Dict Mapping MutableMapping"
_SETS = "set Set AbstractSet MutableSet"
_SAME = "int float bool str bytes bytearray complex range deque defaultdict Counter OrderedDict frozenset tuple"
_KINDS = {
    **dict.fromkeys(_LISTS.split(), "list"),
    **dict.fromkeys(_DICTS.split(), "dict"),
    **dict.fromkeys(_SETS.split(), "set"),
    **{name: name for name in _SAME.split()},
    "Tuple": "tuple",
    "FrozenSet": "frozenset",
    "Deque": "deque",
    "DefaultDict": "defaultdict",
    "Iterator": "iterator",
    "Generator": "iterator",
    "Callable": "callable",
    "DataFrame": "frame",
    "Series": "series",
    "NoneType": "none",
    "Text": "str",
    "AnyStr": "str",
    "LiteralString": "str",
    "ByteString": "bytes",
    "Decimal": "decimal",
    "Fraction": "fraction",
    "date": "date",
    "datetime": "datetime",
    "timedelta": "timedelta",
    "Path": "path",
    "PurePath": "path",
    "PurePosixPath": "path",
}
_ARRAYS = ("ndarray", "NDArray")
_NUMBER = Type("union", (INT, FLOAT))
_ODD = {
    "Number": _NUMBER,
    "Real": _NUMBER,
    "Complex": _NUMBER,
    "Integral": INT,
    "SupportsInt": _NUMBER,
    "SupportsFloat": _NUMBER,
    "SupportsIndex": INT,
    "Sized": Type("list", (INT,)),
    "Hashable": Type("union", (INT, STR)),
}
_STANDARD = {"builtins", "typing", "collections", "collections.abc", "decimal", "fractions", "datetime"}
_STANDARD |= {"pandas", "pandas.core.frame", "pandas.core.series"}
_STANDARD |= {"numbers", "numpy", "pathlib", "pathlib._local", "types", "typing_extensions"}
_FIRST_PART = {"Annotated", "Final", "ClassVar", "Required", "NotRequired", "ReadOnly"}


def parse(description: Any, names: Optional[Mapping[str, Any]] = None, depth: int = 0) -> Type:
    """The type that a description means: text such as "dict[str, int]", a hint object, or a `Type`.

    `names` resolves names in text (a function's globals); dotted names are also looked up among imported modules.
    """
    if isinstance(description, Type):
        return description
    if depth > 12:
        return ANY
    if isinstance(description, typing.ForwardRef):
        description = description.__forward_arg__
    if isinstance(description, str):
        try:
            return _from_node(ast.parse(description.strip(), mode="eval").body, names or {}, depth)
        except (SyntaxError, ValueError, RecursionError):
            return ANY
    return _from_hint(description, names or {}, depth)


def _from_node(node: ast.expr, names: Mapping[str, Any], depth: int) -> Type:
    if isinstance(node, ast.Constant):
        return NONE if node.value is None else parse(node.value, names, depth + 1) if node.value is not ... else ANY
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return union([_from_node(node.left, names, depth + 1), _from_node(node.right, names, depth + 1)])
    if isinstance(node, ast.Subscript):
        return _from_subscript(node, names, depth)
    if isinstance(node, (ast.Name, ast.Attribute)):
        dotted = ast.unparse(node)
        found = _look_up(dotted, names)
        return _from_hint(found, names, depth + 1) if found is not None else _named(dotted.rpartition(".")[2], ())
    return ANY


def _from_subscript(node: ast.Subscript, names: Mapping[str, Any], depth: int) -> Type:
    name = ast.unparse(node.value).rpartition(".")[2]
    inside: ast.AST = node.slice
    items = inside.elts if isinstance(inside, ast.Tuple) else [inside]
    if name == "Literal":
        return Type("literal", (), tuple(item.value for item in items if isinstance(item, ast.Constant)))
    if name in _ARRAYS:
        return Type("ndarray", (), form_named(ast.unparse(inside)))
    if name == "Callable":
        arity = len(items[0].elts) if items and isinstance(items[0], ast.List) else None
        return Type("callable", (_from_node(items[-1], names, depth + 1),), arity)  # type: ignore[arg-type]
    endless = len(items) == 2 and isinstance(items[1], ast.Constant) and items[1].value is ...
    parts = tuple(_from_node(item, names, depth + 1) for item in items[: 1 if endless else None])  # type: ignore[arg-type]
    found = None if name in _KINDS else _look_up(ast.unparse(node.value), names)
    if isinstance(found, type) and found.__module__ not in _STANDARD:
        return _from_hint(found, names, depth + 1)
    return _named(name, parts, endless=endless)


def _look_up(dotted: str, names: Mapping[str, Any]) -> Any:
    """The object behind a dotted name, without running user code beyond module attributes; None when unknown."""
    head, *rest = dotted.split(".")
    found = names.get(head, getattr(builtins, head, None))
    for index in range(len(rest), 0, -1):
        if found is None and (module := sys.modules.get(".".join([head, *rest][:index]))):
            found, rest = module, rest[index - 1 :]
            break
    for part in rest:
        found = vars(found).get(part) if hasattr(found, "__dict__") else None
    return found


def _from_hint(hint: Any, names: Mapping[str, Any], depth: int) -> Type:
    if hint is None or hint is type(None):
        return NONE
    if hint is Any or depth > 12:
        return ANY
    if isinstance(hint, typing.TypeVar):
        return _from_type_variable(hint, names, depth)
    if getattr(typing.get_origin(hint), "__name__", "") in _ARRAYS:  # `NDArray` is an alias with a value of its own
        return Type("ndarray", (), form_named(repr(typing.get_args(hint))))
    for wrapped in ("__supertype__", "__value__"):
        if not isinstance(hint, type) and hasattr(hint, wrapped):
            return parse(getattr(hint, wrapped), names, depth + 1)
    origin, inside = typing.get_origin(hint), typing.get_args(hint)
    if origin is None:
        return _from_class(hint) if isinstance(hint, type) else parse(hint, names, depth) if _is_text(hint) else ANY
    name = getattr(origin, "__name__", None) or getattr(origin, "_name", None) or str(origin).rpartition(".")[2]
    if name == "Literal":
        return Type("literal", (), inside)
    if name == "Callable":
        arity = len(inside[0]) if inside and isinstance(inside[0], list) else None
        return Type("callable", (parse(inside[-1], names, depth + 1),) if inside else (ANY,), arity)
    endless = len(inside) == 2 and inside[1] is ...
    parts = tuple(parse(item, names, depth + 1) for item in inside[: 1 if endless else None])
    if isinstance(origin, type) and origin.__module__ not in _STANDARD:
        return _from_class(origin)
    return _named(name, parts, endless=endless)


def _is_text(hint: Any) -> bool:
    return isinstance(hint, (str, typing.ForwardRef))


def _from_type_variable(hint: Any, names: Mapping[str, Any], depth: int) -> Type:
    if hint.__constraints__:
        return union([parse(item, names, depth + 1) for item in hint.__constraints__])
    return parse(hint.__bound__, names, depth + 1) if hint.__bound__ is not None else ANY


def _from_class(cls: type) -> Type:
    if cls.__module__ in _STANDARD:
        return _named(cls.__name__, ())
    if issubclass(cls, enum.Enum):
        return Type("enum", (), cls)
    if hasattr(cls, "__total__") and issubclass(cls, dict):
        return _from_record(cls)
    return Type("class", (), cls)


def _from_record(cls: Any) -> Type:
    """A TypedDict, whose keys that may be missing are "optional"."""
    hints, space = getattr(cls, "__annotations__", {}), vars(sys.modules.get(cls.__module__, sys))
    missing = getattr(cls, "__optional_keys__", ())
    parts = {name: parse(hint, space) for name, hint in hints.items()}
    parts = {name: Type("optional", (part,)) if name in missing else part for name, part in parts.items()}
    return Type("record", tuple(parts.values()), tuple(parts))


def _named(name: str, parts: Tuple[Type, ...], *, endless: bool = False) -> Type:
    if name == "None":
        return NONE
    if name == "Optional":
        return union([*parts, NONE])
    if name in ("Union", "UnionType"):
        return union(parts)
    if name in _FIRST_PART:
        return parts[0] if parts else ANY
    if name in _ODD:
        return _ODD[name]
    if name in _ARRAYS:
        return Type("ndarray", (), form_named(""))
    kind = _KINDS.get(name)
    if kind == "tuple" and (endless or not parts):
        return Type("row", parts or (ANY,))
    if kind == "iterator":
        return Type("iterator", parts[:1] or (ANY,))
    if kind == "Counter":
        return Type("Counter", (parts or (ANY,))[:1])
    return Type(kind, parts) if kind else ANY


def union(types: Iterable[Type]) -> Type:
    """One of several types; flat, without doubles."""
    flat: List[Type] = []
    for item in types:
        for part in item.parts if item.kind == "union" else (item,):
            if part not in flat:
                flat.append(part)
    return flat[0] if len(flat) == 1 else Type("union", tuple(flat)) if flat else ANY


def merged(types: Iterable[Type]) -> Type:
    """The type of values that were seen with several types: lists of different things become lists of either."""
    groups: Dict[Tuple[str, int, object], List[Type]] = {}
    whole = union(types)
    for item in whole.parts if whole.kind == "union" else (whole,):
        width = len(item.parts) if item.kind in ("tuple", "record") else 0
        groups.setdefault((item.kind, width, item.of), []).append(item)
    out = []
    for (kind, _, of), same in groups.items():
        width = max(len(item.parts) for item in same)
        columns = [[item.parts[i] for item in same if i < len(item.parts)] for i in range(width)]
        known = [[part for part in column if part != ANY] or [ANY] for column in columns]
        out.append(Type(kind, tuple(merged(column) for column in known), of))
    return union(out)


def type_of(value: Any, depth: int = 0) -> Type:
    """The type that a value shows; empty containers are of `ANY`."""
    kind = type(value)
    name = kind.__name__
    if depth > 6:
        return ANY
    if value is None:
        return NONE
    if kind in (list, set, frozenset) or name == "deque":
        return Type(name, (_of_all(list(value)[:20], depth),))
    if kind is tuple:
        return (
            Type("tuple", tuple(type_of(item, depth + 1) for item in value)) if len(value) <= 6 else _row(value, depth)
        )
    if issubclass(kind, dict) and name in _KINDS:
        return Type(name, (_of_all(list(dict.keys(value))[:20], depth), _of_all(list(dict.values(value))[:20], depth)))
    if issubclass(kind, enum.Enum):
        return Type("enum", (), kind)
    if has_rows(value):
        return _of_rows(value)
    if callable(value) and not isinstance(value, type):
        return Type("callable", (ANY,))
    return _named(name, ()) if kind.__module__ in _STANDARD else Type("class", (), kind)


_MOST_HELD = 200


def held_types(values: Iterable[Any]) -> Dict[Tuple[type, str], List[Type]]:
    """Class and attribute → the types that the instances in these values hold there, the likeliest first."""
    found: Dict[Tuple[type, str], List[Type]] = {}
    waiting = list(values)
    for _ in range(_MOST_HELD):
        if not waiting:
            break
        value = waiting.pop(0)
        if type(value) in (list, tuple):
            waiting += value[:20]
        elif type(value) is dict:
            waiting += list(value.values())[:20]
        elif type_of(value).kind == "class":
            for name, held in attributes(value).items():
                kinds = found.setdefault((type(value), name), [])
                kind = type_of(held)
                kinds += [kind] if kind not in kinds else []
                waiting.append(held)
    return {place: _apart(merged(kinds)) for place, kinds in found.items()}


def _apart(kind: Type) -> List[Type]:
    return list(kind.parts) if kind.kind == "union" else [kind]


def _of_rows(value: Any) -> Type:
    if not hasattr(value, "iloc"):
        return Type("ndarray", (), form_of(value))
    if not hasattr(value, "columns"):
        return Type("series")
    labels = [(label, str(dtype)) for label, dtype in zip(value.columns, value.dtypes) if type(label) is str]
    return Type("frame", (), tuple(labels))


def _row(value: Tuple[Any, ...], depth: int) -> Type:
    return Type("row", (_of_all(value[:20], depth),))


def _of_all(values: Iterable[Any], depth: int) -> Type:
    types = list(dict.fromkeys(type_of(value, depth + 1) for value in values))
    return merged(types) if types else ANY
