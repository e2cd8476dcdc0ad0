"""Cases: one call's arguments each, with where they came from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any


class Origin(Enum):
    """Where a case comes from; the given ones carry the headline ratio, in this order of trust."""

    USER = "user"
    DOCTEST = "doctest"
    MAIN = "main block"
    TEST = "test"
    RECORDED = "recorded"
    GENERATED = "generated"
    SCALED = "scaled"

    @property
    def given(self) -> bool:
        """True for calls that somebody wrote or made, not invented by us."""
        return self not in (Origin.GENERATED, Origin.SCALED)

    @property
    def written(self) -> bool:
        """True for calls that somebody wrote down as such: a few, and each counts."""
        return self in (Origin.USER, Origin.DOCTEST, Origin.MAIN)


@dataclass(frozen=True, slots=True)
class CallText:
    """A call as Python text, evaluated in the target's module, in the jailed worker only."""

    expression: str
    setup: str = ""
    """Statements that run before, once per evaluation."""


@dataclass(frozen=True, slots=True)
class CallGraph:
    """Arguments as a graph with roots `args`, `kwargs` and, for methods, `receiver` (see `core/graph.py`)."""

    graph: Any
    """The wire form of the graph: plain JSON data."""


@dataclass(frozen=True, slots=True)
class Case:
    """One call of the target."""

    origin: Origin
    call: CallText | CallGraph
    label: str = ""
    """A short name for tables; empty when the call itself is short enough."""
    size: int = 0
    """For scaled cases: the length or magnitude along the scaled dimension."""
    reusable: bool = False
    """The call leaves its arguments as they were, so that timing may pass them again."""
    written: CallText | None = None
    """The call as somebody wrote it, where its arguments are a graph by now."""


@dataclass(frozen=True, slots=True)
class Given:
    """What was found of a target's calls by reading, before anything ran."""

    cases: tuple[Case, ...] = ()
    notes: tuple[str, ...] = ()
    """What was left out or not understood, as sentences."""
    files: tuple[str, ...] = ()
    """The project's own files of calls that were read."""


@dataclass(frozen=True, slots=True)
class Scaled:
    """One call grown along one dimension, its elements drawn in one way."""

    dimension: str
    """The parameter, or `self.items` for what an object holds."""
    shape: str
    """How the elements differ from those of the call: "" as they do there, else "all distinct", "many equal"."""
    cases: tuple[Case, ...]
    """The smallest first."""


def counted(cases: Iterable[Case]) -> str:
    """How many cases of which origin, for people: `312 cases (4 user, 2 doctest, 306 generated)`."""
    by_origin = Counter(case.origin for case in cases)
    total = sum(by_origin.values())
    parts = ", ".join(f"{by_origin[o]} {o.value}" for o in Origin if by_origin[o])
    return f"{total} case{'s' * (total != 1)}" + (f" ({parts})" if parts else "")
