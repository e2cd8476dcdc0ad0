"""Which calls are kept: a reservoir for each test and one over all, so that no hot test takes every slot."""

from __future__ import annotations

import random
from collections import Counter
from typing import Dict, List, NamedTuple, Optional, Set

_FEWEST_PER_TEST = 8
_MOST_INNER = 3


class Kept(NamedTuple):
    """What a slot holds."""

    test: int
    size: int
    is_inner: bool
    """A call made while the target was already running."""


class Slots:
    """At most `most` calls of `most_size` in all; the same choices for the same calls and seed."""

    def __init__(self, most: int, most_size: int, seed: int) -> None:
        self._most = most
        self._most_size = most_size
        self._random = random.Random(seed)
        self._kept: List[Kept] = []
        self._of_test: Counter[int] = Counter()
        self._size = 0
        self._digests: Set[int] = set()
        self._reached: Set[int] = set()
        self._inner: Dict[int, int] = {}

    def next_after(self, test: int, number: int) -> int:
        """Which call of a test to look at after its `number`th (from 1): the next one at first, later ever fewer."""
        self._reached.add(test)
        quota = self._quota()
        if number < quota:
            return number + 1
        return number + 1 + int(number * (self._random.random() ** (-1 / quota) - 1))

    def takes_inner(self, test: int) -> bool:
        """Whether a test may have one more call that was made while the target was already running."""
        return self._inner.get(test, 0) < _MOST_INNER

    def _quota(self) -> int:
        return max(_FEWEST_PER_TEST, self._most // max(1, len(self._reached)))

    def place(self, call: Kept, digest: int) -> Optional[int]:
        """The slot for a call, or None: seen before, or there is no room for it."""
        if digest in self._digests or call.size * 8 > self._most_size:
            return None
        slot = self._slot(call)
        if slot is None:
            return None
        self._digests.add(digest)
        self._put(slot, call)
        return slot

    def _slot(self, call: Kept) -> Optional[int]:
        quota = self._quota()
        has_room = self._size + call.size <= self._most_size
        if len(self._kept) < self._most and has_room and self._of_test[call.test] < quota:
            return len(self._kept)
        if call.is_inner or not self._kept:
            return None
        fullest = max(self._of_test, key=lambda test: (self._of_test[test], test == call.test))
        crowded = call.test if self._of_test[call.test] >= min(quota, self._of_test[fullest]) else fullest
        if self._of_test[crowded] <= 1 and self._random.random() * len(self._reached) > self._most:
            return None
        slot = self._victim(crowded)
        return slot if self._size - self._kept[slot].size + call.size <= self._most_size else None

    def _victim(self, test: int) -> int:
        """One of a test's slots: an inner call's if there is one, else one of the size that it has most of."""
        slots = [slot for slot, kept in enumerate(self._kept) if kept.test == test]
        inner = [slot for slot in slots if self._kept[slot].is_inner]
        sizes = Counter(self._kept[slot].size.bit_length() for slot in slots)
        common = max(sizes.values())
        alike = [slot for slot in slots if sizes[self._kept[slot].size.bit_length()] == common]
        return self._random.choice(inner or alike)

    def _put(self, slot: int, call: Kept) -> None:
        if slot < len(self._kept):
            old = self._kept[slot]
            self._of_test[old.test] -= 1
            self._size -= old.size
            self._kept[slot] = call
        else:
            self._kept.append(call)
        self._of_test[call.test] += 1
        self._size += call.size
        if call.is_inner:
            self._inner[call.test] = self._inner.get(call.test, 0) + 1
