"""How values of the standard library, functions and arrays are spelled as Python, each as the call that makes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from afterburner.core.grammar import Node, Value
from afterburner.core.graph import Graph

Piece = str | tuple[Value]
"""Text, or a value (in a tuple) that is still to be written."""


class Writer(Protocol):
    """Who writes the pieces: knows the graph and how names read, and notes what has no code."""

    graph: Graph
    unwritten: list[str]

    def name(self, name: str) -> str: ...

    def no_code(self, text: str) -> list[Piece]: ...


def joined(values: Sequence[Value]) -> list[Piece]:
    out: list[Piece] = []
    for value in values:
        out += [", ", (value,)]
    return out[1:]


def _value(writer: Writer, node: Node) -> list[Piece]:
    name, arguments = node[1], node[2]
    if name in _SPELLED:
        return _SPELLED[name](writer, arguments)
    if name not in ("datetime:datetime", "datetime:time"):
        return [writer.name(name) + "(", *joined(arguments), ")"]
    parts = joined(arguments[:-2])
    if arguments[-2] is not None:
        parts += [", tzinfo=", (arguments[-2],)]
    return [writer.name(name) + "(", *parts, f", fold={arguments[-1]})" if arguments[-1] else ")"]


def _attribute(writer: Writer, arguments: list[Value]) -> list[Piece]:
    """A method of a builtin type, by its receiver and name."""
    return [(arguments[0],), f".{arguments[1]}"]


def _method(writer: Writer, arguments: list[Value]) -> list[Piece]:
    """A bound method, of a function and its receiver."""
    function = writer.graph.node(arguments[0])
    if function and function[0] == "function" and len(arguments) == 2:
        return [(arguments[1],), "." + function[1].rpartition(".")[2].rpartition(":")[2]]
    return ["types.MethodType(", *joined(arguments), ")"]


def _getter(writer: Writer, arguments: list[Value], name: str) -> list[Piece]:
    given, named = writer.graph.node(arguments[0]), writer.graph.node(arguments[1])
    keywords = [piece for key, value in named[1] for piece in (f", {key}=", (value,))] if named else []
    return [f"operator.{name}(", *joined(given[1] if given else []), *keywords, ")"]


def _partial(writer: Writer, arguments: list[Value]) -> list[Piece]:
    out: list[Piece] = ["functools.partial(", (arguments[0],), ", *", (arguments[1],), ", **", (arguments[2],), ")"]
    positional, keywords = writer.graph.node(arguments[1]), writer.graph.node(arguments[2])
    if positional and keywords and all(isinstance(key, str) and key.isidentifier() for key, _ in keywords[1]):
        given = [piece for value in positional[1] for piece in (", ", (value,))]
        named = [piece for key, value in keywords[1] for piece in (f", {key}=", (value,))]
        out = ["functools.partial(", (arguments[0],), *given, *named, ")"]
    return out


def _view(writer: Writer, arguments: list[Value], name: str) -> list[Piece]:
    return [(arguments[0],), f".{name}()"]


def _buffer(writer: Writer, arguments: list[Value], name: str) -> list[Piece]:
    if arguments[-1] != 0:
        writer.unwritten.append("the position in a buffer")
    return [f"io.{name}(", (arguments[0],), ")"]


_Spelled = Callable[[Writer, list[Value]], list[Piece]]
_SPELLED: dict[str, _Spelled] = {
    "re:Pattern": lambda writer, arguments: ["re.compile(", *joined(arguments), ")"],
    "builtins:method": _method,
    "builtins:builtin_function_or_method": _attribute,
    "builtins:method-wrapper": _attribute,
    "builtins:mappingproxy": lambda writer, arguments: ["types.MappingProxyType(", *joined(arguments), ")"],
    "functools:partial": _partial,
    "_io:StringIO": lambda writer, arguments: _buffer(writer, arguments, "StringIO"),
    "_io:BytesIO": lambda writer, arguments: _buffer(writer, arguments, "BytesIO"),
}
for _name in ("itemgetter", "attrgetter", "methodcaller"):
    _SPELLED["operator:" + _name] = lambda writer, arguments, name=_name: _getter(writer, arguments, name)  # type: ignore[misc]
for _name in ("keys", "values", "items"):
    for _kind in ("dict", "odict"):
        _SPELLED[f"builtins:{_kind}_{_name}"] = lambda writer, arguments, name=_name: _view(writer, arguments, name)  # type: ignore[misc]


def _made(writer: Writer, node: Node) -> list[Piece]:
    """A buffer, or an iterator written as the call that makes it."""
    name, arguments = node[1], node[2]
    if name in _SPELLED:
        return _SPELLED[name](writer, arguments)
    given = writer.graph.node(arguments[0]) if len(arguments) == 2 else None
    if arguments[-1] is not None:
        writer.unwritten.append(f"where the {writer.name(name)} stands")
    shown = "iter" if name == "builtins:callable_iterator" else writer.name(name)
    return [f"{shown}(", *joined(given[1] if given else arguments), ")"]


def _carried(writer: Writer, node: Node) -> list[Piece]:
    """A lambda by its source where that is known; another function has only a name."""
    if node[3] and not node[8]:
        return [f"({node[3]})"]
    return writer.no_code(node[3] or node[1].rpartition(".")[2].rpartition(":")[2].strip("<>"))


SPELLED: Mapping[str, Callable[[Writer, Node], list[Piece]]] = {
    "value": _value,
    "made": _made,
    "cell": lambda writer, node: writer.no_code("a cell of a function"),
    "carried": _carried,
    "landmark": lambda writer, node: [writer.name(node[2])],
    "pickled": lambda writer, node: writer.no_code(f"{writer.name(node[1])}, pickled"),
}
"""Kinds of nodes that are written here."""
