"""What reading a text tells, worked out beside the server's loop."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from afterburner.core.errors import AfterburnerError
from afterburner.core.outline import Outline, outline
from afterburner.core.source import Source


@dataclass(frozen=True, slots=True)
class SlowPattern:
    """Where a rule matches."""

    rule: str
    qualname: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known of one version of a document."""

    version: int
    outline: Outline
    problem: str = ""
    """Why it could not be read."""

    def patterns_at(self, first: int, last: int) -> tuple[SlowPattern, ...]:
        """The slow patterns that touch these lines."""
        return ()


class Analyst:
    """Reads texts, one after the other."""

    async def read(self, uri: str, version: int, text: str) -> Reading:
        return await asyncio.to_thread(_read, version, text)

    async def close(self) -> None:
        """Nothing is kept."""


def _read(version: int, text: str) -> Reading:
    try:
        return Reading(version, outline(Source("", text)))
    except AfterburnerError as error:
        return Reading(version, Outline(), str(error))
