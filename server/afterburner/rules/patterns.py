"""What the rules say of a module's functions by reading alone: one function after the other, each only once."""

from __future__ import annotations

import ast
import hashlib
import logging
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from afterburner.core import target as targets
from afterburner.core.excerpt import Excerpt, excerpt
from afterburner.core.facts import Facts
from afterburner.core.outline import name_column
from afterburner.core.patch import changed_lines, shared_ends
from afterburner.core.pieces import Cut, Piece
from afterburner.core.slow_pattern import SlowPattern
from afterburner.core.source import Source
from afterburner.core.target import FunctionNode, Target
from afterburner.rules import Rule, discover
from afterburner.rules._doubts import is_doubtful
from afterburner.rules._names import PURE_FUNCTIONS

log = logging.getLogger(__name__)

_KEPT = 4000
"""Functions whose patterns are remembered."""
_VARIANTS = 20
"""Rewrites of one rule that are looked at in one function."""
_Range = tuple[int, int, int, int]
_LOOPS = ast.For | ast.AsyncFor | ast.While


class Known:
    """What was found in the excerpts that were read last."""

    def __init__(self) -> None:
        self._found: OrderedDict[str, Sequence[SlowPattern]] = OrderedDict()

    def get(self, key: str) -> Sequence[SlowPattern] | None:
        found = self._found.get(key)
        if found is not None:
            self._found.move_to_end(key)
        return found

    def keep(self, key: str, found: Sequence[SlowPattern]) -> None:
        self._found[key] = found
        if len(self._found) > _KEPT:
            self._found.popitem(last=False)


def patterns(source: Source, cut: Cut, known: Known) -> Iterator[Sequence[SlowPattern]]:
    """The slow patterns of each function (with those inside of it), in text order.

    A rule sees the function and what it mentions, so an edit elsewhere costs nothing: `known` has the answer.
    """
    shadowed = _shadowed(source.tree)
    starts = sorted({cut.at(node.lineno) for _, node, _ in targets.functions(source)})
    for at in starts:
        part = excerpt(cut, at)
        key = _key(part, cut.pieces[at], shadowed)
        found = known.get(key)
        if found is None:
            found = tuple(_of(part, cut.pieces[at], shadowed))
            known.keep(key, found)
        yield [_moved(pattern, part.lines) for pattern in found]


def _key(part: Excerpt, piece: Piece, shadowed: frozenset[str]) -> str:
    """Functions that mention each other have the same excerpt, and stand at different lines of it."""
    whole = f"{sorted(shadowed)}{part.lines.index(piece.first)} {part.text}"
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()


def _shadowed(tree: ast.Module) -> frozenset[str]:
    """Builtins whose name the module binds somewhere: no rule is sure of a function that calls one."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.alias):
            found.add(node.asname or node.name)
    return PURE_FUNCTIONS & found


def _of(part: Excerpt, piece: Piece, shadowed: frozenset[str]) -> Iterator[SlowPattern]:
    """The patterns of the functions in one piece, with the excerpt's line numbers."""
    source = Source("", part.text)
    for qualname, node, kind in targets.functions(source):
        if piece.first <= part.lines[node.lineno - 1] <= piece.last and not shadowed & _called(node):
            target = Target(source, "", qualname, node, kind)
            for rule in discover().values():
                yield from _matches(rule, target)


def _called(function: FunctionNode) -> set[str]:
    return {n.func.id for n in ast.walk(function) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}


def _matches(rule: Rule, target: Target) -> Iterator[SlowPattern]:
    """One pattern for each place that a rule would change; none where the rule itself fails."""
    seen: set[_Range] = set()
    try:
        for _, rewrite in zip(range(_VARIANTS), rule.find(target, Facts()), strict=False):
            statement = _costly(target, _touched(target.source, rewrite.source))
            place = _range(target.source, statement) if statement else _name(target)
            if place not in seen and not (statement and is_doubtful(rule.id, target, statement)):
                message = f"Could be faster: {' '.join(rewrite.idea.split())}."
                yield SlowPattern(rule.id, rule.title, target.qualname, *place, message, rewrite.safety)
            seen.add(place)
    except Exception:  # a rule, which may be somebody else's, must not keep the others from being heard
        log.exception("The rule %s failed on %s.", rule.id, target.qualname)


def _touched(before: Source, after: Source) -> frozenset[int]:
    """The lines that a rewrite changes; where it only adds some, the line above the first of them."""
    changed = changed_lines(after, before)
    return changed or frozenset({shared_ends(before.text.splitlines(), after.text.splitlines())[0]})


def _costly(target: Target, lines: frozenset[int]) -> ast.stmt | None:
    """Of the statements on some lines the first of those that most loops run.

    None where there is none on them, and where all of the body is, outside of every loop.
    """
    known = list(_statements(target.node.body, 0))
    touched = [pair for pair in known if not lines.isdisjoint(range(pair[1].lineno, _end(pair[1])[0] + 1))]
    deepest, statement = max(touched, key=lambda pair: pair[0], default=(0, None))
    whole = len(touched) == len(known) > 1 and deepest == 0
    return None if whole else statement


def _range(source: Source, statement: ast.stmt) -> _Range:
    line, (end_line, end_column) = statement.lineno, _end(statement)
    return line, _column(source, line, statement.col_offset), end_line, _column(source, end_line, end_column)


def _name(target: Target) -> _Range:
    line = target.node.lineno
    column = name_column(target.source.text[target.source.line_starts[line - 1] :].partition("\n")[0], target.name)
    return line, column, line, column + len(target.name)


def _statements(body: Sequence[ast.stmt], depth: int) -> Iterator[tuple[int, ast.stmt]]:
    """Every statement below, with how many loops are around it."""
    for node in body:
        yield depth, node
        inner = depth + isinstance(node, _LOOPS)
        for block in ("body", "orelse", "finalbody"):
            yield from _statements(getattr(node, block, []), inner)
        for part in [*getattr(node, "handlers", []), *getattr(node, "cases", [])]:
            yield from _statements(part.body, inner)


def _end(statement: ast.stmt) -> tuple[int, int]:
    """The end of a statement, or of the head of one with others inside; line, and column in UTF-8 bytes."""
    head: ast.AST = statement
    match statement:
        case ast.For(iter=head) | ast.AsyncFor(iter=head) | ast.While(test=head) | ast.If(test=head):
            pass
        case ast.With(items=[*_, last]) | ast.AsyncWith(items=[*_, last]):
            head = last.optional_vars or last.context_expr
        case ast.Match(subject=head):
            pass
        case ast.Try() | ast.TryStar():
            return statement.lineno, statement.col_offset + len("try")
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return statement.lineno, statement.col_offset + len(statement.name)
    return getattr(head, "end_lineno", statement.lineno), getattr(head, "end_col_offset", statement.col_offset)


def _column(source: Source, line: int, utf8_column: int) -> int:
    return source.index(line, utf8_column) - source.line_starts[line - 1]


def _moved(pattern: SlowPattern, lines: Sequence[int]) -> SlowPattern:
    return replace(pattern, line=lines[pattern.line - 1], end_line=lines[pattern.end_line - 1])
