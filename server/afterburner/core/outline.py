"""The functions of a module as an editor needs them: where each one stands, and keys that change when it does."""

from __future__ import annotations

from dataclasses import dataclass

from afterburner.core import target as targets
from afterburner.core.source import Source


@dataclass(frozen=True, slots=True)
class Outlined:
    """One function; lines are counted from 1."""

    qualname: str
    kind: str
    first: int
    """The first line, decorators included."""
    name_line: int
    """The line of its name."""
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
    found = []
    for qualname, node, kind in targets.functions(source):
        target = targets.Target(source, "", qualname, node, kind)
        first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        found.append(Outlined(qualname, kind, first, node.lineno, node.end_lineno or first, target.key, target.key))
    return Outline(tuple(found))
