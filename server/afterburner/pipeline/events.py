"""What the pipeline says while it works."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Stage = Literal["start", "inputs", "rewrites", "verify", "measure", "done"]


@dataclass(frozen=True, slots=True)
class Progress:
    """One step of a stage, with a sentence for people; `total` is 0 where it is not known."""

    stage: Stage
    message: str
    done: int = 0
    total: int = 0


Report = Callable[[Progress], None]


def silent(progress: Progress) -> None:
    """A report that nobody reads."""
