"""Reads off how a source uses each parameter what type it plausibly has; rough, for when nobody said."""

from __future__ import annotations

import ast
from typing import Dict, Iterator, List

_METHODS_OF = {
    "dict": "items keys values get setdefault popitem",
    "list": "append extend insert sort reverse",
    "set": "add discard union intersection difference issubset issuperset",
    "str": "split rsplit lower upper strip lstrip rstrip startswith endswith replace isdigit isalpha isupper islower"
    " join find swapcase title encode splitlines isalnum capitalize partition zfill isspace casefold format",
}
_METHODS = {name: kind for kind, names in _METHODS_OF.items() for name in names.split()}
_WHOLE = {
    "dict": [
        "dict[str, int]",
        "dict[str, list[int]]",
        "dict[str, str]",
        "dict[str, tuple[int, int]]",
        "dict[int, int]",
    ],
    "list": ["list[int]", "list[str]", "list[list[int]]"],
    "set": ["set[int]", "set[str]"],
    "str": ["str"],
}
_PARTS = {
    "str": ["list[str]"],
    "list": ["list[list[int]]"],
    "dict": ["list[dict[str, int]]"],
    "set": ["list[set[int]]"],
}
_LOOKED_INTO = ["list[list[int]]", "list[tuple[int, int]]", "list[str]", "list[list[str]]"]


def used_as(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Dict[str, List[str]]:
    """Type descriptions by parameter name, the likeliest first; nothing for parameters whose use says nothing."""
    arguments = function.args
    names = {argument.arg for argument in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]}
    items = dict(_items_of(function, names))
    literals = _literal_names(function)
    found: Dict[str, List[str]] = {}
    for node in ast.walk(function):
        for name, kinds in (*_evidence(node, names, items), *_compared(node, names, literals)):
            found.setdefault(name, []).extend(kinds)
    return {name: list(dict.fromkeys(kinds)) for name, kinds in found.items() if kinds}


def _items_of(function: ast.AST, names: set[str]) -> Iterator[tuple[str, str]]:
    """Loop variables that run over a parameter: (variable, parameter)."""
    for node in ast.walk(function):
        if not isinstance(node, (ast.For, ast.comprehension)):
            continue
        if isinstance(node.iter, ast.Name) and node.iter.id in names and isinstance(node.target, ast.Name):
            yield node.target.id, node.iter.id


def _literal_names(function: ast.AST) -> Dict[str, ast.expr]:
    """Local names that are bound to a literal collection."""
    return {
        target.id: node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and isinstance(node.value, (ast.List, ast.Tuple, ast.Set, ast.Dict))
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _compared(node: ast.AST, names: set[str], literals: Dict[str, ast.expr]) -> Iterator[tuple[str, List[str]]]:
    """Parameters compared with, or looked up among, constants; and those that take part in whole-number arithmetic."""
    if isinstance(node, ast.BinOp) and isinstance(node.left, ast.Name) and node.left.id in names:
        if isinstance(node.op, (ast.Mod, ast.FloorDiv, ast.BitAnd, ast.RShift, ast.Pow, ast.Sub)):
            yield node.left.id, ["int"]
    elif isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        for side, other in [*zip(sides, sides[1:]), *zip(sides[1:], sides)]:
            if isinstance(side, ast.Name) and side.id in names:
                yield side.id, _type_of_literal(literals.get(other.id, other) if isinstance(other, ast.Name) else other)


def _type_of_literal(node: ast.expr) -> List[str]:
    items = node.keys if isinstance(node, ast.Dict) else getattr(node, "elts", [node])
    values = [item.value for item in items[:1] if isinstance(item, ast.Constant)]
    return [type(value).__name__ for value in values if type(value) in (int, float, str)]


def _evidence(node: ast.AST, names: set[str], items: Dict[str, str]) -> Iterator[tuple[str, List[str]]]:
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr in _METHODS:
        kind = _METHODS[node.attr]
        if node.value.id in names:
            yield node.value.id, _WHOLE[kind]
        elif node.value.id in items:
            yield items[node.value.id], _PARTS[kind]
    elif isinstance(node, (ast.For, ast.comprehension)) and isinstance(node.iter, ast.Name) and node.iter.id in names:
        width = len(node.target.elts) if isinstance(node.target, ast.Tuple) else 0
        yield node.iter.id, ["list[tuple[%s]]" % ", ".join(["int"] * width)] if width else []
    elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id in items:
        yield items[node.value.id], _LOOKED_INTO
    elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Subscript):
        inner = node.value.value
        if isinstance(inner, ast.Name) and inner.id in names:
            yield inner.id, _LOOKED_INTO
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
        yield from _called(node, node.func.id, names, items)


def _called(node: ast.Call, called: str, names: set[str], items: Dict[str, str]) -> Iterator[tuple[str, List[str]]]:
    first = node.args[0]
    if not isinstance(first, ast.Name):
        return
    whole = {"range": ["int"], "chr": ["int"], "bin": ["int"], "ord": ["str"]}.get(called)
    if called == "isinstance" and len(node.args) == 2:
        shown = ast.unparse(node.args[1]).strip("()").replace(",", " |")
        if first.id in names:
            yield first.id, [shown]
        elif first.id in items:
            yield items[first.id], [f"list[{shown} | str]", f"list[{shown} | int]", f"list[{shown}]"]
    elif whole and first.id in names:
        yield first.id, whole
    elif called == "ord" and first.id in items:
        yield items[first.id], ["str", "list[str]"]
