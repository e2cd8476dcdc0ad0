"""A module cut into the statements that change one by one, and which of them each one rests on, by name.

A name is matched wherever it stands, as a name or behind a dot: what a text may mean is found, and more than it does
mean. What is only named in a string (`getattr(self, "run")`) is not found.
"""

from __future__ import annotations

import ast
import hashlib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from afterburner.core.patch import bound_names
from afterburner.core.reach import is_dunder, mentioned
from afterburner.core.source import Source, lines_of

_FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
_ANY = "*"


@dataclass(frozen=True, slots=True)
class Piece:
    """A statement of the module or of a class in it; of a class that has lines of its own, only the head."""

    first: int
    """Its first line, from 1, decorators included."""
    last: int
    owner: int | None
    """Index of the head of the class around it."""
    binds: frozenset[str]
    """What is another thing when this changes; `*` for anything."""
    mentions: frozenset[str]
    makes: bool
    """Whether it has a part in making its class or an instance: an attribute, `__init__`."""
    text: str
    is_head: bool = False


@dataclass(frozen=True, slots=True)
class Cut:
    """All pieces of a module in text order; sets of them are numbers with one bit for each."""

    pieces: Sequence[Piece]
    near: Sequence[int]
    """For each piece itself, what it mentions, and the heads of the classes that all of this stands in."""
    far: Sequence[int]
    """The same for each piece that is reached this way."""

    def at(self, line: int) -> int:
        """The index of the piece around a line."""
        return bisect_right(self.pieces, line, key=lambda piece: piece.first) - 1

    def chosen(self, bits: int) -> Iterator[Piece]:
        """The pieces of a set, in text order."""
        return (self.pieces[at] for at in members(bits))

    def digest(self, bits: int) -> str:
        """A hash of the texts of a set of pieces, wherever in the module they stand."""
        found = hashlib.sha256()
        for piece in self.chosen(bits):
            found.update(piece.text.encode("utf-8", "surrogatepass") + b"\0")
        return found.hexdigest()[:16]


def members(bits: int) -> Iterator[int]:
    """The indices in a set, in ascending order."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def cut(source: Source) -> Cut:
    """The pieces of a module's text; EnvironmentProblem when it does not parse."""
    pieces: list[Piece] = []
    _add(pieces, source.tree.body, None, lines_of(source.text))
    near = _near(pieces)
    return Cut(pieces, near, _closed(near))


def _add(pieces: list[Piece], body: Sequence[ast.stmt], owner: int | None, lines: Sequence[str]) -> None:
    for node in body:
        first, last = _first(node), node.end_lineno or node.lineno
        if isinstance(node, ast.ClassDef) and _first(node.body[0]) > node.lineno:
            head: list[ast.AST] = [*node.decorator_list, *node.bases, *node.keywords]
            mentions = frozenset(name for part in head for name in mentioned(part))
            last = _first(node.body[0]) - 1
            text, name = "".join(lines[first - 1 : last]), frozenset({node.name})
            pieces.append(Piece(first, last, owner, name, mentions, makes=True, text=text, is_head=True))
            _add(pieces, node.body, len(pieces) - 1, lines)
        elif not _is_text(node):
            makes = not isinstance(node, _FUNCTION) or is_dunder(node.name)
            text, mentions = "".join(lines[first - 1 : last]), frozenset(mentioned(node))
            pieces.append(Piece(first, last, owner, frozenset(_binds(node)), mentions, makes, text))


def _first(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _binds(statement: ast.stmt) -> Iterator[str]:
    """What a statement defines, assigns to, or calls for its effect."""
    if isinstance(statement, _FUNCTION | ast.ClassDef):
        yield statement.name
        return
    if isinstance(statement, ast.ImportFrom) and (statement.module == "__future__" or statement.names[0].name == "*"):
        yield _ANY
    yield from bound_names(statement)
    for node in ast.walk(statement):
        match node:
            case ast.Assign(targets=places) | ast.Delete(targets=places):
                parts = places
            case ast.AugAssign(target=place) | ast.AnnAssign(target=place) | ast.Expr(value=place):
                parts = [place]
            case _:
                continue
        yield from (name for part in parts for name in mentioned(part))


def _near(pieces: Sequence[Piece]) -> list[int]:
    heads = [_heads(pieces, piece) for piece in pieces]
    meant: dict[str, int] = {}
    for at, piece in enumerate(pieces):
        for name in piece.binds:
            meant[name] = meant.get(name, 0) | 1 << at | heads[at]
        if piece.owner is not None and piece.makes:
            for name in pieces[piece.owner].binds:
                meant[name] = meant.get(name, 0) | 1 << at | heads[at]
    found = []
    for at, piece in enumerate(pieces):
        bits = 1 << at | heads[at] | meant.get(_ANY, 0)
        for name in piece.mentions:
            bits |= meant.get(name, 0)
        found.append(bits)
    return found


def _heads(pieces: Sequence[Piece], piece: Piece) -> int:
    bits = 0
    while piece.owner is not None:
        bits |= 1 << piece.owner
        piece = pieces[piece.owner]
    return bits


def _closed(near: Sequence[int]) -> list[int]:
    """Everything that is reached step by step; forwards and backwards in turn, as calls mostly lead one way."""
    links = [tuple(members(bits)) for bits in near]
    reached = list(near)
    order, changed = range(len(near)), True
    while changed:
        changed = False
        order = order[::-1]
        for at in order:
            bits = reached[at]
            for other in links[at]:
                bits |= reached[other]
            if bits != reached[at]:
                reached[at], changed = bits, True
    return reached
