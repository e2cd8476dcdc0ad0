"""The behaviour of a target as rows of a test: calls with what the original did, each part a Python expression."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from afterburner.core.inputs import CallText, Origin
from afterburner.core.outcome import Environment
from afterburner.core.target import Target

End = Literal["returns", "yields", "raises"]


@dataclass(frozen=True, slots=True)
class Ending:
    """How a call ended; every text is a Python expression."""

    kind: End
    value: str
    """The result, the list of what was yielded, or the class of the exception."""
    said: str | None = None
    """The exception's arguments, where a `raise` in the code chose them."""
    printed: str | None = None
    """What it wrote to stdout, where it wrote anything."""
    tolerance: float = 0.0
    """How far floats may lie from these, where the original itself wavers by roundings of its inputs."""


@dataclass(frozen=True, slots=True)
class Row:
    """A call by its arguments, each an expression that makes it anew."""

    origin: Origin
    receiver: str
    """'' for a function."""
    args: tuple[str, ...]
    kwargs: tuple[tuple[str, str], ...]
    ending: Ending
    after: tuple[tuple[str, str], ...] = ()
    """`thing`, `args` and `kwargs` after the call, where the call changed any of them."""
    mutable: bool = False
    """Whether the call could have changed its arguments."""
    names: frozenset[str] = frozenset()
    """What the expressions name, as "module:qualname"."""
    made: frozenset[str] = frozenset()
    """Classes of the objects among arguments and result."""
    lines: frozenset[int] = frozenset()
    """Lines of the module that the call runs."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A call as somebody wrote it, since its arguments are too large, or no values that can be written."""

    origin: Origin
    call: CallText
    ending: Ending
    names: frozenset[str] = frozenset()
    made: frozenset[str] = frozenset()
    lines: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What was observed of a target, chosen for a test that people keep."""

    target: Target
    environment: Environment
    rows: tuple[Row | Spoken, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
    """Why calls that were observed cannot be in it → how many."""
    statements: Mapping[int, int] = field(default_factory=dict)
    """First → last line of each statement of the target."""
    notes: tuple[str, ...] = ()
    problem: str = ""
    """Why there is nothing to keep, as a sentence."""
