"""The grammar of values as graphs: what the kinds of nodes hold, and how to walk and rebuild a node.

It is the worker's grammar (`afterburner_worker/graph.py`). A *value* is None, a bool, a str, an int below 2**63,
`{"i": hex}`, `{"f": text}`, or `[index]`, a reference to a node.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias, TypeGuard

Value: TypeAlias = bool | int | str | dict[str, str] | list[int] | None
Node: TypeAlias = list[Any]
Step: TypeAlias = tuple[str, Any]
"""How a value hangs on its node: ("item", 3), ("member", 0), ("key", 0), ("value", key), ("attribute", name),
("content", None), ("args", None), ("part", 1), ("end", None), ("held", 2), ("cell", 0),
("element", (place, shape))."""

GRAMMAR: Mapping[str, tuple[str, ...]] = {
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
"""Node kind → what its fields hold, as the worker defines it."""

CALLBACK = "afterburner_worker.callbacks:Callback"
"""The class of made-up callables; their calls are the channel `callbacks`."""
_STEP_OF_VALUES = {
    "set": "member", "frozenset": "member", "range": "part", "slice": "part", "value": "part", "made": "part",
    "carried": "cell", "cell": "content", "array": "element",
}  # fmt: skip
_STATE_OF_FUNCTION = ("__defaults__", "__kwdefaults__", "__dict__")


def is_reference(value: object) -> TypeGuard[list[int]]:
    return type(value) is list


def is_float(value: object) -> TypeGuard[dict[str, str]]:
    return type(value) is dict and "f" in value


def float_value(number: float) -> dict[str, str]:
    return {"f": number.hex()}


def int_value(number: int) -> Value:
    return number if abs(number) < 2**63 else {"i": hex(number)}


def atom(value: Value) -> bool | int | float | str | None:
    """The Python object of a value that is no reference."""
    if isinstance(value, dict):
        return float.fromhex(value["f"]) if "f" in value else int(value["i"], 16)
    assert not isinstance(value, list)
    return value


def values_in(node: Node) -> Iterator[Value]:
    """Every value in a node, in the order of its fields."""
    for kind, content in zip(GRAMMAR[node[0]], node[1:], strict=True):
        if kind == "values":
            yield from content
        elif kind == "value":
            yield content
        elif kind in ("pairs", "attributes"):
            for key, value in content:
                if kind == "pairs":
                    yield key
                yield value
        elif kind == "end":
            yield from content[1:]


def steps(node: Node) -> Iterator[Step]:
    """How each value of `values_in` hangs on the node, in the same order."""
    step = _STEP_OF_VALUES.get(node[0], "item")
    state = iter(_STATE_OF_FUNCTION)
    for kind, content in zip(GRAMMAR[node[0]], node[1:], strict=True):
        if kind == "values":
            yield from ((step, (place, node[3]) if step == "element" else place) for place in range(len(content)))
            step = "held"
        elif kind == "pairs":
            for place, (key, _) in enumerate(content):
                yield ("key", place)
                yield ("value", key)
        elif kind == "attributes":
            yield from (("attribute", name) for name, _ in content)
        elif kind == "value" and node[0] == "carried":
            yield ("attribute", next(state))
        elif kind == "value":
            yield ("args" if node[0] == "exception" else "content", None)
        elif kind == "end":
            yield from (("end", None) for _ in content[1:])


def with_values(node: Node, values: Iterable[Value]) -> Node:
    """The same node with other values, given in the order of `values_in`."""
    source = iter(values)
    out: Node = [node[0]]
    for kind, content in zip(GRAMMAR[node[0]], node[1:], strict=True):
        if kind == "values":
            out.append([next(source) for _ in content])
        elif kind == "pairs":
            out.append([[next(source), next(source)] for _ in content])
        elif kind == "attributes":
            out.append([[name, next(source)] for name, _ in content])
        elif kind == "value":
            out.append(next(source))
        elif kind == "end":
            out.append([content[0], *(next(source) for _ in content[1:])])
        else:
            out.append(content)
    return out


def constants(node: Node) -> list[Any]:
    """What distinguishes a node apart from its values: kind, names, sizes, texts, attribute names, number of values."""
    out: list[Any] = [node[0]]
    for kind, content in zip(GRAMMAR[node[0]], node[1:], strict=True):
        if kind in ("values", "pairs"):
            out.append(len(content))
        elif kind == "attributes":
            out.append([name for name, _ in content])
        elif kind == "end":
            out.append(content[0])
        elif kind == "float":
            out.append(content.removeprefix("-") if content.endswith("nan") else content)
        elif kind != "value":
            out.append(content)
    return out
