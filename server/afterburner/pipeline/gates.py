"""The gates before a verdict: changed lines that ran, how many cases, how many distinct observations."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Sequence
from typing import Literal

from afterburner.core.graph import Graph
from afterburner.core.observation import Observed
from afterburner.core.patch import changed_lines
from afterburner.core.reach import reachable_functions
from afterburner.core.source import Source

ENOUGH_CASES = 30
ENOUGH_DISTINCT = 5


def statements_changed(before: Source, after: Source, qualname: str) -> dict[int, int]:
    """First → last line of each changed statement in the functions of `after` that the target can reach."""
    changed = changed_lines(before, after)
    found: dict[int, int] = {}
    for function in reachable_functions(after, qualname):
        for first, last in statements(function).items():
            if any(line in changed for line in range(first, last + 1)):
                found[first] = last
    return found


def statements(function: ast.AST) -> dict[int, int]:
    """First → last line of each statement in a function that leaves a trace when it runs."""
    return {node.lineno: _header_end(node) for node in _statements(function)}


def ending_in_raise(source: Source, qualname: str) -> set[int]:
    """First lines of the statements that lead to an exception: those of a block whose last one is a `raise`."""
    blocks = [
        block
        for function in reachable_functions(source, qualname)
        for node in ast.walk(function)
        for field in ("body", "orelse", "finalbody")
        if isinstance(block := getattr(node, field, None), list) and block
    ]
    return {node.lineno for block in blocks if isinstance(block[-1], ast.Raise) for node in block}


def not_run(statements: dict[int, int], lines: Iterable[int]) -> tuple[int, ...]:
    """First lines of the statements of which no line ran."""
    ran = set(lines)
    return tuple(sorted(first for first, last in statements.items() if not ran & set(range(first, last + 1))))


def distinct(observations: Sequence[Observed]) -> int:
    """How many different results (or exceptions) the original gave."""
    return len({result_key(o.graph) if o.graph is not None else o.digest for o in observations})


def strength(cases: int, different: int, possible: int) -> Literal["strong", "weak"]:
    """Strong with 30 cases and as many distinct results as there can be, up to 5."""
    return "strong" if cases >= ENOUGH_CASES and different >= min(ENOUGH_DISTINCT, possible) else "weak"


def possible_results(observations: Sequence[Observed]) -> int:
    """How many results there can be, as far as their type tells: 2 for bool, 1 for None, else plenty."""
    kinds = {
        o.graph.kind(o.graph.roots["result"]) for o in observations if o.graph is not None and "result" in o.graph.roots
    }
    if kinds <= {"none"}:
        return 1
    return 2 if kinds <= {"bool", "none"} else ENOUGH_DISTINCT


def _statements(function: ast.AST) -> Iterable[ast.stmt]:
    """Statements that leave a line event when they run: no docstrings, no declarations."""
    for node in ast.walk(function):
        if isinstance(node, ast.stmt) and node is not function and not _silent(node):
            yield node


def _silent(node: ast.stmt) -> bool:
    if isinstance(node, ast.Global | ast.Nonlocal | ast.Pass):
        return True
    if isinstance(node, ast.AnnAssign) and node.value is None:
        return True
    if isinstance(node, ast.Try | ast.Break | ast.Continue):
        return True
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _header_end(node: ast.stmt) -> int:
    """Last line of the part that is the statement's own: its whole text, or what stands before its block."""
    body = getattr(node, "body", None)
    if isinstance(body, list) and body:
        return max(node.lineno, body[0].lineno - 1) if body[0].lineno > node.lineno else node.lineno
    return node.end_lineno or node.lineno


def result_key(graph: Graph) -> str:
    """A key of the result's own part of the graph, equal for equal plain results."""
    root = "result" if "result" in graph.roots else "exception"
    value = graph.roots.get(root)
    return json.dumps([root, value, [graph.nodes[i] for i in sorted(graph.reachable([value]))]])
