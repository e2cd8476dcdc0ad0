"""How values of the standard library, functions and arrays are spelled as Python, each as the call that makes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from afterburner.core.grammar import Node, Value
from afterburner.core.graph import Graph

_VIEWS = ("keys", "values", "items")

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
    """A value or buffer as the call that makes it, or an iterator by what it is made of."""
    name, arguments = node[1], node[2]
    least, spell = _SPELLED.get(name, (0, None))
    if spell and len(arguments) >= least:
        return spell(writer, arguments)
    return [writer.name(name) + "(", *joined(arguments), ")"]


def _made(writer: Writer, node: Node) -> list[Piece]:
    name, arguments = node[1], node[2]
    given = writer.graph.node(arguments[0]) if len(arguments) == 2 else None
    if name in _SPELLED or given is None or given[0] != "tuple":
        return _value(writer, node)
    if arguments[1] is not None:
        writer.unwritten.append(f"where the {writer.name(name)} stands")
    return ["iter(" if name.endswith("_iterator") else f"{writer.name(name)}(", *joined(given[1]), ")"]


def _moment(writer: Writer, arguments: list[Value], name: str) -> list[Piece]:
    parts = joined(arguments[:-2])
    if arguments[-2] is not None:
        parts += [", tzinfo=", (arguments[-2],)]
    return [f"datetime.{name}(", *parts, f", fold={arguments[-1]})" if arguments[-1] else ")"]


def _attribute(writer: Writer, arguments: list[Value]) -> list[Piece]:
    """A method of a builtin type, by its receiver and name."""
    return [(arguments[0],), f".{arguments[1]}"]


def _method(writer: Writer, arguments: list[Value]) -> list[Piece]:
    """A bound method, of a function and its receiver."""
    function = writer.graph.node(arguments[0])
    if function and function[0] == "function":
        return [(arguments[1],), "." + function[1].rpartition(".")[2].rpartition(":")[2]]
    return ["types.MethodType(", *joined(arguments), ")"]


def _given(writer: Writer, positional: Value, keywords: Value) -> list[Piece]:
    """The arguments in a tuple and a dict as those of a call, each after a comma."""
    row, table = writer.graph.node(positional), writer.graph.node(keywords)
    if not (row and row[0] == "tuple" and table and table[0] == "dict"):
        return [", *", (positional,), ", **", (keywords,)]
    out: list[Piece] = [piece for value in row[1] for piece in (", ", (value,))]
    return out + [piece for key, value in table[1] for piece in (f", {key}=", (value,))]


def _getter(writer: Writer, arguments: list[Value], name: str) -> list[Piece]:
    return [f"operator.{name}(", *_given(writer, *arguments[:2])[1:], ")"]


def _partial(writer: Writer, arguments: list[Value]) -> list[Piece]:
    return ["functools.partial(", (arguments[0],), *_given(writer, *arguments[1:3]), ")"]


def _timestamp(writer: Writer, arguments: list[Value]) -> list[Piece]:
    zone: list[Piece] = [] if arguments[2] is None else [", tz=", (arguments[2],)]
    return ["pandas.Timestamp(", (arguments[0],), ", unit=", (arguments[1],), *zone, ")"]


def _view(writer: Writer, arguments: list[Value], name: str) -> list[Piece]:
    return [(arguments[0],), f".{name}()"]


def _buffer(writer: Writer, arguments: list[Value], name: str) -> list[Piece]:
    if arguments[-1] != 0:
        writer.unwritten.append("the position in a buffer")
    return [f"io.{name}(", (arguments[0],), ")"]


def _called(writer: Writer, arguments: list[Value], name: str) -> list[Piece]:
    return [f"{name}(", *joined(arguments), ")"]


def _named(spell: Callable[[Writer, list[Value], str], list[Piece]], name: str) -> _Spell:
    return lambda writer, arguments: spell(writer, arguments, name)


_Spell = Callable[[Writer, list[Value]], list[Piece]]
_SPELLED: Mapping[str, tuple[int, _Spell]] = {
    "datetime:datetime": (2, _named(_moment, "datetime")),
    "datetime:time": (2, _named(_moment, "time")),
    "re:Pattern": (0, _named(_called, "re.compile")),
    "builtins:method": (2, _method),
    "builtins:builtin_function_or_method": (2, _attribute),
    "builtins:method-wrapper": (2, _attribute),
    "builtins:mappingproxy": (0, _named(_called, "types.MappingProxyType")),
    **{f"builtins:{kind}_{name}": (1, _named(_view, name)) for kind in ("dict", "odict") for name in _VIEWS},
    "functools:partial": (3, _partial),
    **{f"operator:{name}": (2, _named(_getter, name)) for name in ("itemgetter", "attrgetter", "methodcaller")},
    "logging:Logger": (0, _named(_called, "logging.getLogger")),
    "_io:StringIO": (1, _named(_buffer, "StringIO")),
    "_io:BytesIO": (1, _named(_buffer, "BytesIO")),
    "pandas:NA": (0, lambda writer, arguments: ["pandas.NA"]),
    "pandas:NaT": (0, lambda writer, arguments: ["pandas.NaT"]),
    "pandas:Timestamp": (3, _timestamp),
}
"""Type → how many arguments it needs at least, and how it is written."""


def _carried(writer: Writer, node: Node) -> list[Piece]:
    """A lambda by its source where that is known; another function has only a name."""
    if node[3] and not node[8]:
        return [f"({node[3]})"]
    return writer.no_code(node[3] or node[1].rpartition(".")[2].rpartition(":")[2].strip("<>"))


SPELLED_WITH = ("collections", "functools", "io", "numpy", "operator", "re", "types")
"""Modules that stand in front of the calls in which values are spelled."""

SPELLED: Mapping[str, Callable[[Writer, Node], list[Piece]]] = {
    "value": _value,
    "made": _made,
    "cell": lambda writer, node: writer.no_code("a cell of a function"),
    "carried": _carried,
    "landmark": lambda writer, node: [writer.name(node[2])],
    "pickled": lambda writer, node: writer.no_code(f"{writer.name(node[1])}, pickled"),
}
"""Kinds of nodes that are written here."""
