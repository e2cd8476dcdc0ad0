"""Rows of the corpus of real changes: what each names, and the later release cut down to one function."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from afterburner.core.errors import UsageError
from afterburner.core.source import Source
from afterburner.core.target import functions
from afterburner.core.units import bound_names, loaded_names


class Skipped(Exception):
    """The row cannot be run; the text says why."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the corpus."""

    id: str
    package: str
    before: str
    after: str
    file: str
    qualname: str
    status: str
    ratio: float | None
    """Time before over time after of one call, as the corpus measured it."""
    equal: bool
    """Whether that call gave equal results with both releases, or before and after the commit alone."""

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Row:
        measured, commit = data["measured"] or {}, data["isolated_commit"] or {}
        return cls(
            data["id"], data["package"], data["version_before"], data["version_after"],
            data["file"].removeprefix("src/"), re.sub(r"\s*\(.*\)$", "", data["function"]).strip(),
            data["status"], measured.get("ratio"), bool(measured.get("same_result") or commit.get("same_result")),
        )  # fmt: skip


def checked(row: Row, original: Path) -> None:
    """`Skipped` unless the row names one function of an existing file."""
    if not re.fullmatch(r"[\w.]+", row.qualname):
        raise Skipped(f"“{row.qualname}” names no single function")
    if not original.is_file():
        raise Skipped(f"the release before has no file {row.file}")
    text = original.read_text(encoding="utf-8")
    if row.qualname not in [name for name, _, _ in functions(Source(row.file, text))]:
        raise Skipped(f"{row.qualname} is no function of {row.file}")


def alone(row: Row, before: str, after: str) -> str:
    """The function of the later text with the helpers and imports that are new with it, as a bare candidate."""
    old, new = Source("before", before), Source("after", after)
    known = set(bound_names(old.tree.body))
    chosen = [s for s in new.tree.body if _around(s, row.qualname)]
    if not chosen or row.qualname not in [name for name, _, _ in functions(new)]:
        raise UsageError(f"{row.qualname} is gone from the release after.", "")
    needed = _cut(chosen[0], old, row.qualname)
    kept: list[ast.stmt] = [needed]
    while True:
        names = loaded_names(kept) - known - {n for s in kept for n in bound_names([s])}
        found = [s for s in new.tree.body if s not in kept and set(bound_names([s])) & names and s is not chosen[0]]
        if not found:
            break
        kept += found
    kept.sort(key=lambda s: s.lineno)
    return "\n\n".join(map(ast.unparse, kept)) + "\n"


def _around(statement: ast.stmt, qualname: str) -> bool:
    return getattr(statement, "name", None) == qualname.partition(".")[0]


def _cut(statement: ast.stmt, old: Source, qualname: str) -> ast.stmt:
    """The statement without those members of the target's class that it shares with the old text or does not use."""
    if not isinstance(statement, ast.ClassDef):
        return statement
    method = next(m for m in statement.body if getattr(m, "name", "") == qualname.rpartition(".")[2])
    before = {name for name, _, _ in functions(old)}
    body = [method]
    while more := list(_used_members(statement, body, before)):
        body += more
    body.sort(key=lambda m: m.lineno)
    return ast.copy_location(ast.ClassDef(statement.name, statement.bases, [], body, []), statement)


def _used_members(owner: ast.ClassDef, chosen: Sequence[ast.stmt], before: set[str]) -> Iterator[ast.stmt]:
    used = {n.attr for member in chosen for n in ast.walk(member) if isinstance(n, ast.Attribute)}
    for member in owner.body:
        names = {getattr(member, "name", ""), *bound_names([member])} - {""}
        if member not in chosen and names & used and not any(f"{owner.name}.{name}" in before for name in names):
            yield member
