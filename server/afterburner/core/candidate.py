"""Reads a rewrite that somebody wrote: a whole new version of the module, or the bare function, put in its place."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile

from afterburner.core import patch, splice
from afterburner.core.errors import UsageError
from afterburner.core.rewrite import Rewrite
from afterburner.core.source import Source
from afterburner.core.target import FunctionNode, Target, functions
from afterburner.core.units import bound_names, loaded_names, units

_WRAPPER = "if True:\n"
"""Put before text that is indented as a whole, such as a method without its class."""
_Import = ast.Import | ast.ImportFrom


@dataclass(frozen=True)
class Candidate:
    """The candidate's text; `wrapped` when its first line is ours."""

    source: Source
    wrapped: bool = False

    @cached_property
    def body(self) -> Sequence[ast.stmt]:
        first = self.source.tree.body[0] if self.wrapped else None
        return first.body if isinstance(first, ast.If) else self.source.tree.body

    @property
    def functions(self) -> list[tuple[str, FunctionNode]]:
        return [(name, node) for name, node, _ in functions(self.source) if "<locals>" not in name]

    def holder(self, node: ast.AST) -> ast.stmt:
        """The top-level statement around a node."""
        return next(s for s in self.body if any(n is node for n in ast.walk(s)))


def read_candidate(target: Target, text: str, name: str | None, origin: str) -> Rewrite:
    """The module with the candidate in place; `UsageError` when it does not parse, or does not hold the function.

    `name` is the function's name in the candidate's text, where it is not the target's. A bare function keeps the
    original's decorators, docstring and annotations where it brings none of its own.
    """
    label = origin.removeprefix("file:")
    candidate = _parsed(text.removeprefix("\ufeff").replace("\r\n", "\n"), label)
    own_name = None if name in (target.name, target.qualname) else name
    if own_name is None and _is_whole_module(target, candidate):
        new = candidate.source.text
    else:
        plain = Target(_plain(target.source), target.module, target.qualname, target.node, target.kind)
        new = _spliced(plain, candidate, own_name).text
    path, ends = target.source.path, patch.newline(target.source)
    return Rewrite(Source(path, new.replace("\n", ends)), origin, "as it is written there")


def _plain(source: Source) -> Source:
    return Source(source.path, source.text.replace("\r\n", "\n"))


def _parsed(text: str, label: str) -> Candidate:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        if isinstance(error, IndentationError) and _parses(_WRAPPER + text):
            return Candidate(Source(label, _WRAPPER + text), wrapped=True)
        line = f", line {error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
        reason = getattr(error, "msg", None) or str(error) or type(error).__name__
        raise UsageError(f"{label}{line}: this is not valid Python: {reason}.", "Fix the candidate first.") from None
    return Candidate(Source(label, text))


def _parses(text: str) -> bool:
    try:
        return len(ast.parse(text).body) == 1
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def _is_whole_module(target: Target, candidate: Candidate) -> bool:
    """Whether the text has the target and most of what else its module defines."""
    theirs = _defined(candidate.source, target)
    others = _defined(target.source, target) - {target.qualname}
    return target.qualname in theirs and 2 * len(others & theirs) > len(others)


def _defined(source: Source, target: Target) -> set[str]:
    """Functions, classes and constants, without the classes around the target, which a bare method may bring along."""
    found = {name for name, _, _ in functions(source) if "<locals>" not in name}
    for statement in source.tree.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign | ast.ClassDef):
            found |= set(bound_names([statement]))
    return {name for name in found if not target.qualname.startswith(f"{name}.")}


def _spliced(target: Target, candidate: Candidate, name: str | None) -> Source:
    node = _function(target, candidate, name)
    if node is None:  # made by an assignment; what that means is for the static checks to say
        return target.source.replaced(splice.whole_lines(target.source, target.node), candidate.source.text.rstrip())
    if node.name != target.name:
        _require_no_call_back(target, candidate, node)
        line = node.lineno
        candidate = Candidate(splice.renamed(candidate.source, node, target.name), candidate.wrapped)
        node = next(found for _, found in candidate.functions if found.lineno == line)
    edits = [splice.replaced(target, candidate.source, node), *_members(target, candidate, node)]
    edits += _helpers(target, candidate, node)
    source = patch.apply(target.source, edits)
    for statement in candidate.body:
        if isinstance(statement, _Import):
            source = _with_import(source, statement)
    return source


def _function(target: Target, candidate: Candidate, name: str | None) -> FunctionNode | None:
    """The candidate's function: by qualified name, then by its last part, then the only one there is."""
    known, wanted = candidate.functions, name or target.qualname
    last = (name or target.name).rpartition(".")[2]
    matches = [n for found, n in known if found == wanted] or [n for f, n in known if f.rpartition(".")[2] == last]
    if matches:
        return matches[-1]
    if name is None and target.name in bound_names(candidate.body):
        return None
    if name is None and len(known) == 1:
        return known[0][1]
    path, listed = candidate.source.path, ", ".join(found for found, _ in known[:8])
    hint = f"It has: {listed}. Name one as {path}::NAME." if known else "It has no functions at all."
    raise UsageError(f"{path} has no function {name or target.name!r}.", hint)


def _require_no_call_back(target: Target, candidate: Candidate, node: FunctionNode) -> None:
    if target.kind == "function" and target.name in loaded_names([node]):
        message = f"`{node.name}` in {candidate.source.path} uses `{target.name}`, which it is to replace."
        raise UsageError(message, "Give a version that stands without the original.")


def _members(target: Target, candidate: Candidate, node: FunctionNode) -> Iterator[patch.Edit]:
    """New members of the class in which the candidate's function stands, put before the target."""
    holder = candidate.holder(node)
    if holder is node:
        return
    owner = next((n for n in ast.walk(holder) if isinstance(n, ast.ClassDef) and node in n.body), None)
    if owner is None or not target.class_name:
        return
    present = {u.key for u in units(target.source) if u.owner == target.class_name}
    taken = {u.name for u in units(target.source) if u.owner == target.class_name}
    margin, own = patch.indentation(target.source, target.node), patch.indentation(candidate.source, node)
    for member in owner.body:
        if member is not node and ast.dump(member) not in present and not _is_text(member):
            _require_free(candidate, set(bound_names([member])) & taken, f"class `{target.class_name}`", member)
            text = splice.remargined(candidate.source, splice.whole_lines(candidate.source, member), own, margin)
            yield patch.insert_before(target.source, target.node, _unindented(text, margin) + "\n")


def _unindented(text: str, margin: str) -> str:
    return "\n".join(line.removeprefix(margin) for line in text.split("\n"))


def _helpers(target: Target, candidate: Candidate, node: FunctionNode) -> Iterator[patch.Edit]:
    """The candidate's other statements, put before or after the target's as they stand there."""
    place = next(s for s in target.source.tree.body if _around(s, target))
    present = set(map(ast.dump, target.source.tree.body))
    taken = set(bound_names(target.source.tree.body)) - {target.name}
    holder, added = candidate.holder(node), []
    for statement in candidate.body:
        known = statement is holder or isinstance(statement, _Import) or _is_idle(statement, target)
        if not known and ast.dump(statement) not in present:
            _require_free(candidate, set(bound_names([statement])) & taken, target.source.path, statement)
            added.append(statement)
    before = [s for s in added if s.lineno < holder.lineno]
    after = [s for s in added if s.lineno > holder.lineno]
    if before:
        yield patch.insert_before(target.source, place, _joined(candidate, before) + "\n\n")
    if after:
        yield patch.insert_after(target.source, place, "\n\n" + _joined(candidate, after))


def _lines(candidate: Candidate, statement: ast.stmt) -> str:
    """A statement's own lines with the comment lines right above it."""
    source, span = candidate.source, splice.whole_lines(candidate.source, statement)
    margin = patch.indentation(source, statement)
    text = splice.remargined(source, span, margin, "")
    above = source.text[: span.start].split("\n")[:-1]
    comments: list[str] = []
    while above and above[-1].startswith(f"{margin}#"):
        comments.insert(0, above.pop().removeprefix(margin))
    return "\n".join([*comments, text])


def _joined(candidate: Candidate, statements: Sequence[ast.stmt]) -> str:
    """Statements with two empty lines around each function and class."""
    text = ""
    for before, statement in zip([None, *statements], statements, strict=False):
        large = any(isinstance(s, FunctionNode | ast.ClassDef) for s in (before, statement))
        gap = "\n\n\n" if large else "\n"
        text += (gap if before else "") + _lines(candidate, statement)
    return text


def _around(statement: ast.stmt, target: Target) -> bool:
    return statement.lineno <= target.node.lineno <= (statement.end_lineno or 0)


def _is_idle(statement: ast.stmt, target: Target) -> bool:
    """Text, a `__main__` block, or the candidate's own copy of the original."""
    if isinstance(statement, ast.If) and "__name__" in loaded_names([statement.test]):
        return True
    return _is_text(statement) or (isinstance(statement, FunctionNode) and statement.name == target.name)


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _require_free(candidate: Candidate, names: set[str], where: str, statement: ast.stmt) -> None:
    if names:
        line = statement.lineno - candidate.wrapped
        raise UsageError(
            f"{candidate.source.path}, line {line}: `{min(names)}` exists in {where} already, and is different there.",
            "Give it another name, or give the whole new version of the module.",
        )


def _with_import(source: Source, statement: _Import) -> Source:
    """The text with those names of an import that it does not have yet."""
    known = {u.key for u in units(source)}
    for alias in statement.names:
        if isinstance(statement, ast.Import):
            one: ast.stmt = ast.Import([alias])
        else:
            one = ast.ImportFrom(statement.module, [alias], statement.level)
        if ast.dump(one) not in known:
            source = _imported(source, statement, alias, ast.unparse(one))
    return source


def _imported(source: Source, statement: _Import, alias: ast.alias, text: str) -> Source:
    future = isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
    level = statement.level if isinstance(statement, ast.ImportFrom) else 0
    if not (future or level or alias.asname or alias.name == "*"):
        package = (statement.module or "") if isinstance(statement, ast.ImportFrom) else ""
        module, name = (package, alias.name) if package else (alias.name, "")
        extended, spelling = patch.ensure_import(source, module, name)
        if spelling == alias.name:
            return extended
    header = [s for s in source.tree.body[:1] if _is_text(s)]
    if not future:
        header += takewhile(lambda s: isinstance(s, _Import), source.tree.body[len(header) :])
    if header:
        return patch.apply(source, [patch.insert_after(source, header[-1], text)])
    return patch.apply(source, [patch.insert_before(source, source.tree.body[0], text + ("" if future else "\n\n"))])
