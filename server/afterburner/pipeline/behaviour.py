"""Observes a target and chooses the calls that a test of its behaviour should keep."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from afterburner.core.behaviour import Behaviour, Row, Spoken
from afterburner.core.constructors import evident
from afterburner.core.grammar import Value, is_float, values_in
from afterburner.core.graph import Graph
from afterburner.core.inputs import CallGraph, CallText, Case, Origin
from afterburner.core.observation import Observed, Version
from afterburner.core.ports import Limits, Runner
from afterburner.core.profile import Profile
from afterburner.core.target import Target
from afterburner.core.verdict import Tier
from afterburner.core.written import TOO_LONG, row
from afterburner.pipeline.differences import within_envelope
from afterburner.pipeline.events import Progress, Report
from afterburner.pipeline.gates import result_key, statements
from afterburner.pipeline.gather import gather
from afterburner.pipeline.given import GIVEN
from afterburner.pipeline.optimize import Ports
from afterburner.pipeline.reference import Known, Reference

MOST_GIVEN = 40
MOST_MADE = 16
_SMALLEST = 8
"""So many of the made-up calls are the smallest that differ in what they do; the others are larger ones."""
_TRACED = 200
_TRACING = Limits(30.0, 20.0)
_OF_PYTHON = ("builtins:TypeError", "builtins:AttributeError", "builtins:RecursionError", "builtins:MemoryError")
"""Exceptions that a made-up call of the wrong kind ends in."""
_RANDOM = "random numbers in what they do"


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A call that can be written, with the lines that it runs."""

    known: Known
    row: Row | Spoken
    lines: frozenset[int]


async def behaviour(target: Target, ports: Ports, profile: Profile, report: Report) -> Behaviour:
    """What the target does on given calls and on boundary cases near them, as rows; or why there are none."""
    if not all(map(str.isidentifier, target.module.split("."))):
        problem = f"No test can import it: `{target.module}` is no name of a module."
        return Behaviour(target, ports.environment, problem=problem)
    reference = await gather(
        target, ports.runner, ports.given, ports.types, profile, report, ports.needs_call, ports.ignored
    )
    notes = (*ports.notes, *ports.captured.notes, *reference.notes)
    if reference.problem:
        return Behaviour(target, ports.environment, notes=notes, problem=reference.problem)
    report(Progress("verify", "choosing the calls to keep"))
    written, left_out = await _rows(target, ports.runner, reference)
    candidates = await _traced(ports.runner, reference.version, written)
    rows = tuple(replace(candidate.row, lines=candidate.lines) for candidate in _chosen(candidates))
    problem = "" if rows else "No call of it can be written down as a test."
    return Behaviour(target, ports.environment, rows, left_out, statements(target.node), notes, problem)


async def _rows(
    target: Target, runner: Runner, reference: Reference
) -> tuple[list[tuple[Known, Row | Spoken]], Mapping[str, int]]:
    """Each known call that can be written, and why others cannot; there are enough made-up ones that are short."""
    constructors = evident(target.source, target.module)
    unused = await _unused_random(runner, reference.version)
    rows: list[tuple[Known, Row | Spoken]] = []
    left_out: Counter[str] = Counter()
    for known in reference.known:
        if not _worth(known):
            continue
        if _random(known.observed) != unused:
            left_out[_RANDOM] += 1
            continue
        tolerance = await _tolerance(runner, reference.version, known)
        written = row(target, known.case, known.observed, constructors, tolerance)
        if not isinstance(written, str):
            rows.append((known, written))
        elif known.case.origin.given or written != TOO_LONG:
            left_out[written] += 1
    return rows, left_out


def _worth(known: Known) -> bool:
    """Given calls are; made-up ones where they are ordinary, small, and do not end in an error of their own kind."""
    if known.case.origin.given:
        return True
    if known.case.origin is Origin.SCALED or known.tier == "T3" or known.observed.graph is None:
        return False
    graph = known.observed.graph
    error = graph.node(graph.roots["exception"]) if "exception" in graph.roots else None
    if error is None:
        return known.tier == "T1"
    return known.observed.message_strict or error[1] not in _OF_PYTHON


async def _unused_random(runner: Runner, version: Version) -> Value:
    """The state of `random` after a call that does not use it."""
    [seen] = await runner.observe(version, [Case(Origin.USER, CallText("(1,)"))], GIVEN)
    return _random(seen)


def _random(observed: Observed) -> Value:
    return observed.graph.roots.get("random") if observed.graph is not None else None


async def _tolerance(runner: Runner, version: Version, known: Known) -> float:
    """How far the floats of a flat result move with the roundings of the inputs; 0 where they do not."""
    graph, call = known.observed.graph, known.case.call
    if graph is None or not isinstance(call, CallGraph) or not _flat_numbers(graph):
        return 0.0
    if not any(is_float(v) for node in call.graph["nodes"] for v in values_in(node)):
        return 0.0
    moved = await within_envelope(runner, version, known.case, known.observed) or {}
    return max((distance for place, distance in moved.items() if place.startswith("result")), default=0.0)


def _flat_numbers(graph: Graph) -> bool:
    """Whether the result is a float, or a list, tuple or dict of numbers of which one is a float."""
    value = graph.roots.get("result")
    node = graph.node(value)
    if node is None:
        return is_float(value)
    if node[0] not in ("list", "tuple", "dict"):
        return False
    values = [pair[1] for pair in node[1]] if node[0] == "dict" else node[1]
    return any(map(is_float, values)) and all(graph.kind(v) in ("int", "float") for v in values)


async def _traced(runner: Runner, version: Version, rows: Sequence[tuple[Known, Row | Spoken]]) -> list[_Candidate]:
    """The rows with the lines that their calls run: given ones first, then from small to large."""
    ordered = sorted(rows, key=_order)[:_TRACED]
    seen = await runner.observe(version, [known.case for known, _ in ordered], _TRACING, lines=True, patience=3)
    return [_Candidate(known, row, o.lines) for (known, row), o in zip(ordered, seen, strict=True) if not o.failure]


def _order(pair: tuple[Known, Row | Spoken]) -> tuple[bool, bool, Tier, tuple[int, int], int]:
    """Written calls first, then recorded ones, then made-up ones, ordinary ones before others, from small to large."""
    known, row = pair
    origin, length = known.case.origin, len("".join(row.args)) if isinstance(row, Row) else 0
    return not origin.given, origin in (Origin.TEST, Origin.RECORDED), known.tier, known.weight, length


def _chosen(candidates: Sequence[_Candidate]) -> list[_Candidate]:
    """Given calls, then made-up ones that do or run something new: the smallest, and some of each larger size."""
    given = [c for c in candidates if c.known.case.origin.given][:MOST_GIVEN]
    lines = {line for c in given for line in c.lines}
    done = {_did(c) for c in given}
    small: list[_Candidate] = []
    large: list[_Candidate] = []
    for candidate in (c for c in candidates if not c.known.case.origin.given):
        if candidate.lines <= lines and _did(candidate) in done:
            continue
        new_line = not candidate.lines <= lines
        (small if new_line or len(small) < _SMALLEST else large).append(candidate)
        lines |= candidate.lines
        done.add(_did(candidate))
    room = max(0, MOST_MADE - len(small))
    step = max(1, -(-len(large) // room)) if room else 1
    return [*given, *small[:MOST_MADE], *large[::step][:room]]


def _did(candidate: _Candidate) -> str:
    """What the call did, as far as its result or exception and its output go."""
    graph = candidate.known.observed.graph
    assert graph is not None
    return json.dumps([result_key(graph), graph.roots.get("stdout"), bool(getattr(candidate.row, "after", ()))])
