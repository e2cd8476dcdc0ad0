"""Values of a graph as Python text: expressions, runnable calls, and short forms for messages."""

from __future__ import annotations

import keyword
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from afterburner.core import tables
from afterburner.core.grammar import CALLBACK, Node, Step, Value, atom, is_reference, values_in
from afterburner.core.graph import Graph
from afterburner.core.spelled import SPELLED, SPELLED_WITH, Piece, joined

_LONGEST = 200_000
_LONGEST_INT = 2**2000
_MUTABLE = ("list", "dict", "set", "deque", "bytearray", "object", "made", "array", "table")
_CONSTRUCTED = ("collections:Counter", "collections:OrderedDict")
_NAMES = "abcdefghijklmnopqrstuvwxyz"

Constructors = Mapping[str, Sequence[str]]
"""Class "module:qualname" → the parameters of its constructor, where they are its attributes."""


def render_value(graph: Graph, value: Value, *, home: str = "", longest: int = _LONGEST) -> str:
    """A Python expression; what has none reads `<…>`, and a way back into a cycle `...`. Names of the module `home`
    and of builtins stand alone. Text beyond `longest` characters is cut off."""
    return _Writer(graph, home, {}, {}).expression(value, longest)


def brief(graph: Graph, value: Value, width: int = 120) -> str:
    """A short form of a value for messages, made without writing all of a long one."""
    return shorten(render_value(graph, value, longest=4 * width), width)


def shorten(text: str, width: int) -> str:
    """The text with its middle left out where it is longer than `width` characters."""
    if len(text) <= width:
        return text
    head = (width - 3) * 2 // 3
    return f"{text[:head]} … {text[len(text) - (width - 3 - head) :]}"


def render_call(qualname: str, graph: Graph, *, home: str = "", constructors: Constructors | None = None) -> str:
    """A runnable call from the roots `args`, `kwargs` and `receiver`; what is shared, cyclic or an object without an
    evident constructor comes first, in statements of its own, and what cannot be written as code in a comment."""
    writer = _Writer(graph, home, {}, dict(constructors or {}))
    lines = list(_definitions(writer, graph))
    call = f"{_callee(writer, qualname, graph)}({', '.join(_arguments(writer, graph))})"
    return "\n".join([*lines, call] + [f"# not written as code: {what}" for what in dict.fromkeys(writer.unwritten)])


@dataclass(frozen=True, slots=True)
class Literal:
    """A value as one Python expression that makes it anew."""

    text: str
    names: frozenset[str]
    """What the expression names, as "module:qualname", builtins left out; "module:" for the module of a call."""
    made: frozenset[str]
    """The classes of the objects that it makes, by their constructor or with the function `rebuilt`."""
    obstacle: str = ""
    """Why the expression does not make this value; empty when it does."""


def literal(
    graph: Graph, value: Value, *, home: str, rebuilt: str, constructors: Constructors | None = None
) -> Literal:
    """The value as an expression for a program; an object without an evident constructor is made by the function
    `rebuilt`, from its class and its attributes. What is shared inside the value is written twice."""
    writer = _Writer(graph, home, {}, dict(constructors or {}))
    writer.rebuilt = rebuilt
    text = writer.expression(value)
    writer.named.update(f"{module}:" for module in SPELLED_WITH if f"{module}." in text)
    obstacle = next(iter(writer.unwritten), "") or ("a value too large to be written" if text.endswith("…") else "")
    return Literal(text, frozenset(writer.named), frozenset(writer.made), obstacle)


def path_text(graph: Graph, path: Sequence[Step]) -> str:
    """Where a value lies under its root, such as `[3].name` or `['key']`; keys are those of this graph."""
    return "".join(_step_text(graph, step) for step in path)


def _step_text(graph: Graph, step: Step) -> str:
    kind, what = step
    if kind == "value":
        return f"[{brief(graph, what, 60)}]"
    if kind == "attribute":
        return f".{what}"
    if kind == "element":
        return f"[{tables.element(*what)}]"
    if kind in ("content", "args", "end"):
        return {"content": "", "args": ".args", "end": ".end"}[kind]
    return {"item": "[{}]", "key": ".keys[{}]", "member": ".members[{}]"}.get(kind, "." + kind + "[{}]").format(what)


class _Writer:
    """Writes expressions; knows the names of what was defined before."""

    def __init__(self, graph: Graph, home: str, names: dict[int, str], constructors: dict[str, Sequence[str]]) -> None:
        self.graph = graph
        self.home = home
        self.names = names
        self.defined: set[int] = set()
        self.constructors = constructors
        self.rebuilt = ""
        """The function that makes objects from their attributes; '' where there is none."""
        self.named: set[str] = set()
        self.made: set[str] = set()
        self.unwritten: list[str] = []
        self.later: dict[int, list[str]] = {}
        """Node → the places of nodes defined before it that it must be assigned to."""

    def expression(self, value: Value, longest: int = _LONGEST) -> str:
        return self.pieces([(value,)], longest)

    def pieces(self, pieces: Sequence[Piece], longest: int = _LONGEST) -> str:
        out: list[str] = []
        length = 0
        inside: set[int] = set()
        waiting: list[Piece | int] = [*reversed(pieces)]
        while waiting:
            piece = waiting.pop()
            if isinstance(piece, int):
                inside.discard(piece)
                continue
            if isinstance(piece, str):
                out.append(piece)
                length += len(piece)
                if length > longest:
                    return "".join(out)[:longest] + "…"
                continue
            waiting += self._parts(piece[0], inside)
        return "".join(out)

    def _parts(self, value: Value, inside: set[int]) -> list[Piece | int]:
        """The text of an atom, or what a node is made of, last first."""
        if not is_reference(value):
            return [_atom_text(value)]
        index = value[0]
        if index in self.defined:
            return [self.names[index]]
        if index in inside or index in self.names:
            self.unwritten.append("a cycle in the value")
            return ["..."]
        inside.add(index)
        return [index, *reversed(self.node(self.graph.nodes[index]))]

    def node(self, node: Node) -> list[Piece]:
        return _WRITERS[node[0]](self, node)

    def name(self, name: str) -> str:
        module, _, qualname = name.partition(":")
        if module != "builtins":
            self.named.add(name)
        if not all(map(str.isidentifier, f"{module}.{qualname}".split("."))):
            self.unwritten.append(f"{qualname} has no name to import")
        return qualname if module in ("builtins", self.home, "__main__") else f"{module}.{qualname}"

    def no_code(self, text: str) -> list[Piece]:
        self.unwritten.append(text)
        return [f"<{text}>"]

    def fields(self, node: Node) -> Sequence[str] | None:
        """The constructor's parameters, where they are evidently the attributes of this object."""
        fields = self.constructors.get(node[1])
        return fields if fields is not None and set(fields) == {name for name, _ in node[2]} else None


def _atom_text(value: Value) -> str:
    thing = atom(value)
    if isinstance(thing, float):
        return repr(thing) if abs(thing) < float("inf") else f"float({str(thing)!r})"
    if isinstance(thing, int) and abs(thing) > _LONGEST_INT:
        return hex(thing)
    return repr(thing)


def _around(before: str, after: str) -> Callable[[_Writer, Node], list[Piece]]:
    return lambda writer, node: [before, *joined(node[1]), after]


def _tuple(writer: _Writer, node: Node) -> list[Piece]:
    return ["(", *joined(node[1]), ",)" if len(node[1]) == 1 else ")"]


def _dict(writer: _Writer, node: Node) -> list[Piece]:
    out: list[Piece] = []
    for key, value in node[1]:
        out += [", ", (key,), ": ", (value,)]
    return ["{", *out[1:], "}"]


def _bytes(writer: _Writer, node: Node) -> list[Piece]:
    return [repr(bytes.fromhex(node[1])) if node[0] == "bytes" else repr(bytearray.fromhex(node[1]))]


def _complex(writer: _Writer, node: Node) -> list[Piece]:
    return [f"complex({_atom_text({'f': node[1]})}, {_atom_text({'f': node[2]})})"]


def _range(writer: _Writer, node: Node) -> list[Piece]:
    return ["range(", *joined(node[1][:2] if node[1][2] == 1 else node[1]), ")"]


def _deque(writer: _Writer, node: Node) -> list[Piece]:
    return ["collections.deque([", *joined(node[1]), "])" if node[2] is None else f"], maxlen={node[2]})"]


def _module(writer: _Writer, name: str) -> str:
    writer.named.add(f"{name}:")
    return name


def _named(writer: _Writer, node: Node) -> list[Piece]:
    return [writer.name(node[1])]


def _object(writer: _Writer, node: Node) -> list[Piece]:
    name, attributes, content = node[1:]
    if name == CALLBACK:
        return writer.no_code(f"callback {dict(attributes).get('number')}")
    fields = writer.fields(node)
    if fields is not None and content is None:
        values = dict(attributes)
        shown = [piece for field in fields for piece in (f", {field}=", (values[field],))]
        writer.made.add(name)
        return [writer.name(name) + "(", *([shown[0][2:], *shown[1:]] if shown else []), ")"]  # type: ignore[list-item]
    if name in _CONSTRUCTED and not attributes:
        return [writer.name(name) + "(", (content,), ")"]
    if name == "collections:defaultdict" and len(attributes) == 1:
        return ["collections.defaultdict(", (attributes[0][1],), ", ", (content,), ")"]
    if writer.rebuilt and content is None and all(_is_name(attribute) for attribute, _ in attributes):
        writer.made.add(name)
        given = [piece for attribute, value in attributes for piece in (f", {attribute}=", (value,))]
        return [f"{writer.rebuilt}({writer.name(name)}", *given, ")"]
    writer.unwritten.append(f"the state of {writer.name(name)}")
    out: list[Piece] = [f"<{writer.name(name)}"]
    out += [" ", (content,)] if content is not None else []
    for attribute, value in attributes:
        out += [f" {attribute}=", (value,)]
    return [*out, ">"]


def _exception(writer: _Writer, node: Node) -> list[Piece]:
    arguments = writer.graph.node(node[2])
    out = [writer.name(node[1]) + "(", *joined(arguments[1] if arguments else []), ")"]
    if not node[3]:
        return out
    writer.unwritten.append(f"the attributes of {writer.name(node[1])}")
    for attribute, value in node[3]:
        out += [f" {attribute}=", (value,)]
    return ["<", *out, ">"]


def _lazy(writer: _Writer, node: Node) -> list[Piece]:
    items, end = (node[1], node[2]) if node[0] == "generator" else (node[2], node[3])
    shown: list[Piece] = ["[", *joined(items), "]"]
    if end == ["stop", None]:
        return ["(item for item in ", *shown, ")"] if node[0] == "generator" else ["iter(", *shown, ")"]
    what = "goes on" if end[0] == "cap" else "then raises " if end[0] == "raise" else "then returns "
    writer.unwritten.append(f"how the {node[0]} ends")
    return [f"<{node[0]} of ", *shown, f", {what}", *[(value,) for value in end[1:]], ">"]


_WRITERS: dict[str, Callable[[_Writer, Node], list[Piece]]] = {
    "list": _around("[", "]"),
    "tuple": _tuple,
    "set": lambda writer, node: ["{", *joined(node[1]), "}"] if node[1] else ["set()"],
    "frozenset": lambda writer, node: ["frozenset({", *joined(node[1]), "})"] if node[1] else ["frozenset()"],
    "dict": _dict,
    "bytes": _bytes,
    "bytearray": _bytes,
    "complex": _complex,
    "range": _range,
    "slice": _around("slice(", ")"),
    "ellipsis": lambda writer, node: ["..."],
    "notimplemented": lambda writer, node: ["NotImplemented"],
    "deque": _deque,
    "class": _named,
    "function": _named,
    "module": lambda writer, node: [_module(writer, node[1])],
    "enum": lambda writer, node: [writer.name(node[1]) + (f".{node[2]}" if _is_name(node[2]) else f"[{node[2]!r}]")],
    "object": _object,
    "exception": _exception,
    "generator": _lazy,
    "iterator": _lazy,
    "opaque": lambda writer, node: writer.no_code(f"{writer.name(node[1])}: {node[2]}"),
    **SPELLED,
    **tables.SPELLED,
}


def _definitions(writer: _Writer, graph: Graph) -> Iterator[str]:
    """Statements that define what an expression cannot hold, each after what it needs."""
    order, cyclic = _postorder(graph)
    count = _uses(graph)
    for index in order:
        node = graph.nodes[index]
        if (node[0] in _MUTABLE and (count[index] > 1 or index in cyclic)) or _needs_statements(writer, node):
            writer.names[index] = _new_name(writer.names)
    for index in order:
        if index in writer.names:
            yield from _definition(writer, index, graph.nodes[index])
            yield from (f"{place} = {writer.names[index]}" for place in writer.later.pop(index, ()))


def _new_name(taken: Mapping[int, str]) -> str:
    return _NAMES[len(taken)] if len(taken) < len(_NAMES) else f"x{len(taken)}"


def _needs_statements(writer: _Writer, node: Node) -> bool:
    if node[0] != "object" or node[1] == CALLBACK or writer.fields(node) is not None:
        return False
    return not ((node[1] in _CONSTRUCTED and not node[2]) or node[1] == "collections:defaultdict")


def _definition(writer: _Writer, index: int, node: Node) -> Iterator[str]:
    """The statements for one named node, without the parts that are not defined yet."""
    name = writer.names[index]
    _note_later(writer, index, node)
    if not _needs_statements(writer, node):
        pieces = writer.node(_without_later(writer, node))
        writer.defined.add(index)
        yield f"{name} = {writer.pieces(pieces)}"
        return
    cls, content = writer.name(node[1]), writer.graph.node(node[3])
    kind = content[0] if content else ""
    given = "" if node[3] is None or kind in _MUTABLE else f", {writer.expression(node[3])}"
    yield f"{name} = {cls}.__new__({cls}{given})"
    if content and kind in _MUTABLE:
        fill = "extend" if kind in ("list", "deque", "bytearray") else "update"
        yield f"{kind}.{fill}({name}, {writer.expression(node[3])})"
    writer.defined.add(index)
    for attribute, value in node[2]:
        if not _is_later(writer, value):
            yield f"{name}.{attribute} = {writer.expression(value)}"


def _note_later(writer: _Writer, index: int, node: Node) -> None:
    """Remember the places of this node whose values are defined only after it, or are the node itself."""
    for key, value in _places(node):
        own = node[0] == "object" and value == [index]  # its attributes are set when it exists
        if is_reference(value) and _is_later(writer, value) and not own:
            at = f".{key}" if node[0] == "object" else f"[{writer.expression(key)}]"
            writer.later.setdefault(value[0], []).append(writer.names[index] + at)


def _places(node: Node) -> list[tuple[Value, Value]]:
    """Where a value can be assigned: (index, key or attribute name, value)."""
    if node[0] in ("list", "deque"):
        return list(enumerate(node[1]))
    if node[0] in ("dict", "object"):
        return [(key, value) for key, value in node[1 if node[0] == "dict" else 2]]
    return []


def _is_later(writer: _Writer, value: Value) -> bool:
    return is_reference(value) and value[0] in writer.names and value[0] not in writer.defined


def _without_later(writer: _Writer, node: Node) -> Node:
    if node[0] in ("list", "deque"):
        return [node[0], [None if _is_later(writer, value) else value for value in node[1]], *node[2:]]
    if node[0] == "dict":
        return [node[0], [[key, None if _is_later(writer, value) else value] for key, value in node[1]]]
    return node


def _postorder(graph: Graph) -> tuple[list[int], set[int]]:
    """Nodes after what they hold, and those that a cycle leads back to."""
    order: list[int] = []
    open_: set[int] = set()
    done: set[int] = set()
    cyclic: set[int] = set()
    waiting = [(value[0], False) for value in reversed(list(graph.roots.values())) if is_reference(value)]
    while waiting:
        index, leaving = waiting.pop()
        if leaving:
            open_.discard(index)
            done.add(index)
            order.append(index)
        elif index in open_:
            cyclic.add(index)
        elif index not in done:
            open_.add(index)
            waiting.append((index, True))
            waiting += [(v[0], False) for v in reversed(list(values_in(graph.nodes[index]))) if is_reference(v)]
    return order, cyclic


def _uses(graph: Graph) -> dict[int, int]:
    count = dict.fromkeys(range(len(graph.nodes)), 0)
    for value in graph.roots.values():
        if is_reference(value):
            count[value[0]] += 1
    for index in graph.reachable():
        for value in values_in(graph.nodes[index]):
            if is_reference(value):
                count[value[0]] += 1
    return count


def _callee(writer: _Writer, qualname: str, graph: Graph) -> str:
    if "receiver" not in graph.roots:
        return qualname
    return f"{writer.expression(graph.roots['receiver'])}.{qualname.rpartition('.')[2]}"


def _arguments(writer: _Writer, graph: Graph) -> Iterator[str]:
    args, kwargs = graph.node(graph.roots.get("args")), graph.node(graph.roots.get("kwargs"))
    for value in args[1] if args else []:
        yield writer.expression(value)
    for key, value in kwargs[1] if kwargs else []:
        if isinstance(key, str) and _is_name(key):
            yield f"{key}={writer.expression(value)}"
        else:
            yield f"**{{{writer.expression(key)}: {writer.expression(value)}}}"


def _is_name(text: str) -> bool:
    return text.isidentifier() and not keyword.iskeyword(text)
