"""Arrays and tables of numpy and pandas: how places in them read, what type they are, and how they are spelled."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from afterburner.core.grammar import Node, Value, is_float, is_reference
from afterburner.core.graph import Graph
from afterburner.core.spelled import Piece, Writer, joined

_NUMBERS = {"i": "int", "u": "uint", "f": "float", "c": "complex"}
_EVIDENT = {"float64": is_float, "int64": lambda value: type(value) is int, "bool": lambda value: type(value) is bool}
"""Types that numpy gives elements of a kind when no type is named."""
_MOST_COLUMNS = 8
_DEEPEST = 4
"""A table has an index, which has an array."""


def dtype_name(text: str) -> str:
    """The usual name of a dtype, such as `float64`, where it is in the order of bytes that is usual today."""
    if text == "|b1":
        return "bool"
    if text == "|O":
        return "object"
    found = re.fullmatch(r"[<|]([iufc])(\d+)", text)
    return f"{_NUMBERS[found[1]]}{8 * int(found[2])}" if found else text


def element(place: int, sizes: Sequence[int]) -> str:
    """The index of the element at a place in row order, such as `3, 1`."""
    out = []
    for size in reversed(sizes):
        place, at = divmod(place, size)
        out.append(str(at))
    return ", ".join(reversed(out)) or "()"


def array_type(node: Node) -> str:
    """The type of an array, such as `ndarray[int64, 1-d]`."""
    return f"{node[1].rpartition(':')[2]}[{dtype_name(node[2])}, {len(node[3])}-d]"


def table_type(graph: Graph, node: Node) -> str:
    """The type of a table, such as `DataFrame[a: float64, b: object]` or `Series[int64]`."""
    name = node[1].rpartition(":")[2]
    if node[2]:
        columns = [f"{label}: {_column_type(graph, column)}" for label, column in node[2][:_MOST_COLUMNS]]
        return f"{name}[{', '.join(columns)}{', …' if len(node[2]) > _MOST_COLUMNS else ''}]"
    values = dict(node[3]).get("values")
    return f"{name}[{_column_type(graph, values)}]" if values is not None else name


def _column_type(graph: Graph, value: Value) -> str:
    node = graph.node(value)
    if node is None:
        return graph.kind(value)
    return dtype_name(node[2]) if node[0] == "array" else node[1].rpartition(":")[2] if node[0] == "table" else node[0]


def _array(writer: Writer, node: Node) -> list[Piece]:
    _, name, dtype, sizes, layout, items, _ = node
    order = layout.partition(" ")[0]
    if order.startswith("S"):
        writer.unwritten.append("that an array is strided in memory")
    if order.endswith("r"):
        writer.unwritten.append("that an array is read-only")
    shown = dtype_name(dtype)
    evident = items and shown in _EVIDENT and all(map(_EVIDENT[shown], items))
    kind = "" if evident else f", dtype={dtype if dtype.startswith('[') else repr(shown)}"
    kind += ", order='F'" if order.startswith("F") else ""
    if 0 in sizes:
        return [f"numpy.empty({tuple(sizes)}{kind})"]
    make = "numpy.matrix" if name == "numpy:matrix" else "numpy.array"
    return [f"{make}(", *_nested(items, sizes), f"{kind})"]


def _nested(items: Sequence[Value], sizes: Sequence[int]) -> list[Piece]:
    """Lists in lists, as deep as the array has axes."""
    if not sizes:
        return [(items[0],)]
    if len(sizes) == 1:
        return ["[", *joined(items), "]"]
    step, out = len(items) // sizes[0], list[Piece]()
    for start in range(0, len(items), step):
        out += [", ", *_nested(items[start : start + step], sizes[1:])]
    return ["[", *out[1:], "]"]


def _scalar(writer: Writer, node: Node) -> list[Piece]:
    unit = re.search(r"\[(.*)\]", node[2])
    return [writer.name(node[1]) + "(", (node[3],), f", {unit[1]!r})" if unit else ")"]


def _table(writer: Writer, node: Node) -> list[Piece]:
    spell = _SPELLED.get(node[1].rpartition(":")[2])
    return spell(writer, node) if spell else writer.no_code(writer.name(node[1]))


def _frame(writer: Writer, node: Node) -> list[Piece]:
    parts, columns = dict(node[3]), node[2]
    out: list[Piece] = []
    for label, column in columns:
        out += [", ", (label,), ": ", (column,)]
    labels = [str(label) for label, _ in columns]
    if len(set(labels)) < len(labels):
        writer.unwritten.append("columns of the same name")
    return ["pandas.DataFrame({", *out[1:], "}", *_index_of(writer, parts["index"], always=not columns), ")"]


def _index_of(writer: Writer, index: Value, *, always: bool = False) -> list[Piece]:
    """The index as an argument, where it is not just 0, 1, 2 …"""
    node = writer.graph.node(index)
    if node and not always and node[1] == "pandas:RangeIndex":
        parts = dict(node[3])
        values = writer.graph.node(parts["values"])
        if parts["name"] is None and values and values[1][0] == 0 and values[1][2] == 1:
            return []
    return [", index=", (index,)]


def _series(writer: Writer, node: Node) -> list[Piece]:
    parts = dict(node[3])
    name: list[Piece] = [] if parts["name"] is None else [", name=", (parts["name"],)]
    return ["pandas.Series(", (parts["values"],), *_index_of(writer, parts["index"]), *name, ")"]


def _index(writer: Writer, node: Node) -> list[Piece]:
    parts = dict(node[3])
    out: list[Piece] = [f"{writer.name(node[1])}(", (parts["values"],)]
    for name in ("name", "freq"):
        out += [] if parts.get(name) is None else [f", {name}=", (parts[name],)]
    return [*out, ")"]


def _called(text: str, *names: str) -> Callable[[Writer, Node], list[Piece]]:
    """A form whose gaps are the parts with these names."""

    def spell(writer: Writer, node: Node) -> list[Piece]:
        parts, out = dict(node[3]), list[Piece]()
        for before, name in zip(text.split("{}"), names, strict=False):
            out += [before, (parts[name],)]
        return [*out, text.rpartition("{}")[2]]

    return spell


_CATEGORICAL = "pandas.Categorical.from_codes({}, categories={}, ordered={})"
_ZONED = "pandas.DatetimeIndex({}).tz_localize('UTC').tz_convert({}).array"
_SPELLED: Mapping[str, Callable[[Writer, Node], list[Piece]]] = {
    "DataFrame": _frame,
    "Series": _series,
    **dict.fromkeys(("Index", "RangeIndex", "DatetimeIndex", "TimedeltaIndex", "CategoricalIndex"), _index),
    "MultiIndex": _called("pandas.MultiIndex(levels={}, codes={}, names={})", "levels", "codes", "names"),
    "Categorical": _called(_CATEGORICAL, "codes", "categories", "ordered"),
    "IntegerArray": _called("pandas.arrays.IntegerArray({}, {})", "data", "mask"),
    "FloatingArray": _called("pandas.arrays.FloatingArray({}, {})", "data", "mask"),
    "BooleanArray": _called("pandas.arrays.BooleanArray({}, {})", "data", "mask"),
    "DatetimeArray": _called(_ZONED, "utc", "zone"),
    "StringArray": _called("pandas.array({}, dtype={})", "values", "dtype"),
    "ArrowStringArray": _called("pandas.array({}, dtype={})", "values", "dtype"),
}

SPELLED: Mapping[str, Callable[[Writer, Node], list[Piece]]] = {"array": _array, "scalar": _scalar, "table": _table}
"""Kinds of nodes that are written here."""


def row_count(graph: Graph, index: int) -> int:
    """How many rows an array or table has; 0 where it has no axis, or where nothing simple tells."""
    node = graph.nodes[index]
    for _ in range(_DEEPEST):
        if node[0] == "array":
            return int(node[3][0]) if node[3] else 0
        if node[0] == "range":
            return int(node[1][1]) if type(node[1][1]) is int else 0
        if node[0] == "list":
            return len(node[1])
        parts = dict(node[3]) if node[0] == "table" else {}
        below = graph.node(parts.get("index", parts.get("values")))
        if below is None:
            return 0
        node = below
    return 0


def rows_kept(graph: Graph, index: int, rows: Sequence[int], depth: int = 0) -> Mapping[int, Node] | None:
    """The nodes to put in place so that an array or table keeps only these rows; None where its parts forbid it."""
    node = graph.nodes[index]
    if node[0] == "range":
        return {index: ["range", [0, len(rows), 1]]}
    if node[0] == "list" and depth:
        return {index: ["list", [node[1][row] for row in rows if row < len(node[1])]]}
    if node[0] == "array":
        return {index: _rows_of_array(node, rows)} if node[3] and max(rows, default=0) < node[3][0] else None
    parts = dict(node[3]) if node[0] == "table" else {}
    held = [column for _, column in node[2]] if parts else []
    held += [parts[name] for name in ("values", "index") if name in parts]
    if not held or depth > _DEEPEST:
        return None
    made: dict[int, Node] = {}
    for value in held:
        below = rows_kept(graph, value[0], rows, depth + 1) if is_reference(value) else None
        if below is None:
            return None
        made |= below
    return made


def _rows_of_array(node: Node, rows: Sequence[int]) -> Node:
    width = len(node[5]) // node[3][0] if node[3][0] else 0
    items = [item for row in rows for item in node[5][row * width : (row + 1) * width]]
    return [*node[:3], [len(rows), *node[3][1:]], node[4], items, node[6]]
