"""Measures what a call allocates: by tracemalloc, or by memray from the overlay.

Both count the blocks that the call allocated itself and that are still alive: its arguments were there before. The
peak is the most of them at one time; the mean is over the time of the call, from samples about a millisecond apart.
"""

from __future__ import annotations

import gc
import importlib
import os
import sys
import threading
import time
import tracemalloc
from typing import Any, Callable, Dict, FrozenSet, List, Optional, Tuple, Union

from afterburner_worker.calls import Call
from afterburner_worker.lines import each_line

Run = Callable[[Call], Any]
"""Makes a call, and gives its result so that it stays alive."""
Make = Callable[[], Call]
Rows = List[List[int]]
"""Line, blocks, bytes."""
Places = Tuple[str, FrozenSet[int]]
"""A file, and the lines of it that are asked about."""

_EVERY_S = 0.001
_SHORTEST_S = 0.0001
_LONGEST_S = 0.3
_FEWEST_SAMPLES, _ENOUGH_SAMPLES = 5, 60
_MOST_COPIES = 200
_SWITCH_S = 0.0002
_FRAMES = 25
_OURS = os.path.dirname(__file__)
_clock = time.perf_counter


class TracemallocScale:
    """The standard library's: sees what goes through Python's own allocators."""

    tool = "tracemalloc"

    def peak(self, run: Run, call: Call) -> int:
        gc.collect()
        tracemalloc.start()
        try:
            run(call)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    def mean(self, run: Run, make: Make, seconds: float) -> Optional[float]:
        """None where the call ends before it could be sampled."""
        if seconds < _SHORTEST_S:
            return None
        sampler = _Sampler()
        switch = sys.getswitchinterval()
        sys.setswitchinterval(_SWITCH_S)
        gc.collect()
        sampler.start()
        stop = _clock() + _LONGEST_S
        try:
            while sampler.samples < _ENOUGH_SAMPLES and _clock() < stop:
                call = make()
                tracemalloc.start()
                sampler.begin()
                result = run(call)
                sampler.end()
                tracemalloc.stop()
                del result
        finally:
            sampler.finish()
            sys.setswitchinterval(switch)
        return sampler.mean

    def lines(self, run: Run, make: Make, places: Places) -> Rows:
        """By line: what it, or what it called, had allocated where most was alive between two lines of the module."""
        file = places[0]
        fullest = self._fullest(run, make(), file)
        passed = 0
        taken: List[tracemalloc.Snapshot] = []

        def passing(line: int) -> None:
            nonlocal passed
            passed += 1
            if passed == fullest:
                taken.append(tracemalloc.take_snapshot())

        call = make()
        gc.collect()
        tracemalloc.start(_FRAMES)
        try:
            with each_line(file, passing):
                result = run(call)
            if not taken:
                taken.append(tracemalloc.take_snapshot())
            del result
        finally:
            tracemalloc.stop()
        found = taken[0].traces
        stacks = ((1, trace.size, [(at.filename, at.lineno) for at in reversed(trace.traceback)]) for trace in found)
        return _by_line(stacks, places)

    @staticmethod
    def _fullest(run: Run, call: Call, file: str) -> int:
        """The number of the line event at which most is alive; 0 for the end of the call."""
        passed = best = at = 0

        def passing(line: int) -> None:
            nonlocal passed, best, at
            passed += 1
            current = tracemalloc.get_traced_memory()[0]
            if current > best:
                best, at = current, passed

        gc.collect()
        tracemalloc.start()
        try:
            with each_line(file, passing):
                result = run(call)
            at = 0 if tracemalloc.get_traced_memory()[0] >= best else at
            del result
        finally:
            tracemalloc.stop()
        return at


class MemrayScale:
    """Memray's: sees every allocation of the process. Raises whatever stands in the way of its import."""

    def __init__(self) -> None:
        self._memray: Any = importlib.import_module("memray")  # never one of the worker's own imports
        self.tool = "memray %s" % self._memray.__version__
        self._watched_s = 0.0

    def peak(self, run: Run, call: Call) -> int:
        return sum(record.size for record in self._records(run, call))

    def mean(self, run: Run, make: Make, seconds: float) -> Optional[float]:
        """None where the call ends before it could be sampled."""
        if seconds < _SHORTEST_S:
            return None
        repeats = min(int(_ENOUGH_SAMPLES * _EVERY_S / max(self._watched_s, 1e-6)) + 1, _MOST_COPIES)
        made = [make() for _ in range(repeats)]
        with _Recorded(self._memray, lambda: [run(call) for call in made] and None) as reader:
            heaps = [snapshot.heap for snapshot in reader.get_memory_snapshots()]
        return sum(heaps) / len(heaps) if len(heaps) >= _FEWEST_SAMPLES else None

    def lines(self, run: Run, make: Make, places: Places) -> Rows:
        """By line: what it, or what it called, had allocated of all that was alive at the peak."""
        found = self._records(run, make())
        return _by_line(((r.n_allocations, r.size, [(at[1], at[2]) for at in r.stack_trace()]) for r in found), places)

    def _records(self, run: Run, call: Call) -> List[Any]:
        gc.collect()
        recorded = _Recorded(self._memray, lambda: run(call))
        self._watched_s = recorded.seconds
        with recorded as reader:
            return list(reader.get_high_watermark_allocation_records(merge_threads=True))


Scale = Union[TracemallocScale, MemrayScale]


class _Recorded:
    """A file of memray's about some work; as a context manager its reader."""

    def __init__(self, memray: Any, work: Callable[[], Any]) -> None:
        name = "memray-%d-%d.bin" % (os.getpid(), time.perf_counter_ns())
        self._file = os.path.join(os.environ.get("TMPDIR", "."), name)
        form = memray.FileFormat.AGGREGATED_ALLOCATIONS
        every = max(1, int(_EVERY_S * 1000))
        with memray.Tracker(self._file, trace_python_allocators=True, memory_interval_ms=every, file_format=form):
            start = _clock()
            result = work()
            self.seconds = _clock() - start
        del result
        self._reader = memray.FileReader(self._file)

    def __enter__(self) -> Any:
        return self._reader

    def __exit__(self, *failure: object) -> None:
        self._reader.close()
        os.unlink(self._file)


class _Sampler(threading.Thread):
    """Reads the traced memory about every millisecond while a call runs."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._over = threading.Event()
        self._on = False
        self._last = 0
        self._since = 0.0
        self._area = self._time = 0.0
        self.samples = 0

    @property
    def mean(self) -> Optional[float]:
        return self._area / self._time if self.samples >= _FEWEST_SAMPLES and self._time else None

    def begin(self) -> None:
        self._last, self._since = 0, _clock()
        self._on = True

    def end(self) -> None:
        self._on = False
        self._take()

    def finish(self) -> None:
        self._over.set()
        self.join()

    def run(self) -> None:
        while not self._over.wait(_EVERY_S):
            if self._on:
                self.samples += 1
                self._take()

    def _take(self) -> None:
        now, current = _clock(), tracemalloc.get_traced_memory()[0]
        self._area += (current + self._last) / 2 * (now - self._since)
        self._time += now - self._since
        self._last, self._since = current, now


def _by_line(found: Any, places: Places) -> Rows:
    """Blocks and bytes by the innermost of the lines on each stack; the most bytes first."""
    file, lines = places
    table: Dict[int, Tuple[int, int]] = {}
    for blocks, size, stack in found:
        if stack and stack[0][0].startswith(_OURS):
            continue
        line = next((number for name, number in stack if name == file and number in lines), 0)
        if line:
            before = table.get(line, (0, 0))
            table[line] = before[0] + blocks, before[1] + size
    return sorted(([line, *row] for line, row in table.items()), key=lambda row: -row[2])
