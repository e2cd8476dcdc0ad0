"""A function with all that its own text mentions, as a small module."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from afterburner.core.pieces import Cut, members
from afterburner.core.source import lines_of

_ADDED = 0


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A module of its own, whose lines stand in the whole one somewhere else."""

    text: str
    lines: Sequence[int]
    """For each line its number in the whole module; 0 for one that was added."""


def excerpt(cut: Cut, at: int) -> Excerpt:
    """One piece with the pieces that it mentions, each in its class, in text order."""
    chosen = tuple(members(cut.near[at]))
    filled = {cut.pieces[index].owner for index in chosen}
    texts: list[str] = []
    numbers: list[int] = []
    for index in chosen:
        piece = cut.pieces[index]
        lines = lines_of(piece.text)
        texts += [line if line.endswith(("\n", "\r")) else line + "\n" for line in lines]
        numbers += range(piece.first, piece.first + len(lines))
        if piece.is_head and index not in filled:
            margin = lines[0][: len(lines[0]) - len(lines[0].lstrip())]
            texts.append(f"{margin}    pass\n")
            numbers.append(_ADDED)
    return Excerpt("".join(texts), tuple(numbers))
