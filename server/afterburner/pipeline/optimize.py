"""The story of a run: gather inputs, learn what the original does, try rewrites, keep what is proven faster."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from afterburner.core.captured import NOTHING, Captured
from afterburner.core.facts import Facts
from afterburner.core.inputs import Case
from afterburner.core.outcome import Environment, Outcome
from afterburner.core.ports import Brief, Meter, RewriteSource, Runner, StaticCheck
from afterburner.core.profile import Profile
from afterburner.core.rewrite import Rewrite
from afterburner.core.suggestion import Attempt
from afterburner.core.survey import Survey
from afterburner.core.target import Target
from afterburner.pipeline.events import Progress, Report
from afterburner.pipeline.gather import begin, enlarge
from afterburner.pipeline.observing import Profiler, observed, surveyed
from afterburner.pipeline.own_tests import OwnTests
from afterburner.pipeline.reference import Reference
from afterburner.pipeline.search import Bench, attempted, best_first, judged, remeasured, search

_FRESH = 1_000


@dataclass(frozen=True, slots=True)
class Ports:
    """The adapters of one run."""

    runner: Runner
    sources: Sequence[RewriteSource]
    check: StaticCheck
    meter: Meter
    given: Sequence[Case]
    """Calls from the user, doctests and the main block."""
    notes: Sequence[str]
    """What was left out on the way to them, as sentences."""
    types: Mapping[str, Sequence[str]]
    """Plausible types per parameter, read from the code."""
    environment: Environment
    python: tuple[int, int]
    ignored: frozenset[str]
    """Module globals whose state the user declared ignorable."""
    needs_call: str
    """What to tell when no inputs can be made."""
    captured: Captured = NOTHING
    """Calls that real code made, and the tests that made them."""


async def optimize(target: Target, ports: Ports, profile: Profile, report: Report) -> Outcome:
    """Proven and faster rewrites of the target, best first, and why every other one is not offered."""
    started = time.monotonic()
    bench = await _begun(target, ports, profile, report)
    if any(source.may_propose(bench.brief) for source in ports.sources):
        bench = await observed(await _enlarged(bench))
    attempts: list[Attempt] = []
    async for attempt in search(bench, ports.sources, lambda: time.monotonic() - started > profile.budget_s):
        attempts.append(attempt)
    ranked = best_first(attempts)
    if sum(attempt.offered for attempt in ranked) > 1 and time.monotonic() - started < profile.budget_s:
        report(Progress("measure", "timing the best one again on fresh data"))
        ranked = best_first([await remeasured(bench, ranked[0], _FRESH), *ranked[1:]])
    return _outcome(target, ports, profile, bench.reference, ranked, started)


async def compare(target: Target, rewrite: Rewrite, ports: Ports, profile: Profile, report: Report) -> Outcome:
    """The verdict on one rewrite and, unless it is wrong, how much faster it is."""
    started = time.monotonic()
    bench = await _bench(target, ports, profile, report)
    attempt = await attempted(bench, rewrite, measure_all=True)
    return _outcome(target, ports, profile, bench.reference, [attempt], started)


async def judge_all(
    target: Target, rewrites: Sequence[Rewrite], ports: Ports, profile: Profile, report: Report
) -> Outcome:
    """Verdicts only, in the order of the rewrites."""
    started = time.monotonic()
    bench = await _bench(target, ports, profile, report)
    attempts = [await judged(bench, rewrite) for rewrite in rewrites]
    return _outcome(target, ports, profile, bench.reference, attempts, started)


async def survey(target: Target, ports: Ports, profiler: Profiler, profile: Profile, report: Report) -> Survey:
    """What the original costs, line by line, on the calls that carry the headline."""
    started = time.monotonic()
    bench = await _begun(target, ports, profile, report)
    found = await surveyed(bench if bench.reference.carrying else await _enlarged(bench), profiler)
    return replace(
        found, notes=(*found.notes, *ports.notes, *ports.captured.notes), environment=ports.environment,
        seconds=time.monotonic() - started,
    )  # fmt: skip


async def _bench(target: Target, ports: Ports, profile: Profile, report: Report) -> Bench:
    return await _enlarged(await _begun(target, ports, profile, report))


async def _begun(target: Target, ports: Ports, profile: Profile, report: Report) -> Bench:
    """What is known from given calls alone: enough to see whether anything is to be tried."""
    report(Progress("inputs", f"gathering inputs for {target.qualname}"))
    reference = await begin(
        target, ports.runner, ports.given, ports.types, profile, report, ports.needs_call, ports.ignored
    )
    own_tests = OwnTests(ports.runner, ports.captured, report)
    brief = Brief(target, _facts(target, reference, ports.python), profile)
    return Bench(brief, reference, ports.runner, ports.check, ports.meter, report, own_tests)


async def _enlarged(bench: Bench) -> Bench:
    """The bench with calls made up near the given ones."""
    brief = bench.brief
    return replace(
        bench, reference=await enlarge(brief.target, bench.runner, bench.reference, brief.profile, bench.report)
    )


def _facts(target: Target, reference: Reference, python: tuple[int, int]) -> Facts:
    """The types that the calls which the original answers show, and how many given ones do."""
    plain = [*target.node.args.posonlyargs, *target.node.args.args]
    seen = reference.seen_types(plain[0].arg if plain else "")
    given = any(known.case.origin.given for known in reference.known)
    return Facts(
        types={name: frozenset(kinds) for name, kinds in seen.items()},
        calls={name: kinds.total() for name, kinds in seen.items()} if given else {},
        python=python,
    )


def _outcome(
    target: Target, ports: Ports, profile: Profile, reference: Reference, attempts: Sequence[Attempt], started: float
) -> Outcome:
    said = [*ports.notes, *ports.captured.notes, *reference.notes]
    said += [reference.problem] if reference.problem else []
    return Outcome(
        target, profile, ports.environment, reference.counts, tuple(attempts),
        given=tuple(k.case for k in reference.known if k.case.origin.given),
        captured=ports.captured,
        notes=tuple(said),
        seconds=time.monotonic() - started,
    )  # fmt: skip
