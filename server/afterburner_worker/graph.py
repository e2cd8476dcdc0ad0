"""The grammar of values as graphs: the one data format of cases sent to a worker and observations that come back.

A *value* is `None`, a bool, a str, an int below 2**63 in size, `{"i": hex}` for larger ints, `{"f": text}` for floats,
or `[index]`, a reference into the node table. A *graph* is `{"nodes": [[kind, field, ...], ...], "roots":
{name: value}}`. Nothing is ever pickled or evaluated.
"""

from __future__ import annotations

import json
import math
from typing import Any, Dict, Iterator, List, Mapping, Tuple

Value = Any
Node = List[Any]

GRAMMAR: Dict[str, Tuple[str, ...]] = {
    "list": ("values",),
    "tuple": ("values",),
    "set": ("values",),
    "frozenset": ("values",),
    "dict": ("pairs",),
    "bytes": ("hex",),
    "bytearray": ("hex",),
    "complex": ("float", "float"),
    "range": ("values",),
    "slice": ("values",),
    "ellipsis": (),
    "notimplemented": (),
    "deque": ("values", "size"),
    "class": ("name",),
    "function": ("name",),
    "module": ("text",),
    "enum": ("name", "text"),
    "value": ("name", "values"),
    "made": ("name", "values"),
    "cell": ("values",),
    "carried": ("name", "text", "text", "hex", "value", "value", "value", "values", "attributes"),
    "pickled": ("name", "hex"),
    "landmark": ("name", "name"),
    "array": ("name", "text", "sizes", "text", "values", "value"),
    "scalar": ("name", "text", "value"),
    "table": ("name", "pairs", "attributes"),
    "object": ("name", "attributes", "value"),
    "exception": ("name", "value", "attributes"),
    "generator": ("values", "end", "values"),
    "iterator": ("name", "values", "end", "values"),
    "opaque": ("name", "text"),
}
"""Node kind → what its fields hold. `values`: a list of values; `pairs`: [[key, value], ...]; `attributes`:
[[str, value], ...]; `end`: ["stop", value], ["raise", value] or ["cap"]; `name`: "module:qualified.name".
A generator's last field is what its items look like once all are drawn, or [] where no item can change. A "made" is
what a "value" is, but can change. A "carried" is a function without a name: module and qualified name, the
interpreter's magic number, source text or "", marshalled code, defaults, keyword defaults, own attributes, cells, and
the globals it needs where its module is not loaded. An "array" is its class, dtype, shape (`sizes`), layout, elements
in row order, and an array that it shares memory with or None; the layout is "C", "F" or "S" (strided), then "r" where
it is read-only, then how the two lie to each other. A "scalar" is its class, dtype and value; a "table" its class,
columns, and the rest of it by name."""

LARGEST_INT = 2**63


class TooLarge(Exception):
    """A value has more nodes or content than may be recorded; `str()` is a sentence."""


class ThawError(Exception):
    """A value cannot be rebuilt in this process; `str()` is a sentence."""


def float_text(number: float) -> str:
    """The exact text of a float: hexadecimal, "inf", "-inf", "nan" or "-nan"."""
    if not math.isnan(number):
        return number.hex()
    return "nan" if math.copysign(1.0, number) > 0 else "-nan"


def int_value(number: int) -> Value:
    return number if -LARGEST_INT < number < LARGEST_INT else {"i": hex(number)}


def atom(value: Value) -> Any:
    """The Python object of a value that is no reference."""
    if type(value) is not dict:
        return value
    return float.fromhex(value["f"]) if "f" in value else int(value["i"], 16)


def values_in(node: Node) -> Iterator[Value]:
    """Every value of a node, in the order of its fields."""
    for kind, field in zip(GRAMMAR[node[0]], node[1:]):
        if kind == "values":
            yield from field
        elif kind == "pairs":
            for pair in field:
                yield from pair
        elif kind == "attributes":
            for _, value in field:
                yield value
        elif kind == "value":
            yield field
        elif kind == "end":
            yield from field[1:]


def canonical(graph: Mapping[str, Any]) -> str:
    """A digest that is equal for frozen graphs of the same roots, structure and sharing, however numbered."""
    import hashlib  # a capture does without it

    hashing = hashlib.sha256()
    number: Dict[int, int] = {}
    for name in sorted(graph["roots"]):
        hashing.update(json.dumps(name).encode("ascii"))
        waiting = [graph["roots"][name]]
        while waiting:
            value = waiting.pop()
            if type(value) is not list:
                hashing.update((json.dumps({"f": "nan"} if value == {"f": "-nan"} else value) + ";").encode("ascii"))
            elif value[0] in number:
                hashing.update(b"@%d;" % number[value[0]])
            else:
                number[value[0]] = len(number)
                node = graph["nodes"][value[0]]
                hashing.update(json.dumps(constants(node)).encode("ascii"))
                waiting += reversed(list(values_in(node)))
    return hashing.hexdigest()[:32]


def constants(node: Node) -> List[Any]:
    """What distinguishes a node apart from its values: kind, names, sizes, texts, attribute names, number of values."""
    out: List[Any] = [node[0]]
    for kind, field in zip(GRAMMAR[node[0]], node[1:]):
        if kind in ("values", "pairs"):
            out.append(len(field))
        elif kind == "attributes":
            out.append([name for name, _ in field])
        elif kind == "end":
            out.append(field[0])
        elif kind != "value":
            out.append(field)
    return out
