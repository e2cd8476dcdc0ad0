"""Whether untrusted data is a graph: every node, field, value and reference is looked at before anything is used."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

from afterburner.core.grammar import GRAMMAR

_LONGEST_NAME = 2_000
_MOST_AXES = 64
_LONGEST_SEALED = 2_100_000
"""Hexadecimal digits of what only the worker opens: marshalled code and pickles."""
_BIG = re.compile(r"-?0x[1-9a-f][0-9a-f]*")
_HEX = re.compile(r"(?:[0-9a-f]{2})*")
_FIELDS_OF_THREE = ("range", "slice")

_PARTS_OF_TABLES = {
    "DataFrame": ("index", "columns"), "Series": ("values", "index", "name"),
    "MultiIndex": ("levels", "codes", "names"),
    **dict.fromkeys(("Index", "RangeIndex", "DatetimeIndex", "TimedeltaIndex", "CategoricalIndex"), ("values", "name")),
    "Categorical": ("codes", "categories", "ordered"), "DatetimeArray": ("utc", "zone"),
    **dict.fromkeys(("IntegerArray", "FloatingArray", "BooleanArray"), ("data", "mask")),
    **dict.fromkeys(("StringArray", "ArrowStringArray"), ("values", "dtype")),
}  # fmt: skip


def complaint(data: object, most_nodes: int) -> str:
    """What is wrong with the data, in words; "" when it is a graph."""
    if type(data) is not dict or set(data) != {"nodes", "roots"}:
        return "it is no object with nodes and roots"
    nodes, roots = data["nodes"], data["roots"]
    if type(nodes) is not list or type(roots) is not dict:
        return "its nodes are no list or its roots no object"
    if len(nodes) > most_nodes:
        return f"it has more than {most_nodes} nodes"
    count = len(nodes)
    for name, value in roots.items():
        if type(name) is not str or not _is_value(value, count):
            return f"the root {str(name)[:40]!r} is no value"
    return next((f"node {place}: {what}" for place, node in enumerate(nodes) if (what := _node(node, nodes))), "")


def _node(node: object, nodes: list[Any]) -> str:
    if type(node) is not list or not node or type(node[0]) is not str:
        return "it is no list that starts with a kind"
    grammar = GRAMMAR.get(node[0])
    if grammar is None:
        return f"unknown kind {node[0][:40]!r}"
    if len(node) != len(grammar) + 1:
        return f"a {node[0]} has {len(grammar)} fields"
    for kind, field in zip(grammar, node[1:], strict=True):
        if not _FIELDS[kind](field, len(nodes)):
            return f"a field of a {node[0]} is no {kind}"
    return _more(node, nodes)


def _more(node: list[Any], nodes: list[Any]) -> str:
    """What the grammar table cannot say."""
    kind = node[0]
    if kind in _FIELDS_OF_THREE and len(node[1]) != 3:
        return f"a {kind} has three values"
    if kind == "range" and not (all(_is_int(value) for value in node[1]) and node[1][2] != 0):
        return "a range is made of integers"
    if kind == "exception" and not (type(node[2]) is list and _kind_at(nodes, node[2][0]) == "tuple"):
        return "the arguments of an exception are a tuple"
    if kind in ("carried", "pickled") and len(node[4 if kind == "carried" else 2]) > _LONGEST_SEALED:
        return f"a {kind} is too large"
    if kind == "array" and math.prod(node[3]) != len(node[5]):
        return "an array holds as many elements as its shape says"
    if kind == "table":
        return _table(node, nodes)
    if kind in ("generator", "iterator") and len(node[-1]) not in (0, len(node[-3])):
        return f"a {kind} holds as many items as it gave"
    return ""


def _table(node: list[Any], nodes: list[Any]) -> str:
    parts = dict(node[3])
    needed = _PARTS_OF_TABLES.get(node[1].removeprefix("pandas:"))
    if needed is None or not set(needed) <= set(parts):
        return "a table has the parts of its kind"
    values = parts.get("values")
    if node[1] == "pandas:RangeIndex" and not (type(values) is list and _kind_at(nodes, values[0]) == "range"):
        return "a RangeIndex has a range"
    return ""


def _kind_at(nodes: list[Any], index: int) -> object:
    node = nodes[index]
    return node[0] if type(node) is list and node else None


def _is_value(value: object, count: int) -> bool:
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return True
    if kind is list:
        return len(value) == 1 and type(value[0]) is int and 0 <= value[0] < count  # type: ignore[arg-type, index]
    return _is_int(value) or _is_float(value)


def _is_int(value: object) -> bool:
    if type(value) is int:
        return -(2**63) < value < 2**63
    if type(value) is not dict or set(value) != {"i"} or type(value["i"]) is not str:
        return False
    return bool(_BIG.fullmatch(value["i"])) and abs(int(value["i"], 16)) >= 2**63


def _is_float(value: object) -> bool:
    return type(value) is dict and set(value) == {"f"} and _is_float_text(value["f"])


def _is_float_text(text: object) -> bool:
    if type(text) is not str:
        return False
    if text in ("nan", "-nan"):
        return True
    try:
        return float.fromhex(text).hex() == text
    except (ValueError, OverflowError):
        return False


def _is_values(field: object, count: int) -> bool:
    return type(field) is list and all(_is_value(value, count) for value in field)


def _is_pairs(field: object, count: int) -> bool:
    if type(field) is not list:
        return False
    return all(type(pair) is list and len(pair) == 2 and _is_values(pair, count) for pair in field)


def _is_attributes(field: object, count: int) -> bool:
    return _is_pairs(field, count) and all(type(name) is str and len(name) < _LONGEST_NAME for name, _ in field)  # type: ignore[attr-defined]


def _is_end(field: object, count: int) -> bool:
    if type(field) is not list or not field:
        return False
    return field == ["cap"] or (field[0] in ("stop", "raise") and len(field) == 2 and _is_value(field[1], count))


def _is_size(field: object, count: int) -> bool:
    return field is None or (type(field) is int and 0 <= field < 2**63)


def _is_sizes(field: object, count: int) -> bool:
    if type(field) is not list or len(field) > _MOST_AXES:
        return False
    return all(type(size) is int and 0 <= size < 2**63 for size in field)


def _is_name(field: object, count: int) -> bool:
    return type(field) is str and ":" in field and len(field) < _LONGEST_NAME


def _is_text(field: object, count: int) -> bool:
    return type(field) is str and len(field) < _LONGEST_NAME


_FIELDS: dict[str, Callable[[object, int], bool]] = {
    "values": _is_values,
    "pairs": _is_pairs,
    "attributes": _is_attributes,
    "value": _is_value,
    "end": _is_end,
    "size": _is_size,
    "sizes": _is_sizes,
    "name": _is_name,
    "text": _is_text,
    "hex": lambda field, count: type(field) is str and bool(_HEX.fullmatch(field)),
    "float": lambda field, count: _is_float_text(field),
}
