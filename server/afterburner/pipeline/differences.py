"""Compares one case's two observations, floats inside their envelope included, and confirms what differs."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from afterburner.core.agreement import Difference, agree, envelope, perturbed, raised_sooner
from afterburner.core.graph import Graph
from afterburner.core.inputs import CallGraph, CallText, Case, Origin
from afterburner.core.lacking import complaint, misfit
from afterburner.core.observation import Failure, Observed, Version
from afterburner.core.ports import Limits, Runner
from afterburner.core.render import render_call, render_value
from afterburner.core.shrink import smaller
from afterburner.core.target import Target
from afterburner.core.verdict import Counterexample, Tier

_PERTURBATIONS = 8
_SHRINK_ROUNDS = 25
_SHRINK_S = 3.0
_SHRINK_WIDTH = 40
_SHRINK_VALUES = 15_000
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Split:
    """What two observations of one case say: real differences, accepted ones, and what could not be compared."""

    differences: tuple[Difference, ...] = ()
    notes: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()
    floats: bool = False
    """Some of the differences are of floats only, which an envelope may still accept."""
    lacking: str = ""
    """What the candidate failed for want of, in the interpreter's words."""
    misfit: str = ""
    """Of a result became the interpreter's TypeError: where, and its text."""
    raised_in: str = ""
    """The module in which the candidate's exception came up."""
    sooner: bool = False
    """The only difference: the call itself raises the error that its iterator raised before the first item."""


def split(reference: Observed, candidate: Observed, tolerance: Mapping[str, float] | None = None) -> Split:
    """Compare two observations; a missing answer of the candidate is a difference."""
    if candidate.failure:
        return Split((_missing(reference, candidate.failure),), lacking=complaint(candidate))
    if reference.graph is None or candidate.graph is None:
        return _by_digest(reference, candidate)
    message: Literal["strict", "note"] = "strict" if reference.message_strict and candidate.message_strict else "note"
    found = agree(reference.graph, candidate.graph, tolerance, message=message)
    real = tuple(d for d in found if d.severity in ("strict", "float"))
    return Split(
        real,
        tuple(f"{d.channel}: {d.reference_text} became {d.candidate_text}" for d in found if d.severity == "note"),
        tuple(
            f"{d.channel}{d.path and f' at {d.path}'}: {d.reference_text}" for d in found if d.severity == "unverified"
        ),
        floats=any(d.severity == "float" for d in real) and all(d.severity == "float" for d in real),
        lacking=complaint(candidate),
        misfit=misfit(reference, candidate),
        raised_in=candidate.raised_in,
        sooner=len(real) == 1 and raised_sooner(reference.graph, candidate.graph),
    )


async def within_envelope(
    runner: Runner, version: Version, case: Case, reference: Observed
) -> Mapping[str, float] | None:
    """Tolerance per float of the result: how far the original itself moves when its inputs move by an ulp."""
    if not isinstance(case.call, CallGraph) or reference.graph is None:
        return None
    graph = Graph.checked(case.call.graph)
    moved = [Case(case.origin, CallGraph(perturbed(graph, seed).data)) for seed in range(_PERTURBATIONS)]
    seen = await runner.observe(version, moved, Limits(20.0, 5.0))
    return envelope(reference.graph, [o.graph for o in seen if o.graph is not None])


async def confirmed(runner: Runner, versions: tuple[Version, Version], case: Case, limits: Limits) -> Split | None:
    """The difference again in fresh workers, twice; None when it does not come back both times."""
    last = None
    for _ in range(2):
        last = await _differs(runner, versions, case, limits)
        if last is None:
            return None
    return last


async def counterexample(
    runner: Runner,
    versions: tuple[Version, Version],
    case: Case,
    tier: Tier,
    seen: Split,
    target: Target,
    limits: Limits,
) -> Counterexample:
    """The smallest call found that still differs, as runnable Python, with what both versions did."""
    # A call that hangs or ends its process is shown as it is: each smaller one would cost another wait.
    end = time.monotonic() + (0.0 if seen.differences[0].channel == "answer" else _SHRINK_S)
    for _ in range(_SHRINK_ROUNDS):
        if time.monotonic() > end:
            break
        step = await _smaller_one(runner, versions, case, limits)
        if step is None:
            break
        case, seen = step
    first = seen.differences[0]
    where = first.channel + (f" at {first.path}" if first.path else "")
    call = written(case, target)
    return Counterexample(
        call, where, first.reference_text[:_SHOWN], first.candidate_text[:_SHOWN], tier, case.origin.value
    )


def written(case: Case, target: Target) -> str:
    """A case as runnable Python."""
    match case.call:
        case CallText(expression, setup):
            return f"{setup}\n{expression}" if setup else expression
        case CallGraph(graph):
            return render_call(target.qualname, Graph.checked(graph), home=target.module)


async def _smaller_one(
    runner: Runner, versions: tuple[Version, Version], case: Case, limits: Limits
) -> tuple[Case, Split] | None:
    if not isinstance(case.call, CallGraph):
        return None
    proposals: list[Case] = []
    values = 0
    for graph in smaller(Graph.checked(case.call.graph)):
        proposals.append(Case(Origin.GENERATED if case.origin is Origin.SCALED else case.origin, CallGraph(graph.data)))
        values += graph.size
        if len(proposals) >= _SHRINK_WIDTH or values > _SHRINK_VALUES:
            break
    if not proposals:
        return None
    quick = Limits(min(limits.first_s, 2.0), min(limits.case_s, 0.5), objects=limits.objects)
    first = await runner.observe(versions[0], proposals, quick, patience=1)
    second = await runner.observe(versions[1], proposals, quick, patience=1)
    for proposal, reference, candidate in zip(proposals, first, second, strict=True):
        if reference.failure or (candidate.failure and candidate.failure.kind in ("refused", "unbuildable")):
            continue
        result = split(reference, candidate)
        if result.differences and not result.floats and _returned(reference):
            return proposal, result
    return None


def _returned(observed: Observed) -> bool:
    return observed.graph is not None and "result" in observed.graph.roots


async def _differs(runner: Runner, versions: tuple[Version, Version], case: Case, limits: Limits) -> Split | None:
    [reference] = await runner.observe(versions[0], [case], limits, alone=True)
    [candidate] = await runner.observe(versions[1], [case], limits, alone=True)
    if reference.failure:
        return None
    result = split(reference, candidate)
    if result.floats:
        result = split(reference, candidate, await within_envelope(runner, versions[0], case, reference))
    return result if result.differences else None


def _by_digest(reference: Observed, candidate: Observed) -> Split:
    if reference.digest and reference.digest == candidate.digest:
        return Split(notes=("a large observation was compared by its digest",))
    return Split((Difference("everything", "", "a large result", "another", "strict"),))


def _missing(reference: Observed, failure: Failure) -> Difference:
    did = "an answer"
    if reference.graph is not None:
        root = "result" if "result" in reference.graph.roots else "exception"
        did = f"{root} {render_value(reference.graph, reference.graph.roots[root])}"
    return Difference("answer", "", did[:_SHOWN], f"nothing: {failure.detail}", "strict")


def channels(observations: Sequence[Observed]) -> tuple[str, ...]:
    """The names of what was compared on these observations."""
    names = dict.fromkeys(name for o in observations if o.graph is not None for name in o.graph.roots)
    return tuple(names)
