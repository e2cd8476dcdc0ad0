"""Gathers the reference: resolves given calls, makes up others near them, grows some, observes the original on all."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from afterburner.core.domain import Envelope, describe_types, tier
from afterburner.core.errors import RunFailed
from afterburner.core.graph import Graph
from afterburner.core.inputs import CallGraph, Case, Origin
from afterburner.core.observation import Observed, Version
from afterburner.core.ports import Limits, Runner
from afterburner.core.profile import Profile
from afterburner.core.reach import reachable_data
from afterburner.core.target import Target
from afterburner.core.verdict import Tier
from afterburner.pipeline import growing
from afterburner.pipeline.events import Progress, Report
from afterburner.pipeline.given import GIVEN, differing, keeps_state, observe_given
from afterburner.pipeline.reference import Known, Reference, weight

MADE = Limits(first_s=0.3, case_s=0.2, objects=4_000)
OTHER_HASH_SEED = 1
_PROPOSALS = 160
_MOST_NODES = 150_000
"""How much all generated arguments together may hold."""
_SEEDS = 16
_WILD = (
    "str",
    "list[int]",
    "list[str]",
    "list[list[int]]",
    "dict[str, int]",
    "int",
    "float",
    "tuple[int, int]",
    "bytes",
)
"""What to try for a parameter when nothing that its use suggests is accepted."""
_CHECKED_TWICE = 25


async def gather(
    target: Target, runner: Runner, given: Sequence[Case], types: Mapping[str, Sequence[str]], profile: Profile,
    report: Report, needs_call: str, ignored: frozenset[str],
) -> Reference:  # fmt: skip
    """Everything at once: `begin`, then `enlarge`."""
    reference = await begin(target, runner, given, types, profile, report, needs_call, ignored)
    return await enlarge(target, runner, reference, profile, report)


async def begin(
    target: Target, runner: Runner, given: Sequence[Case], types: Mapping[str, Sequence[str]], profile: Profile,
    report: Report, needs_call: str, ignored: frozenset[str],
) -> Reference:  # fmt: skip
    """What the original does on the given calls, or on first made-up ones where nobody gave any."""
    reached = reachable_data(target.source, target.qualname)
    version = Version(target.source.text, watch=tuple(name for name in reached if name not in ignored))
    if target.is_async:
        return _refused(version, types, "Asynchronous functions are not verified yet.")
    known, notes = await observe_given(target, runner, version, given, report)
    notes += [f"the global `{name}` is ignored, as the settings say" for name in reached if name in ignored]
    seeds = _seeds(known)
    for plausible in (types, {parameter.arg: _WILD for parameter in target.parameters}):
        if seeds:
            break
        report(Progress("inputs", "making up first calls from types and use"))
        try:
            known += await _proposed(target, runner, version, plausible, profile)
        except RunFailed as error:
            notes.append(f"No calls could be made up: {error}")
        seeds = _seeds(known)
    names = target.positional
    ordinary = _ordinary(known, seeds, names)
    envelope = Envelope.of(ordinary, _hints(target), names, _made(known))
    reference = Reference(
        version, tuple(known), tuple(seeds), (), ordinary, envelope, types, names, tuple(notes), ignored=ignored
    )
    usable = any(item.returned or item.case.origin.given for item in known)
    problem = _problem(known) or ("" if usable else needs_call)
    stateful = not problem and await keeps_state(runner, version, known)
    return replace(reference, problem=problem, stateful=stateful)


async def enlarge(target: Target, runner: Runner, reference: Reference, profile: Profile, report: Report) -> Reference:
    """The reference with further calls made up near its own, and some grown; and whether the original is steady."""
    if reference.problem:
        return reference
    known, version, envelope = [*reference.known], reference.version, reference.envelope
    if reference.seeds:
        made = await made_near(runner, reference, (target.source.text,), profile.generated_cases, profile.seed)
        report(Progress("inputs", f"{len(made)} generated calls", len(made), profile.generated_cases))
        known += await _observed(runner, version, made, MADE, patience=5, alone=reference.stateful)
        scaled, seen = await growing.grown(runner, version, known, reference.parameters)
        known += seen
        reference = replace(reference, scaled=scaled)
    reference = replace(
        reference, known=tuple(_tiered(known, envelope, untold=_untold(known, envelope))[: profile.max_cases])
    )
    return replace(reference, problem=_problem(known) or await _unsteady(runner, reference))


async def made_near(runner: Runner, reference: Reference, texts: Sequence[str], count: int, seed: int) -> list[Case]:
    """Generated cases near the seeds, steered by the constants of these texts: fewer of heavy ones, or none at all."""
    heaviest = max((len(call.graph["nodes"]) for call in reference.seeds), default=1)
    count = min(count, max(_MOST_NODES // heaviest, 1))
    try:
        calls = await runner.generate(reference.version, reference.seeds, reference.types, texts, count, seed)
    except RunFailed:
        return []
    return [Case(Origin.GENERATED, call) for call in calls]


async def observed_as_known(runner: Runner, reference: Reference, cases: Sequence[Case]) -> list[Known]:
    """The original's behaviour on further cases; those it gives no answer for fall out."""
    seen = await _observed(runner, reference.version, cases, MADE, patience=4, alone=reference.stateful)
    return _tiered(seen, reference.envelope, untold=_untold(reference.known, reference.envelope))


async def _proposed(
    target: Target, runner: Runner, version: Version, types: Mapping[str, Sequence[str]], profile: Profile
) -> list[Known]:
    calls = await runner.generate(version, (), types, [target.source.text], _PROPOSALS, profile.seed)
    cases = [Case(Origin.GENERATED, call) for call in calls]
    # In the order of their likelihood: what is accepted first tells what is ordinary.
    seen = await runner.observe(version, cases, MADE, patience=10)
    return _answered(cases, seen)


async def _observed(
    runner: Runner, version: Version, cases: Sequence[Case], limits: Limits, *, patience: int, alone: bool = False
) -> list[Known]:
    """Observations of the original; a case that it gives no answer for is no case."""
    ordered = sorted(cases, key=weight)
    seen = await runner.observe(version, ordered, limits, patience=patience, alone=alone)
    return _answered(ordered, seen)


def _answered(cases: Sequence[Case], seen: Sequence[Observed]) -> list[Known]:
    return [Known(c, o, "T1") for c, o in zip(cases, seen, strict=True) if not o.failure]


def _seeds(known: Sequence[Known]) -> list[CallGraph]:
    """Calls to start from: given ones first, then those that return; one of each shape before a second."""
    answered = [k for k in known if isinstance(k.case.call, CallGraph) and k.returned]
    if not answered:
        answered = [k for k in known if isinstance(k.case.call, CallGraph) and k.case.origin.given]
    seen: Counter[str] = Counter()
    ranked = []
    for item in answered:
        shape = _shape(item)
        ranked.append((not item.case.origin.given, seen[shape], item))
        seen[shape] += 1
    ranked.sort(key=lambda entry: entry[:2])
    return [item.case.call for _, _, item in ranked[:_SEEDS] if isinstance(item.case.call, CallGraph)]


def _ordinary(known: Sequence[Known], seeds: Sequence[CallGraph], names: Sequence[str]) -> tuple[Graph, ...]:
    """The given calls, or without any those answered ones that are typed like the likeliest one."""
    given = [k.case.call for k in known if k.case.origin.given]
    if given:
        return tuple(Graph.checked(call.graph) for call in given if isinstance(call, CallGraph))
    graphs = [Graph.checked(seed.graph) for seed in seeds]
    return tuple(g for g in graphs if describe_types(g, names) == describe_types(graphs[0], names))


def _made(known: Sequence[Known]) -> tuple[Graph, ...]:
    """The given direct calls that returned: how the target is really called."""
    calls = [k.case.call for k in known if k.case.origin.given and k.returned]
    return tuple(Graph.checked(call.graph) for call in calls if isinstance(call, CallGraph))


def _hints(target: Target) -> Mapping[str, Sequence[str]]:
    return {p.arg: [ast.unparse(p.annotation)] for p in target.parameters if p.annotation is not None}


def _shape(known: Known) -> str:
    """A rough key of what a case is like: the kinds of its nodes and of its result."""
    assert isinstance(known.case.call, CallGraph)
    kinds = sorted({str(node[0]) for node in known.case.call.graph["nodes"]})
    graph = known.observed.graph
    result = type(graph.roots["result"]).__name__ if graph is not None and "result" in graph.roots else ""
    return ",".join(kinds) + result


def _untold(known: Sequence[Known], envelope: Envelope) -> bool:
    """Whether nothing tells which direct calls are ordinary.

    That is so where all given calls reach the target through others and no parameter is annotated.
    """
    given = [item.case.call for item in known if item.case.origin.given]
    return bool(given) and not any(isinstance(call, CallGraph) for call in given) and not envelope.shapes


def _tiered(known: Sequence[Known], envelope: Envelope, *, untold: bool) -> list[Known]:
    """The same cases with their domain tier; given ones are T0 whatever they hold."""

    def tiered(item: Known) -> Known:
        if item.case.origin.given or not isinstance(item.case.call, CallGraph):
            return replace(item, tier="T0")
        found = tier(Graph.checked(item.case.call.graph), envelope, not item.returned)
        ordinary: Tier = "T2" if untold else "T1"
        return replace(item, tier=ordinary if found in ("T0", "T1") else found)

    return [tiered(item) for item in known]


def _problem(known: Sequence[Known]) -> str:
    """What in the original's own behaviour cannot be compared yet."""
    effects = sorted({effect for item in known for effect in item.observed.effects})
    if effects:
        return f"It cannot be verified here, because it reaches outside: {', '.join(effects)}."
    return ""


async def _unsteady(runner: Runner, reference: Reference) -> str:
    """Whether the original gives other answers in another process with another hash seed."""
    cases = [k.case for k in reference.known[:_CHECKED_TWICE]]
    runs = [
        await runner.observe(reference.version, cases, GIVEN, hash_seed=seed, alone=reference.stateful, patience=3)
        for seed in (0, OTHER_HASH_SEED)
    ]
    for one, other in zip(*runs, strict=True):
        found = differing(one, other)
        if found is not None:
            return (
                "The original itself gives different answers from run to run "
                f"({found.channel} {found.reference_text} and then {found.candidate_text}): "
                "nothing can be compared with it."
            )
    return ""


def _refused(version: Version, types: Mapping[str, Sequence[str]], problem: str) -> Reference:
    return Reference(version, (), (), (), (), Envelope.of(()), types, (), problem=problem)
