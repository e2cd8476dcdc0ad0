"""Code as a pattern: `for x in A: …` matches every loop of that shape, in any spelling that `canonical` knows.

In a pattern a lower-case name stands for any name, an upper-case one for any expression (as a statement at the end of
a block: for all that follow), the same one each time it occurs; builtins and attributes stand for themselves.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from afterburner.rules._canonical import canonical_part, same
from afterburner.rules._view import Block, View

Found = dict[str, Any]
"""What each name of the pattern stands for: a `Name`, an expression, or the statements of a block."""

_IGNORED = {"ctx", "type_comment", "kind", "lineno", "col_offset", "end_lineno", "end_col_offset"}


def match_expression(pattern: str, node: ast.AST) -> Found | None:
    """What the pattern's names stand for in an expression; None when it does not fit."""
    found: Found = {}
    statement = _parsed(pattern)[0]
    assert isinstance(statement, ast.Expr)
    return found if _fits(statement.value, node, found) else None


def match_statement(pattern: str, node: ast.stmt) -> Found | None:
    found: Found = {}
    return found if _fits(_parsed(pattern)[0], node, found) else None


def find_expressions(pattern: str, view: View) -> Iterator[tuple[Found, ast.expr]]:
    """Every expression of the function that fits, with what the names stand for."""
    for node in view.own:
        if isinstance(node, ast.expr) and (found := match_expression(pattern, node)) is not None:
            yield found, node


def find_statements(pattern: str, view: View) -> Iterator[tuple[Found, Block]]:
    """Every run of statements that fits, with what the names stand for."""
    wanted = _parsed(pattern)
    kind = type(wanted[0])
    for block in view.blocks():
        for start in range(len(block) - len(wanted) + 1):
            if type(block[start]) is not kind and kind is not ast.Expr:  # most runs end here, and quickly
                continue
            run = block[start : start + len(wanted)]
            found: Found = {}
            if _fits(wanted, run, found):
                yield found, run


@lru_cache(maxsize=512)
def _parsed(pattern: str) -> Block:
    module = canonical_part(ast.parse(pattern))
    assert isinstance(module, ast.Module)
    return module.body


def _fits(pattern: Any, node: Any, found: Found) -> bool:
    match pattern:
        case ast.Name(id=name) if not hasattr(builtins, name):
            return _bind(name, node, found) if name.isupper() or isinstance(node, ast.Name) else False
        case list():
            return isinstance(node, list) and _lists(pattern, node, found)
        case ast.Compare(left=left, ops=[ast.Eq() | ast.NotEq() as op], comparators=[right]):
            if not isinstance(node, ast.Compare) or len(node.ops) != 1 or type(node.ops[0]) is not type(op):
                return False
            return _either_way((left, right), (node.left, node.comparators[0]), found)
        case ast.BinOp(left=left, op=ast.Add() | ast.Mult() as sign, right=right):
            if not isinstance(node, ast.BinOp) or type(node.op) is not type(sign):
                return False
            return _either_way((left, right), (node.left, node.right), found)
        case ast.AST():
            return type(pattern) is type(node) and all(
                _fits(value, getattr(node, field, None), found)
                for field, value in ast.iter_fields(pattern)
                if field not in _IGNORED
            )
    return type(pattern) is type(node) and bool(pattern == node)


def _bind(name: str, node: Any, found: Found) -> bool:
    if not isinstance(node, ast.expr):
        return False
    return same(found.setdefault(name, node), node)


def _lists(pattern: list[Any], nodes: list[Any], found: Found) -> bool:
    match pattern:
        case [*_, ast.Expr(value=ast.Name(id=rest))] if rest.isupper():
            if len(nodes) < len(pattern):
                return False
            found[rest] = nodes[len(pattern) - 1 :]
            pattern, nodes = pattern[:-1], nodes[: len(pattern) - 1]
    return len(pattern) == len(nodes) and all(_fits(p, n, found) for p, n in zip(pattern, nodes, strict=True))


def _either_way(pattern: tuple[Any, Any], nodes: tuple[Any, Any], found: Found) -> bool:
    for pair in (nodes, nodes[::-1]):
        trial = dict(found)
        if _fits(pattern[0], pair[0], trial) and _fits(pattern[1], pair[1], trial):
            found.clear()
            found.update(trial)
            return True
    return False
