"""Draws single numbers and strings, and lists of integers: ordinary ones first, boundary values now and then."""

from __future__ import annotations

import dataclasses
import random
from typing import Any, Dict, List, Tuple

INTS = (0, 1, -1, 2, 3, 7, 10, 16, 100, 255, 256, 1000)
HUGE_INTS = (2**31, 2**53 + 1, 2**63, -(2**63), 10**12, 10**18)
FLOATS = (0.0, 1.0, -1.0, 0.5, 0.1, 0.2, 0.3, 2.5, 100.0)
ODD_FLOATS = (-0.0, 1e16, -1e16, 1e-16, 1e308, float("inf"), float("-inf"), float("nan"), 5e-324)
STRINGS = ("", " ", "a", "A", "aa", "b", "0", "1", "-1", " 7 ", ",", "a,b", "ab ba", "Hello World", "a b  c", "1.5")
ODD_STRINGS = ("ß", "ẞ", "İ", "ı", "Σ", "ς", "²", "٣", "é", "e\u0301", "\t", "\n", "\u00a0", "\x00", "+1", "1_0", "1e5",
               "_", "\U0001f600", "ǅ", "\r\n", "\x1c", "ﬁ")  # fmt: skip
ALPHABETS = ("ab", "abc", "aAbB ", "01", "0123456789", "abcdefghijklmnopqrstuvwxyz", "()", "([{}])", "ab ", "xyz,. ",
             "aeioubc")  # fmt: skip
MOST = 200
"""No generated container is longer, unless a size in the source asks for it."""


@dataclasses.dataclass
class Pool:
    """What values are drawn from: a random source, a size, and what is known of the calls and the source."""

    rng: random.Random
    size: int = 8
    exotic: float = 0.2
    """How often a boundary value stands in for an ordinary one."""
    reach: int = 100
    """Ordinary integers lie within ±reach."""
    negative: float = 0.3
    """How often a list or a number may be negative."""
    ints: List[int] = dataclasses.field(default_factory=list)
    floats: List[float] = dataclasses.field(default_factory=list)
    strings: List[str] = dataclasses.field(default_factory=list)
    alphabets: List[str] = dataclasses.field(default_factory=list)
    separators: List[str] = dataclasses.field(default_factory=list)
    """What stands between the parts of strings."""
    groups: List[List[str]] = dataclasses.field(default_factory=list)
    """Strings that belong together; a call may draw from one group alone."""
    attributes: Dict[Tuple[type, str], List[Any]] = dataclasses.field(default_factory=dict)
    """Class and attribute → the types that instances in the seeds hold there."""
    vocabulary: List[str] = dataclasses.field(default_factory=list)
    """The group in use, or nothing."""
    pattern: Tuple[str, int, bool] = ("", 0, False)
    """The separator, number of parts, and whether they are numbers, of the next call's strings; or no separator."""

    def choose_style(self) -> None:
        """Let all strings of the next call come from one group or have one pattern, now and then."""
        self.vocabulary = self.rng.choice(self.groups) if self.groups and self.chance(0.2) else []
        self.pattern = ("", 0, False)
        if self.separators and self.chance(0.2):
            self.pattern = (self.rng.choice(self.separators), self.rng.choice((2, 2, 2, 3, 3, 4, 6)), self.chance(0.6))

    def chance(self, share: float) -> bool:
        return self.rng.random() < share


def length(pool: Pool, depth: int = 0) -> int:
    """A length for a container: small mostly, empty and single often enough, sometimes long."""
    roll = pool.rng.random()
    if roll < 0.14:
        return 0 if roll < 0.07 else 1
    most = max(2, pool.size >> depth)
    if roll > 0.9 and depth == 0:
        return pool.rng.randint(most, most * 5)
    return pool.rng.randint(2, most)


def integer(pool: Pool) -> int:
    """One integer on its own: mostly small and within reach."""
    rng = pool.rng
    roll = rng.random()
    if roll < 0.25 and pool.ints:
        found = rng.choice(pool.ints)
    elif roll < 0.6:
        found = rng.randint(0, 12)
    elif roll < 0.8:
        found = rng.randint(0, max(12, min(pool.reach, 60)))
    elif roll < 1 - pool.exotic / 4:
        found = rng.randint(0, max(12, pool.reach))
    else:
        return rng.choice(INTS)
    return -found if found > 0 and rng.random() < pool.negative / 2 else found


def integers(pool: Pool, count: int) -> List[int]:
    """`count` integers that belong together: one style each time (ties, sorted, a permutation, constants …)."""
    rng = pool.rng
    style = rng.random()
    low = -rng.choice((1, 5, 20, pool.reach)) if pool.chance(pool.negative) else 0
    if style < 0.12:
        base = [integer(pool) for _ in range(rng.randint(1, 4))]
    elif style < 0.2:
        base = [0, 1]
    elif style < 0.27:
        found = list(range(rng.choice((0, 1)), count + 1))[:count]
        rng.shuffle(found)
        return found
    elif style < 0.37 and pool.ints:
        base = pool.ints
    elif style < 0.37 + pool.exotic / 4:
        base = list(INTS + (HUGE_INTS if pool.chance(pool.exotic) else ()))
    elif style < 0.6:
        base = range(low, rng.choice((3, 5, max(2, count))))  # type: ignore[assignment]
    else:
        base = range(low, rng.choice((10, 30, 100, max(3, pool.reach))))  # type: ignore[assignment]
    return ordered(rng.choices(base, k=count), pool)


def ordered(found: List[Any], pool: Pool) -> List[Any]:
    """The list as it is, or sorted, reversed, or nearly sorted; in place."""
    roll = pool.rng.random()
    if roll < 0.25:
        try:
            found.sort(reverse=roll < 0.08)
        except TypeError:
            return found
        if 0.08 <= roll < 0.11 and len(found) > 1:
            i = pool.rng.randrange(len(found) - 1)
            found[i], found[i + 1] = found[i + 1], found[i]
    return found


def real(pool: Pool) -> float:
    """One float: short decimals, whole numbers, known constants; boundary values rarely."""
    rng = pool.rng
    roll = rng.random()
    if roll < pool.exotic / 4:
        return rng.choice(ODD_FLOATS)
    if roll < 0.3:
        return float(rng.choice(pool.floats or FLOATS))
    sign = -1 if pool.chance(pool.negative / 2) else 1
    if roll < 0.5:
        return float(sign * rng.randint(0, 10))
    return sign * round(rng.uniform(0, rng.choice((1, 10, 100, max(1, pool.reach)))), rng.choice((0, 1, 1, 2, 3, 17)))


def text(pool: Pool, most: int = 12) -> str:
    """One string: letters of a small alphabet, words, a known constant, a palindrome, a repetition; traps rarely."""
    rng = pool.rng
    roll = rng.random()
    if roll < pool.exotic / 3:
        trap = rng.choice(ODD_STRINGS)
        return trap if roll < pool.exotic / 8 else _inserted(text_of(alphabet(pool), rng.randint(0, 6), rng), trap, rng)
    if pool.vocabulary and pool.chance(0.8):
        joined = pool.separators and pool.chance(0.4)
        return (
            _joined(rng.choices(pool.vocabulary, k=rng.choice((2, 3, 3, 5))), pool)
            if joined
            else rng.choice(pool.vocabulary)
        )
    separator, count, numbers = pool.pattern
    if separator and pool.chance(0.8):
        letters = "" if numbers else alphabet(pool)
        return separator.join(text_of(letters, rng.randint(1, 4), rng) or str(integer(pool)) for _ in range(count))
    if roll < 0.25:
        return rng.choice(pool.strings or STRINGS)
    if roll < 0.33:
        return rng.choice(STRINGS)
    letters = alphabet(pool)
    found = text_of(letters, rng.randint(1, most) if roll < 0.95 else rng.randint(most, most * 3), rng)
    if roll < 0.4:
        return found + found[::-1][rng.choice((0, 1)) :]
    if roll < 0.45:
        return found[: max(1, most // 3)] * rng.randint(2, 4)
    if roll < 0.6 and len(letters) > 2:
        return " ".join(text_of(letters, rng.randint(1, 5), rng) for _ in range(rng.randint(1, 5)))
    return found


def _joined(parts: List[str], pool: Pool) -> str:
    return pool.rng.choice(pool.separators).join(parts)


def alphabet(pool: Pool) -> str:
    """The characters for one string: of the seeds or the source mostly, else a common small set."""
    if pool.alphabets and pool.chance(0.65):
        return pool.rng.choice(pool.alphabets)
    return pool.rng.choice(ALPHABETS)


def text_of(letters: str, count: int, rng: random.Random) -> str:
    return "".join(rng.choices(letters, k=count)) if letters else ""


def _inserted(found: str, part: str, rng: random.Random) -> str:
    i = rng.randint(0, len(found))
    return found[:i] + part + found[i:]
