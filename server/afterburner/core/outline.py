"""The functions of a module as an editor needs them: where each one stands, and keys that change when it does."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from afterburner.core import target as targets
from afterburner.core.pieces import Cut, cut
from afterburner.core.source import Source, lines_of

_HEAD = re.compile(r"(?:async\s+)?def\s+")


@dataclass(frozen=True, slots=True)
class Outlined:
    """One function; lines are counted from 1."""

    qualname: str
    kind: str
    first: int
    """The first line, decorators included."""
    name_line: int
    """The line of its name."""
    name_column: int
    """Index of the name's first character in that line."""
    last: int
    key: str
    """As `Target.key`."""
    reach_key: str
    """Changes when the function does, or what it reaches by name in its module."""

    @property
    def name(self) -> str:
        return self.qualname.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Outline:
    """Every function of one text, in text order."""

    functions: tuple[Outlined, ...] = ()

    def of(self, qualname: str) -> Outlined | None:
        """The function of that name; of several the last, which is the one that counts."""
        return next((item for item in reversed(self.functions) if item.qualname == qualname), None)

    def at(self, line: int) -> Outlined | None:
        """The innermost function around a line."""
        around = [item for item in self.functions if item.first <= line <= item.last]
        return max(around, key=lambda item: item.first, default=None)


def outline(source: Source) -> Outline:
    """The outline of a module's text; EnvironmentProblem when it does not parse."""
    return outlined(source, cut(source))


def outlined(source: Source, pieces: Cut) -> Outline:
    """The same, for a text that was cut already."""
    found, reached = [], dict[int, str]()
    lines = lines_of(source.text)
    for qualname, node, kind in targets.functions(source):
        key = targets.Target(source, "", qualname, node, kind).key
        first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        at = pieces.at(first)
        if at not in reached:
            reached[at] = pieces.digest(pieces.far[at])
        reach_key = hashlib.sha256(f"{key}\0{reached[at]}".encode()).hexdigest()[:16]
        column = name_column(lines[node.lineno - 1], node.name)
        found.append(Outlined(qualname, kind, first, node.lineno, column, node.end_lineno or first, key, reach_key))
    return Outline(tuple(found))


def name_column(line: str, name: str) -> int:
    """Where the name of a function stands in its `def` line; 0 where the line was continued before the name."""
    found = next((head for head in _HEAD.finditer(line) if line.startswith(name, head.end())), None)
    return found.end() if found else 0
