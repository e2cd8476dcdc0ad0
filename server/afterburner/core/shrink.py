"""Shrinking: simpler calls near one call, largest cuts first; whoever asks runs them and keeps what still differs."""

from __future__ import annotations

from collections.abc import Iterator

from afterburner.core.grammar import (
    CALLBACK,
    Node,
    Value,
    atom,
    float_value,
    int_value,
    is_reference,
    steps,
    values_in,
    with_values,
)
from afterburner.core.graph import Graph
from afterburner.core.tables import row_count, rows_kept

_MOST_SINGLE_CUTS = 16
_FIXED_TUPLE = 4
"""Tuples up to this length are records: their length stays."""
_SIMPLE_FLOATS = (0.0, 1.0, 2.0, 0.5, -1.0)
_WHOLE = ("range", "value", "slice", "made", "carried", "cell", "scalar", "table", "landmark")
"""Kinds whose parts mean something only together."""
_SEQUENCES = ("list", "set", "frozenset", "deque", "tuple", "bytes", "bytearray", "dict")


def smaller(graph: Graph) -> Iterator[Graph]:
    """Simpler versions of a call with roots `args`, `kwargs` and `receiver`, each below it by `simplicity`.

    Halves of containers and texts first, then single elements, then numbers and texts in them; the number of arguments,
    the kinds of values and the lengths of short tuples stay.
    """
    start = trimmed(graph)
    least, seen = simplicity(start), set[str]()
    for proposal in _proposals(start):
        candidate = trimmed(proposal)
        mark = repr((candidate.nodes, candidate.roots))
        if mark not in seen and simplicity(candidate) < least and _keys_differ(candidate):
            seen.add(mark)
            yield candidate


def simplicity(graph: Graph) -> tuple[int, ...]:
    """What makes one call simpler than another: fewer parts, shorter texts, smaller and rounder numbers."""
    values = [v for index in graph.reachable() for v in values_in(graph.nodes[index])] + list(graph.roots.values())
    lengths = sum(
        len(graph.nodes[index][1]) for index in graph.reachable() if graph.nodes[index][0] in ("bytes", "bytearray")
    )
    texts = [value for value in values if isinstance(value, str)]
    numbers = sum(_complexity(value) for value in values)
    return len(values) + len(set(graph.reachable())), lengths + sum(map(len, texts)), numbers, _strangeness(texts)


def trimmed(graph: Graph) -> Graph:
    """The same graph without the nodes that nothing leads to."""
    order = sorted(graph.reachable())
    if len(order) == len(graph.nodes):
        return graph
    number = {index: place for place, index in enumerate(order)}

    def moved(value: Value) -> Value:
        return [number[value[0]]] if is_reference(value) else value

    nodes = tuple(with_values(graph.nodes[i], [moved(value) for value in values_in(graph.nodes[i])]) for i in order)
    return Graph(nodes, {name: moved(value) for name, value in graph.roots.items()})


def _keys_differ(graph: Graph) -> bool:
    """Whether no set or dict holds a member or key twice."""
    for node in graph.nodes:
        if node[0] in ("set", "frozenset", "dict"):
            keys = [str(item[0] if node[0] == "dict" else item) for item in node[1]]
            if len(set(keys)) < len(keys):
                return False
    return True


def _proposals(graph: Graph) -> Iterator[Graph]:
    frames = {value[0] for name in ("args", "kwargs") if is_reference(value := graph.roots.get(name))}
    order = sorted(set(graph.reachable()) - frames, key=lambda index: -_length(graph.nodes[index]))
    columns = _inside_tables(graph, order)
    yield from _fewer_rows(graph, [index for index in order if index not in columns])
    sequences = [index for index in order if graph.nodes[index][0] in _SEQUENCES and index not in columns]
    containers = [index for index in sequences if _may_shrink(graph.nodes[index])]
    for index in containers:
        for node in _halves(graph.nodes[index]):
            yield _replaced(graph, index, node)
    for index in order:
        yield from (_replaced(graph, index, node) for node in _plainer(graph.nodes[index]))
    for index in sorted(frames):
        yield from _with_simpler_values(graph, index, keep="key")
    for index in containers:
        for node in _without_one(graph.nodes[index]):
            yield _replaced(graph, index, node)
    for index in order:
        yield from _with_simpler_values(graph, index)


def _inside_tables(graph: Graph, order: list[int]) -> set[int]:
    tables = [index for index in order if graph.nodes[index][0] == "table"]
    return {index for value in tables for index in graph.reachable(list(values_in(graph.nodes[value])))}


def _fewer_rows(graph: Graph, order: list[int]) -> Iterator[Graph]:
    """Arrays and tables without rows, with either half, and without one of the first."""
    for index in [index for index in order if graph.nodes[index][0] in ("array", "table")]:
        rows = list(range(row_count(graph, index)))
        half = (len(rows) + 1) // 2
        fewer = [rows[:0], rows[:half], rows[half:], *(rows[:at] + rows[at + 1 :] for at in rows[:_MOST_SINGLE_CUTS])]
        for kept in fewer if rows else ():
            if nodes := rows_kept(graph, index, kept):
                yield Graph(tuple(nodes.get(at, node) for at, node in enumerate(graph.nodes)), graph.roots)


def _replaced(graph: Graph, index: int, node: Node) -> Graph:
    return Graph((*graph.nodes[:index], node, *graph.nodes[index + 1 :]), graph.roots)


def _length(node: Node) -> int:
    return len(node[1]) if node[0] in _SEQUENCES else 0


def _may_shrink(node: Node) -> bool:
    return bool(node[1]) and not (node[0] == "tuple" and len(node[1]) <= _FIXED_TUPLE)


def _halves(node: Node) -> Iterator[Node]:
    """Without any, the first half, the second half, and each quarter left out."""
    content, unit = node[1], 2 if node[0] in ("bytes", "bytearray") else 1
    count = len(content) // unit
    yield _with_content(node, content[:0])
    half = (count + 1) // 2 * unit
    if count > 1:
        yield _with_content(node, content[:half])
        yield _with_content(node, content[half:])
    quarter = count // 4 * unit
    if quarter:
        for start in range(0, 4 * quarter, quarter):
            yield _with_content(node, content[:start] + content[start + quarter :])


def _without_one(node: Node) -> Iterator[Node]:
    content, unit = node[1], 2 if node[0] in ("bytes", "bytearray") else 1
    for start in range(0, len(content), unit)[:_MOST_SINGLE_CUTS]:
        yield _with_content(node, content[:start] + content[start + unit :])


def _with_content(node: Node, content: object) -> Node:
    return [node[0], content, *node[2:]]


def _plainer(node: Node) -> Iterator[Node]:
    """All numbers of a node made small at once: by rank, by halving; all texts made short at once."""
    if node[0] in _WHOLE or node[1:2] == [CALLBACK]:
        return
    values = list(values_in(node))
    numbers = sorted({value for value in values if type(value) is int})
    if numbers:
        positive = [value for value in numbers if value >= 0]
        rank = {value: place for place, value in enumerate(positive)}
        rank |= {value: -1 - place for place, value in enumerate(reversed([n for n in numbers if n < 0]))}
        yield with_values(node, [rank[value] if type(value) is int else value for value in values])
        yield with_values(node, [int(value / 2) if type(value) is int else value for value in values])
    texts = sorted({value for value in values if isinstance(value, str)})
    if texts:
        short = {text: chr(97 + place % 26) * (1 + place // 26) if text else "" for place, text in enumerate(texts)}
        yield with_values(node, [short[value] if isinstance(value, str) else value for value in values])


def _with_simpler_values(graph: Graph, index: int, keep: str = "") -> Iterator[Graph]:
    node = graph.nodes[index]
    if node[0] in _WHOLE or node[1:2] == [CALLBACK]:
        return
    values = list(values_in(node))
    kinds = [kind for kind, _ in steps(node)]
    for place, value in enumerate(values[: 4 * _MOST_SINGLE_CUTS]):
        for simpler in _simpler(value) if kinds[place] != keep else ():
            yield _replaced(graph, index, with_values(node, [*values[:place], simpler, *values[place + 1 :]]))


def _simpler(value: Value) -> Iterator[Value]:
    if is_reference(value) or isinstance(value, bool) or value is None:
        return
    thing = atom(value)
    if isinstance(thing, int):
        sign = -1 if thing < 0 else 1
        options = (0, sign, 2 * sign, sign * (abs(thing) // 2), sign * (abs(thing) - 1))
        yield from (int_value(one) for one in dict.fromkeys(options) if abs(one) < abs(thing))
    elif isinstance(thing, float):
        rounded = float(round(thing)) if abs(thing) < 1e15 else thing
        yield from (
            float_value(one) for one in dict.fromkeys((*_SIMPLE_FLOATS, rounded, round(thing, 1))) if one != thing
        )
    elif isinstance(thing, str):
        half = (len(thing) + 1) // 2
        options_text = ("", "a", "a" * len(thing), thing[:half], thing[half:], thing[1:], thing[:-1])
        yield from (one for one in dict.fromkeys(options_text) if one != thing)


def _complexity(value: Value) -> int:
    """How much there is to read in a number."""
    if is_reference(value) or isinstance(value, str) or value is None:
        return 0
    thing = atom(value)
    if isinstance(thing, int):
        return 2 * min(abs(thing), 50) + thing.bit_length() + (thing < 0)
    return len(repr(thing)) + (thing != 0)


def _strangeness(texts: list[str]) -> int:
    return sum(ord(character) != ord("a") for text in texts for character in text)
