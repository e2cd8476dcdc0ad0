"""Runs versions of one target: the `Runner` port, on top of whichever lanes are safe for its module."""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from afterburner.core.captured import Suite, TestResult
from afterburner.core.errors import RunFailed
from afterburner.core.facts import Allocations, LineTimings
from afterburner.core.graph import Graph
from afterburner.core.inputs import CallGraph, CallText, Case
from afterburner.core.observation import Failure, FailureKind, Observed, Version
from afterburner.core.ports import Limits, Resolution, TimedCase
from afterburner.core.sketch import sketch
from afterburner.core.target import Target
from afterburner.runner import profiling
from afterburner.runner.lane import Lane, LaneClosed, LaneTimeout, WorkerRefusal
from afterburner.runner.lanes import Lanes
from afterburner.runner.own_tests import run_own_tests
from afterburner.runner.stopwatch import Stopwatch
from afterburner_worker import messages
from afterburner_worker.run_messages import Module

Answer = TypeVar("Answer")

_TOGETHER = 25
_ASK_S = 30.0
_LONGEST_NAME = 300
_NOT_NEEDED = Failure("refused", "not tried: the one before took long enough")


class TargetRunner:
    """One target in one interpreter; owns its processes until closed."""

    def __init__(self, target: Target, module: Module, lanes: Lanes, tier: str, overlay: str = "") -> None:
        self.name = lanes.name
        self.tier = tier
        self._overlay = overlay
        self._target = target
        self._module = module
        self._lanes = lanes

    async def observe(
        self, version: Version, cases: Sequence[Case], limits: Limits, *, hash_seed: int = 0, alone: bool = False,
        poison: bool = False, lines: bool = False, repeat: int = 1, patience: int = 8,
    ) -> list[Observed]:  # fmt: skip
        """One observation per case and repetition, in order. After several failures the rest is not tried."""
        size = 1 if alone else len(cases) if poison else _TOGETHER
        request = messages.Observe([], poison, repeat, limits.objects, lines)
        return await self._thread(
            self._observe_groups, version, list(cases), limits, hash_seed, (size, patience), request
        )

    async def resolve(self, version: Version, cases: Sequence[Case]) -> list[Resolution]:
        """What each textual call is: its arguments as a graph where they can be rebuilt from one."""

        def work() -> list[Resolution]:
            with self._child(version, 0) as lane:
                asked = messages.Resolve(_specs(cases))
                return [_resolution(a) for a in lane.stream(asked, messages.Resolved, _ASK_S, _ASK_S)]

        return await self._thread(work)

    async def generate(
        self, version: Version, seeds: Sequence[CallGraph], types: Mapping[str, Sequence[str]], texts: Sequence[str],
        count: int, seed: int,
    ) -> list[CallGraph]:  # fmt: skip
        asked = messages.Generate(
            [s.graph for s in seeds], {k: list(v) for k, v in types.items()}, list(texts), count, seed
        )
        return await self._thread(self._graphs, version, asked)

    async def scaled(
        self, version: Version, call: CallGraph, sizes: Sequence[int], shape: str, seed: int, *, dimensions: int
    ) -> list[tuple[str, list[tuple[int, CallGraph]]]]:
        """The call grown along each of its first dimensions."""

        def work() -> list[tuple[str, list[tuple[int, CallGraph]]]]:
            with self._child(version, 0) as lane:
                answer = lane.ask(messages.Dimensions(call.graph), messages.Resolved, _ASK_S)
                names = str((answer.graph or {}).get("roots", {}).get("names", "")).splitlines()
                grown = []
                for name in names[:dimensions]:
                    asked = messages.Scale(call.graph, name, list(sizes), shape, seed)
                    found = lane.stream(asked, messages.Resolved, _ASK_S, _ASK_S)
                    grown.append((name, [(a.key, CallGraph(a.graph)) for a in found if a.graph is not None]))
                return grown

        return await self._thread(work)

    async def launch(
        self,
        versions: tuple[Version, Version],
        cases: Sequence[TimedCase],
        pairs: int,
        seed: int,
        *,
        vary: bool = False,
    ) -> list[tuple[list[int], list[int]]]:
        """One launch: two fresh children, interleaved pairs of samples for each case, in nanoseconds a sample."""

        def work() -> list[tuple[list[int], list[int]]]:
            with self._child(versions[0], seed % 2) as first, self._child(versions[1], seed % 2) as second:
                return Stopwatch(first, second, seed, vary=vary).launch(cases, pairs)

        return await self._thread(work)

    async def once(self, version: Version, cases: Sequence[Case], *, longest_ns: float = math.inf) -> list[float]:
        """Per case the least CPU nanoseconds a call; NaN after one that fails or takes longer than `longest_ns`."""

        def work() -> list[float]:
            found = [math.nan] * len(cases)
            with contextlib.suppress(LaneClosed, LaneTimeout, WorkerRefusal), self._child(version, 0) as lane:
                watch = Stopwatch(lane, lane, 0)
                for index, case in enumerate(cases):
                    found[index] = watch.least(case, _spec(index, case))
                    if found[index] > longest_ns:
                        break
            return found

        return await self._thread(work)

    async def run_tests(self, version: Version, suite: Suite, names: Sequence[str], seconds: float) -> list[TestResult]:
        """How each of the project's tests ends with a version in place: all in one child, as long as that lives."""

        def work() -> list[TestResult]:
            return run_own_tests(lambda: self._child(version, 0), suite, names, seconds, self._lanes.why_closed)

        return await self._thread(work)

    async def lines(
        self, version: Version, cases: Sequence[Case], *, budget_s: float, patience_s: float = _ASK_S
    ) -> list[LineTimings]:
        """Per case what the target's lines take; watching ends with the budget, and `patience_s` later all does."""

        def work() -> list[LineTimings]:
            asked = messages.TimeLines(_specs(cases), budget_s, self._overlay)
            with self._child(version, 0) as lane:
                return profiling.line_timings(lane, asked, _last_line(version), patience_s)

        return await self._thread(work)

    async def memory(
        self, version: Version, cases: Sequence[Case], *, budget_s: float, repeats: int = 3, lines: bool = False,
        patience_s: float = _ASK_S,
    ) -> list[Allocations]:  # fmt: skip
        """Per case what a call allocates; after the budget nothing is repeated any more."""

        def work() -> list[Allocations]:
            asked = messages.WeighMemory(_specs(cases), budget_s, repeats, lines, self._overlay)
            with self._child(version, 0) as lane:
                return profiling.allocations(lane, asked, _last_line(version), patience_s)

        return await self._thread(work)

    async def close(self) -> None:
        self._lanes.kill()

    async def _thread(self, work: Callable[..., Answer], *args: Any) -> Answer:
        """Run blocking work in a thread; when the task is cancelled, every child ends and the thread with it."""
        try:
            return await asyncio.to_thread(work, *args)
        except asyncio.CancelledError:
            self._lanes.kill()
            raise
        except WorkerRefusal as error:
            raise RunFailed(f"{self._target.qualname} cannot be run here: {error.refusal.message}.") from error
        except LaneTimeout as error:
            raise RunFailed(f"{self._target.qualname} gave no answer in time.") from error
        except LaneClosed as error:
            reason = self._lanes.why_closed() or "its process ended"
            raise RunFailed(f"{self._target.qualname} could not be run: {reason}.") from error

    @contextlib.contextmanager
    def _child(self, version: Version, hash_seed: int) -> Iterator[Lane]:
        lane = self._lanes.open(whole=version.whole, hash_seed=hash_seed)
        try:
            drawn = sketch(version.text, self._target.qualname)
            placed = messages.Version(version.text, version.whole, list(version.additions), drawn)
            install = messages.Install(self._target.qualname, placed, self._module, list(version.watch))
            lane.ask(install, messages.Installed, _ASK_S)
            yield lane
        finally:
            lane.close()

    def _graphs(self, version: Version, asked: messages.Generate) -> list[CallGraph]:
        with self._child(version, 0) as lane:
            answers = lane.stream(asked, messages.Resolved, _ASK_S, _ASK_S)
            return [CallGraph(a.graph) for a in answers if a.graph is not None]

    def _observe_groups(
        self,
        version: Version,
        cases: list[Case],
        limits: Limits,
        hash_seed: int,
        grouping: tuple[int, int],
        request: messages.Observe,
    ) -> list[Observed]:
        size, patience = grouping
        specs = _specs(cases)
        found: list[Observed] = []
        failures = 0
        for start in range(0, len(specs), max(size, 1)):
            group = specs[start : start + size] * request.repeat
            while group and failures < patience:
                seen = self._observe_group(version, group, limits, hash_seed, request)
                failures += sum(o.failure is not None and o.failure.kind != "unbuildable" for o in seen)
                found += seen
                group = group[len(seen) :]
            found += [Observed(failure=Failure("refused", f"not tried after {failures} failures"))] * len(group)
        return found

    def _observe_group(
        self,
        version: Version,
        group: list[messages.CaseSpec],
        limits: Limits,
        hash_seed: int,
        request: messages.Observe,
    ) -> list[Observed]:
        """Observations until the first one that does not come, which is the last in the list."""
        asked = messages.Observe(group, request.poison, 1, request.max_nodes, request.lines)
        seen: list[Observed] = []
        try:
            with self._child(version, hash_seed) as lane:
                clock = time.monotonic()
                for spec, answer in zip(
                    group, lane.stream(asked, messages.Observation, limits.first_s, limits.case_s), strict=False
                ):
                    if answer.key != spec.key:
                        return [*seen, Observed(failure=Failure("forged", "it answered for another case"))]
                    now = time.monotonic()
                    seen.append(_observed(answer, now - clock))
                    if len(seen) > 1 and now - clock > limits.enough_s:
                        return [*seen, *[Observed(failure=_NOT_NEEDED)] * (len(group) - len(seen))]
                    clock = now
                if len(seen) < len(group):
                    seen.append(Observed(failure=Failure("forged", "it ended its answers early")))
        except (LaneTimeout, LaneClosed, WorkerRefusal) as error:
            seen.append(Observed(failure=self._failure(error, limits)))
        return seen

    def _failure(self, error: Exception, limits: Limits) -> Failure:
        if isinstance(error, LaneTimeout):
            return Failure("timeout", f"no answer within {limits.case_s:.2g} s")
        if isinstance(error, WorkerRefusal):
            return Failure("refused", error.refusal.message)
        time.sleep(0.02)
        reason = self._lanes.why_closed()
        kind: FailureKind = "memory" if reason else "crash"
        return Failure(kind, reason or "the process ended during the call")


def _last_line(version: Version) -> int:
    return len(version.text.splitlines()) + 1


def _specs(cases: Sequence[Case]) -> list[messages.CaseSpec]:
    return [_spec(index, case) for index, case in enumerate(cases)]


def _spec(key: int, case: Case) -> messages.CaseSpec:
    match case.call:
        case CallText(expression, setup):
            return messages.CaseSpec(key, expression, setup)
        case CallGraph(graph):
            return messages.CaseSpec(key, graph=graph)


def _resolution(answer: messages.Resolved) -> Resolution:
    call = CallGraph(answer.graph) if answer.graph is not None else None
    return Resolution(call, answer.direct, answer.error)


def _observed(answer: messages.Observation, seconds: float) -> Observed:
    if answer.error:
        return Observed(failure=Failure("unbuildable", answer.error), seconds=seconds)
    graph = Graph.checked(answer.graph) if answer.graph is not None else None
    return Observed(
        graph, answer.digest, None, answer.message_strict, answer.raised_in[:_LONGEST_NAME], tuple(answer.effects),
        frozenset(answer.lines), seconds,
    )  # fmt: skip
