"""Rebuilds a module's code so that one of its functions calls us at the start of its body; no frame is added.

The compiler does the work: the text is parsed, a call of a constant is put before the function's first statement, and
that constant becomes our function afterwards. Signature, kind, free variables and line numbers stay what they are.
"""

from __future__ import annotations

import ast
import types
import warnings
from typing import Any, Callable, Iterator, Optional, Union

_PLACEHOLDER = "\0afterburner: the target starts here"
_FunctionNode = Union[ast.FunctionDef, ast.AsyncFunctionDef]


def calling_module(text: str, file: str, name: str, line: int, before: Callable[[], Any]) -> types.CodeType:
    """The module's code in which the function `name` at first line `line` (its first decorator's) calls `before`."""
    tree = ast.parse(text, file)
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == name and first_line(node) == line:
            _insert(node)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "'str' object is not callable"
        return _with_function(compile(tree, file, "exec", dont_inherit=True), before)


def code_at(module: types.CodeType, name: str, line: int) -> Optional[types.CodeType]:
    """The code of the function `name` whose first line is `line`."""
    return next((c for c in codes_in(module) if c.co_name == name and c.co_firstlineno == line), None)


def codes_in(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from codes_in(constant)


def first_line(node: _FunctionNode) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def _insert(node: _FunctionNode) -> None:
    place = 0 if ast.get_docstring(node, clean=False) is None else 1
    call = ast.Expr(ast.Call(ast.Constant(_PLACEHOLDER), [], []))
    for part in ast.walk(call):
        ast.copy_location(part, node.body[min(place, len(node.body) - 1)])
    node.body.insert(place, call)


def _with_function(code: types.CodeType, before: Callable[[], Any]) -> types.CodeType:
    constants = tuple(
        _with_function(one, before)
        if isinstance(one, types.CodeType)
        else before
        if type(one) is str and one == _PLACEHOLDER
        else one
        for one in code.co_consts
    )
    return code.replace(co_consts=constants)
