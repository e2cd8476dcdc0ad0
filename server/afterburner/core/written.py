"""Writes an observed call down as a row of a test, or says why it cannot be one."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace

from afterburner.core.behaviour import Ending, Row, Spoken
from afterburner.core.fingerprint import canonical
from afterburner.core.grammar import Value, is_reference, values_in
from afterburner.core.graph import Graph
from afterburner.core.inputs import CallGraph, CallText, Case
from afterburner.core.observation import Observed
from afterburner.core.render import Constructors, literal
from afterburner.core.target import Target
from afterburner.core.units import binds, bound_names, loaded_names

REBUILT = "rebuilt"
"""The function of a test file that makes an object from its class and attributes."""
TOO_LONG = "values too long to be read"
_LONGEST = 100
"""Characters of arguments, and of a result, that people read of a call that nobody gave."""
_LONGEST_GIVEN = 300
_CHANGEABLE = ("list", "dict", "set", "deque", "bytearray", "object", "array", "table")
_LAZY = ("generator", "iterator")
_ONCE = (*_LAZY, "made", "cell", "carried", "pickled")
"""Kinds that are used up by the call, or that an expression does not make again as they were."""
_INPUTS = {"receiver": "thing", "args": "args", "kwargs": "kwargs"}


def row(
    target: Target, case: Case, observed: Observed, constructors: Constructors, tolerance: float = 0.0
) -> Row | Spoken | str:
    """The call with what it did; a reason in words where a test could not say it faithfully."""
    if observed.graph is None:
        return "results too large to be written"
    longest = _LONGEST_GIVEN if case.origin.given else _LONGEST
    outcome = _Writing(target, observed.graph, constructors, longest)
    ending = outcome.ending(observed, tolerance)
    if outcome.obstacle or isinstance(ending, str):
        return outcome.obstacle or str(ending)
    inputs = _Writing(target, observed.graph, constructors, longest)
    found = _row(inputs, case, ending) if isinstance(case.call, CallGraph) else "arguments that are no plain values"
    if isinstance(found, Row):
        return replace(found, names=found.names | outcome.names, made=found.made | outcome.made)
    text = case.call if isinstance(case.call, CallText) else case.written
    if text is None or not isinstance(found, str):
        return found
    spoken = _spoken(target, case, text, ending)
    if isinstance(spoken, str):
        return spoken
    return replace(spoken, names=spoken.names | outcome.names, made=frozenset(outcome.made))


@dataclass(slots=True)
class _Writing:
    """The expressions of one row, and what they name."""

    target: Target
    graph: Graph
    """The observation."""
    constructors: Constructors
    longest: int
    names: set[str] = field(default_factory=set)
    made: set[str] = field(default_factory=set)
    obstacle: str = ""

    def text(self, graph: Graph, value: Value) -> str:
        """An expression; the first thing that stands in the way is remembered."""
        found = literal(graph, value, home=self.target.module, rebuilt=REBUILT, constructors=self.constructors)
        self.names |= found.names
        self.made |= found.made
        self.obstacle = self.obstacle or found.obstacle
        if any(graph.nodes[index][0] == "table" for index in graph.reachable([value])):
            self.obstacle = self.obstacle or "tables of pandas, which no test compares by its cells"
        if len(found.text) > self.longest:
            self.obstacle = self.obstacle or TOO_LONG
        if not self.obstacle and not _is_expression(found.text):
            self.obstacle = "values that Python cannot read again"
        return found.text

    def ending(self, observed: Observed, tolerance: float) -> Ending | str:
        roots = self.graph.roots
        shown = roots.get("stdout")
        printed = repr(shown) if shown else None
        if "exception" in roots:
            return self._raised(roots["exception"], observed.message_strict, printed)
        node = self.graph.node(roots["result"]) if "result" in roots else None
        if node is not None and node[0] in _LAZY:
            items, end = (node[1], node[2]) if node[0] == "generator" else (node[2], node[3])
            if end != ["stop", None]:
                return "iterators that do not simply end"
            listed = Graph((*self.graph.nodes, ["list", items]), {})
            ending = Ending("yields", self.text(listed, [len(self.graph.nodes)]), printed=printed)
        else:
            ending = Ending("returns", self.text(self.graph, roots.get("result")), None, printed, tolerance)
        return ending

    def _raised(self, value: Value, strict: bool, printed: str | None) -> Ending | str:
        node = self.graph.node(value)
        if node is None or node[0] != "exception":
            return "exceptions that have no plain form"
        self.names |= {node[1]} if not node[1].startswith("builtins:") else set()
        module, _, name = node[1].partition(":")
        kind = name if module in ("builtins", self.target.module) else f"{module}.{name}"
        said = self.text(self.graph, node[2]) if strict else None
        return Ending("raises", kind, said, printed)


def _is_expression(text: str) -> bool:
    """Whether Python reads it: what a worker sent may hold any text, and nest deeper than the parser goes."""
    try:
        ast.parse(text, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _row(writing: _Writing, case: Case, ending: Ending) -> Row | str:
    assert isinstance(case.call, CallGraph)
    before = Graph.checked(case.call.graph)
    nodes = [before.nodes[index] for index in before.reachable()]
    if any(node[0] in _ONCE for node in nodes):
        return "iterators, buffers or functions without a name among the arguments"
    if _shares(before):
        return "objects that several arguments share"
    args, kwargs = before.node(before.roots.get("args")), before.node(before.roots.get("kwargs"))
    receiver = writing.text(before, before.roots["receiver"]) if "receiver" in before.roots else ""
    positional = tuple(writing.text(before, value) for value in (args[1] if args else ()))
    named = [(key, writing.text(before, value)) for key, value in (kwargs[1] if kwargs else ())]
    if sum(map(len, [receiver, *positional, *(text for _, text in named)])) > writing.longest:
        return TOO_LONG
    after = _after(writing, before)
    if writing.obstacle:
        return writing.obstacle
    return Row(
        case.origin, receiver, positional, tuple(named), ending, after,
        any(node[0] in _CHANGEABLE for node in nodes if node is not args and node is not kwargs),
        frozenset(writing.names), frozenset(writing.made),
    )  # fmt: skip


def _after(writing: _Writing, before: Graph) -> tuple[tuple[str, str], ...]:
    """Receiver, arguments and keyword arguments afterwards; () when all are as they were."""
    seen = writing.graph
    roots = {name: seen.roots[name] for name in _INPUTS if name in seen.roots}
    if canonical(before) == canonical(Graph(seen.nodes, roots)):
        return ()
    return tuple((_INPUTS[name], writing.text(seen, value)) for name, value in roots.items())


def _shares(graph: Graph) -> bool:
    """Whether an object that can change is in two places of the arguments, or inside itself."""
    seen: set[int] = set()
    values = [v for v in graph.roots.values() if is_reference(v)]
    values += [v for index in graph.reachable() for v in values_in(graph.nodes[index]) if is_reference(v)]
    for value in values:
        if graph.nodes[value[0]][0] in _CHANGEABLE and value[0] in seen:
            return True
        seen.add(value[0])
    return False


def _spoken(target: Target, case: Case, text: CallText, ending: Ending) -> Spoken | str:
    """The call as it was written, with the names that it needs of the module."""
    tree = [*ast.parse(text.setup).body, *ast.parse(text.expression.strip()).body]
    if any(isinstance(s, ast.ImportFrom) and s.names[0].name == "*" for s in tree):
        return "calls that need an import of everything"
    own = {name for statement in tree for node in ast.walk(statement) for name in binds(node)}
    read = (loaded_names(tree) - own) & set(bound_names(target.source.tree.body))
    return Spoken(case.origin, text, ending, frozenset(f"{target.module}:{name}" for name in read))
