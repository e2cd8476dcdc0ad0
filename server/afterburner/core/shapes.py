"""Shapes: the type structure of values, seen or hinted, such as `list[int]` or `dict[str, tuple[float, float]]`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import Literal

from afterburner.core.grammar import CALLBACK, Node, Value, is_reference
from afterburner.core.graph import Graph
from afterburner.core.tables import array_type, table_type

Fit = Literal["yes", "bool", "no"]
"""Whether a shape is among others; "bool" where only a bool in place of an int keeps it out."""

_DEEPEST = 4
_NAMED = ("enum", "value", "made", "scalar", "exception", "opaque", "pickled", "landmark")
_ATOMS = {"none": "None", "notimplemented": "NotImplemented", "ellipsis": "ellipsis"}


@dataclass(frozen=True, slots=True)
class Shape:
    """A union of kinds, each with the shapes of its parts: `list` has one, `dict` two, `tuple/2` two, a class one
    for each attribute. `anything` fits all."""

    kinds: Mapping[str, Mapping[str, Shape]] = field(default_factory=dict)
    anything: bool = False

    def __str__(self) -> str:
        if self.anything:
            return "Any"
        texts = [_text(kind, parts) for kind, parts in self.kinds.items()]
        return " | ".join(sorted(texts, key=lambda text: (text == "None", text))) or "Never"


def shape_of(graph: Graph, value: Value, depth: int = 0) -> Shape:
    """The shape of one value; four levels deep, then anything."""
    if not is_reference(value):
        kind = graph.kind(value)
        return Shape({_ATOMS.get(kind, kind): {}})
    if depth >= _DEEPEST:
        return Shape(anything=True)
    return _shape_of_node(graph, graph.nodes[value[0]], depth)


def merged(shapes: Iterable[Shape]) -> Shape:
    """What any of these shapes allows."""
    return reduce(_merge, shapes, Shape())


def fits(shape: Shape, allowed: Shape) -> Fit:
    """Whether every part of a shape is among what is allowed."""
    if allowed.anything or shape.anything:
        return "yes"
    answers: set[Fit] = set()
    for kind, parts in shape.kinds.items():
        if kind in allowed.kinds:
            answers |= {fits(part, allowed.kinds[kind].get(name, Shape())) for name, part in parts.items()}
        elif kind.startswith("tuple/") and (pooled := _tuples(allowed)):
            answers |= {fits(part, pooled) for part in parts.values()}
        else:
            answers.add("bool" if kind == "bool" and "int" in allowed.kinds else "no")
    return "no" if "no" in answers else "bool" if "bool" in answers else "yes"


def hinted(text: str, *, seen: bool = False) -> Shape | None:
    """The shape that an annotation allows; None when it says nothing, or nothing that is known here.

    A class of whose shape nothing is known allows anything; when calls with its objects were `seen`, it adds nothing.
    """
    try:
        shape = _resolved(_hinted(ast.parse(text, mode="eval").body), Shape() if seen else _ANYTHING)
    except (SyntaxError, ValueError, RecursionError):
        return None
    return None if shape.anything else shape


def _resolved(shape: Shape, stranger: Shape) -> Shape:
    """The shape with every class that it only names replaced."""
    kinds = {
        kind: {name: _resolved(part, stranger) for name, part in parts.items()} for kind, parts in shape.kinds.items()
    }
    known = Shape({kind: parts for kind, parts in kinds.items() if kind != _STRANGER}, shape.anything)
    return _merge(known, stranger) if _STRANGER in kinds else known


def _merge(one: Shape, other: Shape) -> Shape:
    if one.anything or other.anything:
        return Shape(anything=True)
    kinds = dict(one.kinds)
    for kind, parts in other.kinds.items():
        mine = kinds.get(kind, {})
        names = [*mine, *(name for name in parts if name not in mine)]
        kinds[kind] = {name: _merge(mine.get(name, Shape()), parts.get(name, Shape())) for name in names}
    return Shape(kinds)


def _shape_of_node(graph: Graph, node: Node, depth: int) -> Shape:
    def all_of(values: Iterable[Value]) -> Shape:
        atoms: dict[str, Shape] = {}
        nested = []
        for value in values:
            if is_reference(value):
                nested.append(shape_of(graph, value, depth + 1))
            else:
                atoms.setdefault(graph.kind(value), shape_of(graph, value))
        return merged([*atoms.values(), *nested])

    kind = node[0]
    if kind == "tuple":
        parts = {str(place): shape_of(graph, value, depth + 1) for place, value in enumerate(node[1])}
        return (
            Shape({f"tuple/{len(parts)}": parts}) if len(parts) <= 8 else Shape({"tuple/*": {"item": all_of(node[1])}})
        )
    if kind in ("list", "set", "frozenset", "deque"):
        return Shape({kind: {"item": all_of(node[1])}})
    if kind == "dict":
        return Shape({kind: {"key": all_of(key for key, _ in node[1]), "value": all_of(value for _, value in node[1])}})
    if kind in ("generator", "iterator"):
        return Shape({"iterator": {"item": all_of(node[-3])}})
    if kind == "object" and node[1] != CALLBACK:
        attributes = {name: shape_of(graph, value, depth + 1) for name, value in node[2]}
        return Shape({_class(node[1]): attributes | ({"": shape_of(graph, node[3], depth)} if node[3] else {})})
    if kind == "carried" or node[1:2] == [CALLBACK]:
        return Shape({"function": {}})
    if kind in ("array", "table"):
        return Shape({array_type(node) if kind == "array" else table_type(graph, node): {}})
    return Shape({_class(node[1]) if kind in _NAMED else kind: {}})


def _tuples(allowed: Shape) -> Shape | None:
    """What the items of a tuple may be, where its length is free: several lengths were seen, or a hint says so."""
    tuples = [(kind, parts) for kind, parts in allowed.kinds.items() if kind.startswith("tuple/")]
    if len(tuples) < 2 and not any(kind == "tuple/*" for kind, _ in tuples):
        return None
    return merged(part for _, parts in tuples for part in parts.values())


def _class(name: str) -> str:
    return name.rpartition(":")[2]


def _text(kind: str, parts: Mapping[str, Shape]) -> str:
    if kind == "tuple/*":
        return f"tuple[{parts['item']}, ...]"
    if kind.startswith("tuple/"):
        return f"tuple[{', '.join(map(str, parts.values())) or '()'}]"
    if set(parts) == {"item"}:
        return kind if parts["item"] == Shape() else f"{kind}[{parts['item']}]"
    if set(parts) == {"key", "value"}:
        return kind if parts["key"] == Shape() else f"{kind}[{parts['key']}, {parts['value']}]"
    return kind


_ANYTHING = Shape(anything=True)
_ABSTRACT = {
    "Sequence": ("list", "tuple/*"), "MutableSequence": ("list",), "Iterable": ("list", "tuple/*", "set", "iterator"),
    "Collection": ("list", "tuple/*", "set"), "Iterator": ("iterator",), "Generator": ("iterator",),
    "AbstractSet": ("set", "frozenset"), "MutableSet": ("set",), "Set": ("set",), "FrozenSet": ("frozenset",),
    "List": ("list",), "Deque": ("deque",), "list": ("list",), "set": ("set",), "frozenset": ("frozenset",),
    "deque": ("deque",),
}  # fmt: skip
_STRANGER = "a class that is only named"
_CLASS = re.compile(r"[A-Z]\w*[a-z]\w*[a-z0-9]")
"""How classes are named; type variables are shorter or end in a capital."""
_WIDE = frozenset({"Any", "AnyStr", "Callable", "Hashable", "Sized", "Type", "Literal", "Annotated", "Self"})
_MAPPINGS = ("dict", "Dict", "Mapping", "MutableMapping")
_SCALARS = ("int", "str", "bool", "bytes", "bytearray", "complex", "None", "range", "slice")


def _hinted(node: ast.expr) -> Shape:
    if isinstance(node, ast.Constant):
        return Shape({"None": {}}) if node.value is None else _hinted_text(node.value)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return merged([_hinted(node.left), _hinted(node.right)])
    if isinstance(node, ast.Subscript):
        inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        return _generic(_last_name(node.value), inner)
    return _generic(_last_name(node), [])


def _hinted_text(value: object) -> Shape:
    return _hinted(ast.parse(value, mode="eval").body) if isinstance(value, str) else _ANYTHING


def _generic(name: str, inner: list[ast.expr]) -> Shape:
    if name in _SCALARS:
        return Shape({name: {}})
    if name == "float":
        return Shape({"float": {}, "int": {}})
    if name == "Optional":
        return merged([Shape({"None": {}}), *map(_hinted, inner)])
    if name == "Union":
        return merged(map(_hinted, inner))
    if name in ("tuple", "Tuple"):
        return _tuple(inner)
    if name in _MAPPINGS:
        key, value = map(_hinted, inner) if len(inner) == 2 else (_ANYTHING, _ANYTHING)
        return Shape({"dict": {"key": key, "value": value}})
    if name in _ABSTRACT:
        item = _hinted(inner[0]) if inner else _ANYTHING
        return Shape({kind: {"item": item} for kind in _ABSTRACT[name]})
    return Shape({_STRANGER: {}}) if _CLASS.fullmatch(name) and name not in _WIDE else _ANYTHING


def _tuple(inner: list[ast.expr]) -> Shape:
    if len(inner) == 2 and isinstance(inner[1], ast.Constant) and inner[1].value is ...:
        return Shape({"tuple/*": {"item": _hinted(inner[0])}})
    if not inner:
        return Shape({"tuple/*": {"item": _ANYTHING}})
    return Shape({f"tuple/{len(inner)}": {str(place): _hinted(one) for place, one in enumerate(inner)}})


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
