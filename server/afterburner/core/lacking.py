"""What a rewrite fails for want of: names that only its text uses, and that are missing where it was put in place."""

from __future__ import annotations

import ast
import re

from afterburner.core.grammar import Node
from afterburner.core.graph import Graph
from afterburner.core.observation import Observed
from afterburner.core.source import Source

_SAYINGS = (
    re.compile(r"cannot import name '(?P<name>\w+)' from "),
    re.compile(r"No module named '(?P<name>[\w.]+)'"),
    re.compile(r"name '(?P<name>\w+)' is not defined"),
    re.compile(r"(?:object|module|type object) (?:'[\w.]+' )?has no attribute '(?P<name>\w+)'"),
    re.compile(r"got an unexpected keyword argument '(?P<name>\w+)'"),
    re.compile(r"(?P<name>\w+)\(\) takes .* positional arguments? but \d+ (?:was|were) given"),
)
"""How the interpreter says that a name, or a parameter, is not there."""
_CALLED = _SAYINGS[-1]


def complaint(observed: Observed) -> str:
    """What an observation that ended in an exception, or in none at all, says about a missing name; '' if nothing."""
    text = observed.failure.detail if observed.failure else _message(observed)
    return text if any(saying.search(text) for saying in _SAYINGS) else ""


def misfit(reference: Observed, candidate: Observed) -> str:
    """The TypeError that the interpreter made of a call which returned before; '' where there is none."""
    returned = reference.graph is not None and "result" in reference.graph.roots
    node = _exception(candidate)
    broke = node is not None and node[1].rpartition(":")[2] == "TypeError" and not candidate.message_strict
    return f"{candidate.raised_in} takes no such argument: {_message(candidate)}" if returned and broke else ""


def wanting(text: str, original: Source, new: Source) -> bool:
    """Whether a complaint is about a name that only the new text uses, or a function that it does not define."""
    found = next((match for saying in _SAYINGS if (match := saying.search(text))), None)
    if found is None:
        return False
    name = found["name"].rpartition(".")[2]
    if found.re is _CALLED:
        return name not in _defined(new)
    return name in _words(new) - _words(original)


def _exception(observed: Observed) -> Node | None:
    graph: Graph | None = observed.graph
    node = graph.node(graph.roots["exception"]) if graph is not None and "exception" in graph.roots else None
    return node if node is not None and node[0] == "exception" else None


def _message(observed: Observed) -> str:
    node = _exception(observed)
    said = observed.graph.node(node[2]) if node is not None else None
    return next((part for part in said[1] if isinstance(part, str)), "") if said is not None else ""


def _defined(source: Source) -> set[str]:
    return {n.name for n in ast.walk(source.tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)}


def _words(source: Source) -> set[str]:
    """Every name, attribute, keyword and imported name in a text."""
    words: set[str] = set()
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Name):
            words.add(node.id)
        elif isinstance(node, ast.Attribute):
            words.add(node.attr)
        elif isinstance(node, ast.keyword):
            words.add(node.arg or "")
        elif isinstance(node, ast.alias):
            words.update(node.name.split("."))
        elif isinstance(node, ast.ImportFrom):
            words.update((node.module or "").split("."))
    return words
