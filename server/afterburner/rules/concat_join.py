"""Text or bytes put together piece by piece become a list of pieces and one `join`.

Why it is slow
--------------
`text = piece + text`, and `data += piece` on bytes, copy all that is there for each piece. For `text += piece` CPython
can often grow the string in place, but not when there is a second reference to it. `join` copies each piece once. A
loop that does more than that stays, and its pieces go into a list.

Example
-------
```python
def reverse(s):
    out = ""
    for c in s:
        out = c + out
    return out
```

becomes

```python
def reverse(s):
    out = "".join([*s][::-1])
    return out
```

When it changes behaviour
-------------------------
A piece that is not text raises `TypeError` at the end, not at once; what the loop did until then is done. Objects with
an `__radd__` of their own are no pieces for `join`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from afterburner.core.facts import Facts
from afterburner.core.rewrite import Rewrite, Safety
from afterburner.core.target import Target
from afterburner.rules._canonical import same
from afterburner.rules._draft import Draft
from afterburner.rules._names import loaded, mentioned, stored, uses
from afterburner.rules._view import View

id = "concat-join"
improves = "time"
safety = Safety.NEEDS_PROOF
group = "string"


_LONGEST = 90
"""A comprehension with more characters is hard to read."""
_NOT_INSIDE = (ast.Yield, ast.YieldFrom, ast.Await, ast.NamedExpr, ast.AsyncFor)


@dataclass(frozen=True)
class Piece:
    """A statement that adds to the text."""

    statement: ast.stmt
    text: str
    at_front: bool
    mentions: int
    """How often the statement names the text."""


@dataclass(frozen=True)
class Start:
    """The assignment of a first text to a name."""

    statement: ast.Assign
    name: str
    text: ast.Constant


def find(target: Target, facts: Facts) -> Iterator[Rewrite]:
    view = View(target, facts)
    draft = Draft(target, id, safety)
    for loop in view.loop_statements:
        for name in sorted(stored(loop) - view.captured):
            start = view.start(name, loop)
            match start:
                case ast.Assign(value=ast.Constant(value=str() | bytes()) as empty):
                    pieces = [p for s in ast.walk(loop) if isinstance(s, ast.stmt) and (p := _piece(draft, s, name))]
                    if pieces and _unseen(view, loop, name, pieces) and _all_text(view, loop, name, empty):
                        yield from _rewrite(view, loop, Start(start, name, empty), pieces)


def _all_text(view: View, loop: ast.stmt, name: str, empty: ast.Constant) -> bool:
    """Whether, as far as is known, only pieces of the start's own type are added."""
    grown = [n for n in ast.walk(loop) if isinstance(n, ast.AugAssign) and same(n.target, ast.Name(name, ast.Load()))]
    return all(view.typing.only(node.value, type(empty.value).__name__) for node in grown)


def _piece(draft: Draft, statement: ast.stmt, name: str) -> Piece | None:
    match statement:
        case ast.AugAssign(target=ast.Name(id=found), op=ast.Add(), value=value) if found == name:
            if mentioned(name, value):
                return None
            plain = 2 if hasattr(statement, "plain") else 1
            return Piece(statement, draft.inside(value), hasattr(statement, "swapped"), plain)
        case ast.Assign(targets=[ast.Name(id=found)], value=ast.BinOp() as value) if found == name:
            rest = _without_first(draft, value, name)
            return Piece(statement, rest, at_front=False, mentions=2) if rest else None
    return None


def _without_first(draft: Draft, sum_: ast.BinOp, first: str) -> str:
    """`x + ","` of `text + x + ","`."""
    parts: list[ast.expr] = []
    node: ast.expr = sum_
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        parts.append(node.right)
        node = node.left
    if not same(node, ast.Name(first, ast.Load())) or any(mentioned(first, part) for part in parts):
        return ""
    return " + ".join(draft.atom(part) for part in reversed(parts))


def _unseen(view: View, loop: ast.For | ast.While, name: str, pieces: list[Piece]) -> bool:
    """Whether the loop only adds, always at the same end, and nobody looks before it has ended."""
    whole = sum(piece.mentions for piece in pieces) == len(_text_uses(view, loop, name))
    one_end = len({piece.at_front for piece in pieces}) == 1
    caught = view.in_try(loop) or any(isinstance(n, ast.Try) for n in ast.walk(loop))
    return whole and one_end and not caught


def _text_uses(view: View, loop: ast.stmt, name: str) -> list[ast.AST]:
    """Uses in the loop as the text has them: the canonical tree names `text` once in `text = text + x`."""
    plain = [n for n in ast.walk(loop) if isinstance(n, ast.AugAssign) and hasattr(n, "plain")]
    doubled: list[ast.AST] = [n.target for n in plain if isinstance(n.target, ast.Name) and n.target.id == name]
    return [*uses(name, loop), *doubled]


def _comprehension(view: View, draft: Draft, loop: ast.stmt, start: Start, piece: Piece) -> str:
    """`[piece for x in items if test]` of a loop that does nothing else; '' of any other, or where it would be long."""
    parts = _parts(draft, loop, piece.statement)
    kept = any(view.used_after(name, loop) for name in stored(loop) - {start.name})
    if parts is None or kept or any(isinstance(node, _NOT_INSIDE) for node in ast.walk(loop)):
        return ""
    head = f"for {piece.text} in "
    plain = len(parts) == 1 and parts[0].startswith(head)
    text = f"[*{parts[0].removeprefix(head)}]" if plain else f"[{piece.text} {' '.join(parts)}]"
    return "" if "\n" in text or len(text) > _LONGEST else text


def _parts(draft: Draft, node: ast.stmt, last: ast.stmt) -> list[str] | None:
    """The `for` and `if` parts down to the last statement; None when something else happens on the way."""
    match node:
        case _ if node is last:
            return []
        case ast.For(target=ast.Name() | ast.Tuple() as target, iter=over, body=[inner], orelse=[]):
            lost = hasattr(node, "counter") or bool(loaded(over) & stored(inner))
            part = f"for {draft.text(target)} in {draft.atom(over)}"
        case ast.If(test=test, body=[inner], orelse=[]):
            lost = isinstance(test, ast.IfExp | ast.Lambda) or bool(loaded(test) & stored(inner))
            part = f"if {draft.text(test)}"
        case _:
            return None
    rest = None if lost else _parts(draft, inner, last)
    return None if rest is None else [part, *rest]


def _rewrite(view: View, loop: ast.stmt, start: Start, pieces: list[Piece]) -> Iterator[Rewrite]:
    draft = Draft(view.target, id, safety)
    whole = _comprehension(view, draft, loop, start, pieces[0]) if len(pieces) == 1 and not start.text.value else ""
    if whole:
        yield from _at_once(view, draft, loop, start, f"{whole}[::-1]" if pieces[0].at_front else whole)
    else:
        yield from _in_pieces(view, draft, loop, start, pieces)


def _at_once(view: View, draft: Draft, loop: ast.stmt, start: Start, whole: str) -> Iterator[Rewrite]:
    annotation = getattr(start.statement, "annotation", None)
    hint = f": {draft.text(annotation)}" if annotation is not None else ""
    line = f"{start.name}{hint} = {draft.text(start.text)}.join({whole})"
    if view.before(loop)[-1] is start.statement:
        draft.replace_statements(start.statement, loop, line)
    else:
        draft.delete(start.statement)
        draft.replace_statements(loop, loop, line)
    yield from draft.finish(f"`{start.name}` is joined from its pieces at once")


def _in_pieces(view: View, draft: Draft, loop: ast.stmt, start: Start, pieces: list[Piece]) -> Iterator[Rewrite]:
    empty = 'b""' if isinstance(start.text.value, bytes) else '""'
    parts = draft.fresh("pieces")
    draft.replace(start.statement, f"{parts} = [{draft.text(start.text) if start.text.value else ''}]")
    for piece in pieces:
        draft.replace(piece.statement, f"{parts}.append({piece.text})")
    ordered = f"reversed({parts})" if pieces[0].at_front else parts
    draft.insert_after(loop, f"{start.name} = {empty}.join({ordered})")
    yield from draft.finish(f"`{start.name}` is joined from its pieces once")
