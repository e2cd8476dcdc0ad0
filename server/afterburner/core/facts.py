"""Facts: what is known about a target before anything is rewritten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Facts:
    """What rules and models may build on; empty when nothing was measured."""

    types: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Parameter name → type descriptions seen in the cases, such as `list[int]`."""
    python: tuple[int, int] = (3, 9)
    """Version of the interpreter that runs the target: a rewrite must be valid there."""
    hot_lines: Mapping[int, float] = field(default_factory=dict)
    """Line → share of the run time, once lines were measured."""
