"""Times prepared calls in two children, by their CPU clocks read from outside (TRUST.md §4)."""

from __future__ import annotations

import random
import statistics
from collections.abc import Sequence

from afterburner.core.inputs import CallGraph, CallText, Case
from afterburner.core.ports import Repeats, TimedCase
from afterburner.runner.lane import Lane
from afterburner_worker.messages import CaseSpec, Prepare

_SAMPLE_S = 60.0
_WARM_CALLS = 3
_EMPTY = 5
_SAMPLES = 3
_LONG_NS = 300_000
_SHORTEST_NS = 30
"""No call of a Python function takes less."""


class Stopwatch:
    """Two lanes that are timed against each other."""

    def __init__(self, original: Lane, rewrite: Lane, seed: int, *, vary: bool = False) -> None:
        self._lanes = (original, rewrite)
        self._random = random.Random(seed)
        self._seed = seed * 1_000_003
        self._vary = vary
        self._sent: tuple[set[int], set[int]] = (set(), set())

    def launch(self, cases: Sequence[TimedCase], pairs: int) -> list[tuple[list[int], list[int]]]:
        """Per case the samples of both, interleaved in random order, with the cost of an empty sample taken off."""
        specs = [_spec(key, timed) for key, timed in enumerate(cases)]
        repeats = [(timed.original, timed.rewrite) for timed in cases]
        overhead = self._warmed(specs, repeats)
        found: list[tuple[list[int], list[int]]] = [([], []) for _ in cases]
        for pair in range(pairs):
            for key, spec in enumerate(specs):
                for side in self._random.sample((0, 1), 2):
                    spent = self._sample(side, spec, repeats[key][side], pair)
                    found[key][side].append(max(spent - overhead[side], 1))
        return found

    def least(self, case: Case, spec: CaseSpec) -> float:
        """CPU nanoseconds a call: the least of a few samples, each long enough for the clock."""
        self._sample(0, spec, Repeats(1), 0)
        overhead = self._empty(0, spec)
        # The clock can stand still over one sample: taken by its word, that would ask for any number of calls.
        first = max(max(self._sample(0, spec, Repeats(1), 0) for _ in range(2)) - overhead, _SHORTEST_NS)
        if first > _LONG_NS:
            return first
        repeats = Repeats.of(case, round(_LONG_NS / first))
        samples = [self._sample(0, spec, repeats, index) for index in range(_SAMPLES)]
        counted = [sample for sample in samples if 2 * sample >= statistics.median(samples)]
        return max(min(counted) - overhead, 1) / repeats.calls

    def _warmed(self, specs: Sequence[CaseSpec], repeats: Sequence[tuple[Repeats, Repeats]]) -> tuple[int, int]:
        for spec, both in zip(specs, repeats, strict=True):
            for side in (0, 1):
                # A case of one call a sample is warm already: the worker calls it once to see if its result is lazy.
                if both[side].calls > 1:
                    self._sample(side, spec, Repeats(min(_WARM_CALLS, both[side].copies)), 0)
        return self._empty(0, specs[0]), self._empty(1, specs[0])

    def _empty(self, side: int, spec: CaseSpec) -> int:
        """The cost of a sample without calls: the bytes, the wake-up, the clock."""
        return int(statistics.median(self._sample(side, spec, Repeats(0), 0) for _ in range(_EMPTY)))

    def _sample(self, side: int, spec: CaseSpec, repeats: Repeats, pair: int) -> int:
        # Both sides get the same variant in the same pair, so they always work on equal values.
        vary = self._vary and spec.graph is not None
        # A case travels once; after that its key is enough.
        told = CaseSpec(spec.key) if spec.key in self._sent[side] else spec
        self._sent[side].add(spec.key)
        prepare = Prepare(told, repeats.copies, repeats.rounds, self._seed + pair * 10_007, vary)
        return self._lanes[side].sample(prepare, _SAMPLE_S)


def _spec(key: int, timed: TimedCase) -> CaseSpec:
    match timed.case.call:
        case CallText(expression, setup):
            return CaseSpec(key, expression, setup)
        case CallGraph(graph):
            return CaseSpec(key, graph=graph)
