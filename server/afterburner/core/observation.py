"""Observations: what one call of one version did, and the versions that are observed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

FailureKind = Literal["timeout", "crash", "memory", "forged", "unbuildable", "refused"]


@dataclass(frozen=True, slots=True)
class Version:
    """A text of the target's module, and how it is put in place (TRUST.md §0)."""

    text: str
    whole: bool = False
    """Execute the whole text as the module, in a fresh process; otherwise only the target's code is swapped."""
    additions: tuple[str, ...] = ()
    """Top-level statements to execute before the swap."""
    watch: tuple[str, ...] = ()
    """Module globals whose value after each call belongs to the observation."""


@dataclass(frozen=True, slots=True)
class Failure:
    """No observation came: the call hung, ended its process, or cannot be made."""

    kind: FailureKind
    detail: str


@dataclass(frozen=True, slots=True)
class Observed:
    """What a call did. Exactly one of `graph`, `digest` and `failure` is set."""

    graph: Any = None
    """A `core.graph.Graph` with one root per channel."""
    digest: str = ""
    failure: Failure | None = None
    message_strict: bool = True
    raised_in: str = ""
    """The module whose code was running when an exception came up."""
    effects: tuple[str, ...] = ()
    lines: frozenset[int] = frozenset()
    seconds: float = 0.0
    """Wall time until the answer came, seen from outside: for limits only, never for claims."""
