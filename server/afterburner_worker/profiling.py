"""What a profiling child answers: line times and allocations of the target, by the overlay's tools or the standard
library's."""

from __future__ import annotations

import collections
import contextlib
import dis
import gc
import importlib
import os
import sys
import time
from typing import Any, Callable, Iterator, List, Optional, Tuple

from afterburner_worker import calls
from afterburner_worker.install import Placed
from afterburner_worker.line_clock import LineClock
from afterburner_worker.messages import CaseSpec, LineTimes, MemoryWeighed, TimeLines, WeighMemory
from afterburner_worker.timing import cache_clear
from afterburner_worker.weighing import MemrayScale, Places, Run, Scale, TracemallocScale

_MOST_CALLS = 2_000
_QUICK_CALLS = 3
_QUICK_S = 0.2
_clock = time.perf_counter


def time_lines(placed: Placed, request: TimeLines) -> Iterator[LineTimes]:
    """One answer for each case, in order; a case that cannot be built is answered with its error."""
    each = request.budget_s / max(len(request.cases), 1)
    with _appended(request.overlay):
        watch, fallback = _line_profiler(placed) if request.overlay else (None, "")
        for case in request.cases:
            answer = LineTimes(case.key, fallback=fallback)
            try:
                make = calls.maker(placed, case)
                (watch or _standard)(placed, make, each, answer)
            except BaseException as error:  # of the user's code, which may raise anything
                answer.error = _said(error)
            yield answer


def weigh_memory(placed: Placed, request: WeighMemory) -> Iterator[MemoryWeighed]:
    """One answer for each case, in order."""
    end = _clock() + request.budget_s
    gc.freeze()  # this child measures and ends: its collections need not look at what is there already
    with _appended(request.overlay):
        scale, fallback = _scale(request.overlay)
        for case in request.cases:
            answer = MemoryWeighed(case.key, scale.tool, fallback=fallback)
            try:
                _weigh(placed, case, request, scale, end, answer)
            except BaseException as error:  # as above
                answer.error = _said(error)
            yield answer


def _standard(placed: Placed, make: Callable[[], calls.Call], seconds: float, answer: LineTimes) -> None:
    answer.tool = "sys.monitoring" if hasattr(sys, "monitoring") else "sys.settrace"
    clock = LineClock(placed.function.__code__, seconds)
    run = caller(placed)
    while answer.calls < _MOST_CALLS and not clock.is_over:
        call = make()
        with clock.running():
            run(call)
        if clock.is_over and answer.calls:
            break  # this call was watched in part only
        answer.cut = clock.is_over
        answer.calls += 1
        answer.lines = clock.table()


def _line_profiler(placed: Placed) -> Tuple[Optional[Callable[..., None]], str]:
    """What times a case by line_profiler, or None and why it cannot be used."""
    # On 3.12+ its default core counts a loop on one line as one hit.
    os.environ["LINE_PROFILER_CORE"] = "ctrace"
    try:
        line_profiler = importlib.import_module("line_profiler")  # never one of the worker's own imports
        profiler: Any = line_profiler.LineProfiler(placed.function)
    except BaseException as error:  # whatever stands in its way in a stranger's environment, there is another means
        return None, "line_profiler cannot be used: %s" % _said(error)
    tool = "line_profiler %s" % line_profiler.__version__

    def watch(placed: Placed, make: Callable[[], calls.Call], seconds: float, answer: LineTimes) -> None:
        answer.tool = tool
        before = _profiled(profiler)
        run, end = caller(placed), _clock() + seconds
        while answer.calls < _MOST_CALLS and (not answer.calls or _clock() < end):
            call = make()
            with profiler:
                run(call)
            answer.calls += 1
        answer.lines = [
            [line, hits - before.get(line, (0, 0))[0], spent - before.get(line, (0, 0))[1]]
            for line, (hits, spent) in sorted(_profiled(profiler).items())
        ]

    return watch, ""


def _profiled(profiler: Any) -> Any:
    """Line → hits and nanoseconds so far."""
    stats = profiler.get_stats()
    unit = stats.unit * 1e9
    return {line: (hits, round(spent * unit)) for rows in stats.timings.values() for line, hits, spent in rows}


def _scale(overlay: str) -> Tuple[Scale, str]:
    if not overlay:
        return TracemallocScale(), ""
    try:
        return MemrayScale(), ""
    except BaseException as error:  # as above
        return TracemallocScale(), "memray cannot be used: %s" % _said(error)


def _weigh(
    placed: Placed, case: CaseSpec, request: WeighMemory, scale: Scale, end: float, answer: MemoryWeighed
) -> None:
    make, run = calls.maker(placed, case), caller(placed)
    answer.seconds = _seconds(run, make)
    while len(answer.peaks) < request.repeats and (not answer.peaks or _clock() < end):
        answer.peaks.append(scale.peak(run, make()))
    while len(answer.means) < len(answer.peaks):
        mean = scale.mean(run, make, answer.seconds)
        if mean is None or (answer.means and _clock() > end):
            break
        answer.means.append(mean)
    if request.lines:
        answer.lines = scale.lines(run, make, _places(placed))


def _places(placed: Placed) -> Places:
    """The target's file and lines, those of what is defined within it included."""
    lines = frozenset(line for code in placed.codes for _, line in dis.findlinestarts(code) if line)
    return placed.function.__code__.co_filename, lines


def _seconds(run: Run, make: Callable[[], calls.Call]) -> float:
    """Wall time of a call: the least of a few, or of one where that is slow already."""
    taken: List[float] = []
    while len(taken) < _QUICK_CALLS and sum(taken) < _QUICK_S:
        call = make()
        start = _clock()
        run(call)
        taken.append(_clock() - start)
    return min(taken)


def caller(placed: Placed) -> Run:
    """What makes a call for its work alone: lazy results are drained, exceptions swallowed; gives the result."""
    clear = cache_clear(placed)
    drain = collections.deque(maxlen=0).extend  # type: ignore[var-annotated]

    def run(call: calls.Call) -> Any:
        if clear is not None:
            clear()
        try:
            result = call.function(*call.args, **call.kwargs)
            if hasattr(type(result), "__next__"):
                drain(result)
        except Exception:  # what the call raises is its behaviour, and here only its costs are asked for
            return None
        return result

    return run


@contextlib.contextmanager
def _appended(overlay: str) -> Iterator[None]:
    """The overlay at the end of `sys.path`, where it shadows nothing of the user's; and no output."""
    if overlay:
        sys.path.append(overlay)
    try:
        with open(os.devnull, "w") as null, contextlib.redirect_stdout(null), contextlib.redirect_stderr(null):
            yield
    finally:
        if overlay in sys.path:
            sys.path.remove(overlay)


def _said(error: BaseException) -> str:
    return ("%s: %s" % (type(error).__name__, " ".join(str(error).split())))[:300]
