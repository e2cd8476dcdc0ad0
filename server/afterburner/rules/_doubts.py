"""When a rule that matches by reading alone is wrong too often to be heard without facts.

Decided on the standard library, where almost every such match was a set, a dict or a text, or was fast already.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping

from afterburner.core.facts import Facts
from afterburner.core.target import Target
from afterburner.rules._view import View

_BUILT = {"list", "tuple", "set", "frozenset", "sorted"}
_SLOW_TO_SEARCH = ("list", "tuple", "deque")


def is_doubtful(rule: str, target: Target, statement: ast.stmt) -> bool:
    """Whether nothing in the text supports what a rule assumes of a statement."""
    doubts = _DOUBTS.get(rule)
    return doubts is not None and doubts(View(target, Facts()), statement)


def _unknown_container(view: View, statement: ast.stmt) -> bool:
    """`x in items`, where nothing says that `items` is searched one by one."""
    return not any(_is_searched(view, container) for container in _containers(statement))


def _containers(statement: ast.stmt) -> Iterator[ast.expr]:
    for node in ast.walk(statement):
        if isinstance(node, ast.Compare) and isinstance(node.ops[-1], ast.In | ast.NotIn):
            yield node.comparators[-1]


def _is_searched(view: View, container: ast.expr) -> bool:
    match container:
        case ast.Call(func=ast.Name(id=name)) if name in _BUILT:
            return True
        case ast.List() | ast.Tuple() | ast.Constant():
            return False
    return view.typing.surely(container, *_SLOW_TO_SEARCH)


def _grows_in_place(view: View, statement: ast.stmt) -> bool:
    """`text += piece` of a local text: CPython copies nothing as long as nobody else holds it."""
    match statement:
        case ast.AugAssign(target=ast.Name(id=name)):
            return not _is_bytes(view, name)
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.BinOp(left=ast.Name(id=left))):
            return left == name and not _is_bytes(view, name)
    return False


def _is_bytes(view: View, name: str) -> bool:
    """Whether it starts as bytes, which are copied whenever something is added."""
    for node in view.nodes(ast.Assign):
        match node:
            case ast.Assign(targets=[ast.Name(id=found)], value=ast.Constant(value=bytes())) if found == name:
                return True
    return False


_DOUBTS: Mapping[str, Callable[[View, ast.stmt], bool]] = {
    "membership-set": _unknown_container,
    "concat-join": _grows_in_place,
}
