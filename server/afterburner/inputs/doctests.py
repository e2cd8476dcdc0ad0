"""Calls in the docstrings of the target, its class and its module: doctest examples, and calls written in prose."""

from __future__ import annotations

import ast
import doctest
from collections.abc import Iterator, Sequence

from afterburner.core.inputs import CallText, Case, Origin
from afterburner.core.target import Target
from afterburner.inputs._calls import expressions, is_call, needed, setup_text
from afterburner.inputs._examples import written_calls

name = "doctests"
_MOST = 50


def cases(target: Target) -> Sequence[Case]:
    """One case per call, in text order, each with the earlier examples that it needs."""
    found = [call for text in _docstrings(target) for call in _calls(target, text)]
    return [Case(Origin.DOCTEST, call) for call in dict.fromkeys(found)][:_MOST]


def _docstrings(target: Target) -> Iterator[str]:
    holders: list[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module] = [target.node]
    around = [n for n in ast.walk(target.source.tree) if isinstance(n, ast.ClassDef) and target.node in n.body]
    for holder in [*holders, *around, target.source.tree]:
        text = ast.get_docstring(holder)
        if text:
            yield text


def _calls(target: Target, text: str) -> Iterator[CallText]:
    earlier: list[ast.stmt] = []
    for statement, raises in _statements(text):
        for expression in expressions(statement, target):
            before, _ = needed(earlier, expression)
            yield CallText(ast.unparse(expression), setup_text(before))
        if not raises:
            earlier.append(statement)
    if target.kind == "function":
        prose = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith((">>>", "...")))
        yield from (CallText(ast.unparse(call)) for call in written_calls(prose, target.name) if is_call(call, target))


def _statements(text: str) -> Iterator[tuple[ast.stmt, bool]]:
    """The examples' statements, and whether each is expected to raise."""
    try:
        examples = doctest.DocTestParser().get_examples(text)
    except ValueError:  # a prompt without a space, inconsistent indentation
        return
    for example in examples:
        try:
            yield from ((node, example.exc_msg is not None) for node in ast.parse(example.source).body)
        except (SyntaxError, ValueError):
            continue
