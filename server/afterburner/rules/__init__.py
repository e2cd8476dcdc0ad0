"""The rules: files that each find one slow pattern and propose rewrites; found here by looking."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import Literal, Protocol

from afterburner.core.errors import EnvironmentProblem
from afterburner.core.facts import Facts
from afterburner.core.rewrite import Rewrite, Safety
from afterburner.core.target import Target

GROUPS = ("container", "algorithm", "string", "numeric", "micro")
SECTIONS = ("Why it is slow", "Example", "When it changes behaviour")
_NOT_RULES = {"patterns", "source"}

Goal = Literal["time", "memory"]


class Find(Protocol):
    """What a rule does: the rewrites that it proposes for one function."""

    def __call__(self, target: Target, facts: Facts) -> Iterator[Rewrite]: ...


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as its file states it."""

    id: str
    doc: str
    """The file's docstring: a title, then the sections named in `SECTIONS`."""
    improves: Goal
    safety: Safety
    group: str
    find: Find

    @property
    def title(self) -> str:
        return self.doc.strip().splitlines()[0]


@cache
def discover() -> Mapping[str, Rule]:
    """Every rule by its id: the files of this package, and entry points of the group `afterburner.rules`.

    An `EnvironmentProblem` names an added rule that cannot be loaded or takes an id that is in use.
    """
    rules = {rule.id: rule for rule in map(_load, sorted(_own_modules()))}
    for entry in entry_points(group="afterburner.rules"):
        rule = _load(entry.value, entry.name)
        if rule.id in rules:
            raise EnvironmentProblem(
                f"Two rules are called {rule.id!r}; one comes from the entry point {entry.name!r}."
            )
        rules[rule.id] = rule
    return dict(sorted(rules.items()))


def _own_modules() -> Iterator[str]:
    for found in pkgutil.iter_modules(__path__):
        if not found.name.startswith("_") and found.name not in _NOT_RULES:
            yield f"{__name__}.{found.name}"


def _load(module: str, origin: str = "") -> Rule:
    try:
        file = import_module(module)
        return Rule(file.id, file.__doc__ or "", file.improves, file.safety, file.group, file.find)
    except (ImportError, AttributeError) as error:
        where = f"the entry point {origin!r}" if origin else "this installation"
        hint = "A rule needs a docstring, id, improves, safety, group and find(target, facts)."
        raise EnvironmentProblem(f"The rule {module} of {where} cannot be used: {error}.", hint) from error
