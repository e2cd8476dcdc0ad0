"""Rebuilds the code of one function so that it calls us at the start of its body; no frame is added.

The compiler does the work: a call of a constant is put before the function's first statement, and that constant becomes
our function afterwards. Signature, kind, free variables and line numbers stay what they are.
"""

from __future__ import annotations

import ast
import types
import warnings
from typing import Any, Callable, Iterator, List, Optional, Union

_PLACEHOLDER = "\0afterburner: the target starts here"
_FunctionNode = Union[ast.FunctionDef, ast.AsyncFunctionDef]


def calling_code(text: str, target: types.CodeType, before: Callable[[], Any]) -> Optional[types.CodeType]:
    """The target's code as compiled from its module's text, calling `before` first; None if it is not in the text."""
    tree = ast.parse(text, target.co_filename)
    way = _way_to(tree.body, target.co_name, target.co_firstlineno)
    if not way:
        return None
    _insert(way[-1])
    futures = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == "__future__"]
    tree.body = [*futures, way[0]]
    for outer, inner in zip(way, way[1:]):
        if isinstance(outer, ast.ClassDef):  # what else a class defines is nothing to the code of this one
            outer.body = [inner]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "'str' object is not callable"
        module = compile(tree, target.co_filename, "exec", dont_inherit=True)
    code = code_at(module, target.co_name, target.co_firstlineno)
    return None if code is None else _replaced(code, lambda one: before if _is_placeholder(one) else one)


def code_at(module: types.CodeType, name: str, line: int) -> Optional[types.CodeType]:
    """The code of the function `name` whose first line (its first decorator's) is `line`."""
    return next((c for c in codes_in(module) if c.co_name == name and c.co_firstlineno == line), None)


def codes_in(code: types.CodeType) -> Iterator[types.CodeType]:
    """A code object and all that are nested in it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from codes_in(constant)


def exchanged(module: types.CodeType, old: types.CodeType, new: types.CodeType) -> types.CodeType:
    """A module's code with another code object in place of one that is nested in it."""
    if not any(code is old for code in codes_in(module)):
        return module
    return _replaced(module, lambda one: new if one is old else one)


def _replaced(code: types.CodeType, other: Callable[[Any], Any]) -> types.CodeType:
    constants = []
    for one in code.co_consts:
        new = other(one)
        constants.append(_replaced(one, other) if new is one and isinstance(one, types.CodeType) else new)
    if all(new is one for new, one in zip(constants, code.co_consts)):
        return code
    return code.replace(co_consts=tuple(constants))


def _is_placeholder(constant: Any) -> bool:
    return type(constant) is str and constant == _PLACEHOLDER


def _way_to(body: List[Any], name: str, line: int) -> List[Any]:
    """The statements that lead to a function's definition, each in the one before; [] if it is not there."""
    for node in body:
        if (
            isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
            and node.name == name
            and _first_line(node) == line
        ):
            return [node]
        if _first_line(node) <= line <= (node.end_lineno or 0):
            inner = [part for part in ast.iter_child_nodes(node) if isinstance(part, (ast.stmt, ast.excepthandler))]
            way = _way_to(inner, name, line)
            if way:
                return [node, *way]
    return []


def _first_line(node: Any) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", ()))])


def _insert(node: _FunctionNode) -> None:
    place = 0 if ast.get_docstring(node, clean=False) is None else 1
    call = ast.Expr(ast.Call(ast.Constant(_PLACEHOLDER), [], []))
    for part in ast.walk(call):
        ast.copy_location(part, node.body[min(place, len(node.body) - 1)])
    node.body.insert(place, call)
