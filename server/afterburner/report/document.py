"""The JSON document of a run, version 1: what `--json` prints; its schema is docs/schema/outcome-1.json.

Fields are only ever added within a version: readers ignore what they do not know.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from afterburner.core.captured import Captured
from afterburner.core.comparison import Comparison, Interval, Memory
from afterburner.core.outcome import Outcome
from afterburner.core.suggestion import Attempt
from afterburner.core.target import Target
from afterburner.core.verdict import Different, Equivalent, EquivalentExcept, Evidence, Inconclusive, Verdict
from afterburner.report import exit_codes
from afterburner.report.attempt import difference
from afterburner.report.exit_codes import Command

VerdictKind = Literal["equivalent", "equivalent except", "different", "inconclusive"]

_DESCRIBED: dict[str, Any] = {"use_attribute_docstrings": True}


@dataclass(frozen=True, slots=True)
class TargetPart:
    """The function that was asked about."""

    file: str
    module: str
    """The name under which it was imported."""
    qualname: str
    line: int
    signature: str
    key: str
    """Changes when and only when the function's own text does."""

    __pydantic_config__ = _DESCRIBED


@dataclass(frozen=True, slots=True)
class IntervalPart:
    """Original time divided by rewrite time: above 1 is faster. `lower` is what may be claimed; null is unbounded."""

    point: float | None
    lower: float | None
    upper: float | None


@dataclass(frozen=True, slots=True)
class CasePart:
    """One given call and its time, in microseconds of CPU a call."""

    label: str
    ratio: IntervalPart
    original_us: float
    rewrite_us: float


@dataclass(frozen=True, slots=True)
class PointPart:
    """Both versions at one size."""

    size: int
    original_us: float
    rewrite_us: float


@dataclass(frozen=True, slots=True)
class GrowthPart:
    """Time against the size of one argument; never part of the headline."""

    dimension: str
    original_exponent: float | None
    rewrite_exponent: float | None
    largest_ratio: float
    """Ratio at the largest size."""
    points: list[PointPart]

    __pydantic_config__ = _DESCRIBED


@dataclass(frozen=True, slots=True)
class MemoryUsePart:
    """What one version's call holds of what it allocated itself; medians over the repetitions."""

    peak_bytes: float
    integral_byte_s: float | None
    """Bytes over the time of the call; null where it is too short to be sampled."""

    __pydantic_config__ = _DESCRIBED


@dataclass(frozen=True, slots=True)
class MemoryPart:
    """Both versions on one call. Ratios are original by rewrite; their bounds are the range over the repetitions."""

    label: str
    """Which call."""
    tool: str
    original: MemoryUsePart
    rewrite: MemoryUsePart
    peak: IntervalPart
    integral: IntervalPart | None

    __pydantic_config__ = _DESCRIBED


@dataclass(frozen=True, slots=True)
class ComparisonPart:
    """The measurement."""

    answer: Literal["faster", "less memory", "not shown", "slower", "too noisy here"]
    """`less memory` only where the profile asks for less of it."""
    reason: str
    headline: IntervalPart | None
    """Over the given calls, each weighted equally in the log."""
    cases: list[CasePart]
    worst: str | None
    """Label of the case with the least ratio."""
    growth: list[GrowthPart]
    launches: int
    launch_scatter: float
    """Standard deviation of the launch medians of the log ratio."""
    notes: list[str]
    memory: MemoryPart | None
    """Null where it was not measured; the notes say why."""

    __pydantic_config__ = _DESCRIBED


@dataclass(frozen=True, slots=True)
class TestsPart:
    """The project's own tests that reach the function, run in the sandbox with both versions."""

    passed: int
    """So many pass with either version."""
    not_run: dict[str, int]
    """Reason, and how many others say nothing."""

    __pydantic_config__ = _DESCRIBED


@dataclass(frozen=True, slots=True)
class CapturedTestPart:
    """One test that called the function when its calls were recorded."""

    name: str
    outcome: str
    calls: int
    seconds: float


@dataclass(frozen=True, slots=True)
class CapturedPart:
    """What the project's tests, or a recorded command, told."""

    calls: int
    """How often the function was called."""
    kept: int
    """So many different calls were kept."""
    left_out: dict[str, int]
    """Why calls could not be kept, and in how many tests."""
    tests: list[CapturedTestPart]
    seconds: float
    """What it took when it ran."""
    cached: bool
    """Nothing ran this time."""

    __pydantic_config__ = _DESCRIBED


@dataclass(frozen=True, slots=True)
class EvidencePart:
    """What was compared."""

    cases: dict[str, int]
    """Origin of the cases, and on how many both versions were observed and agreed."""
    distinct: int
    """Distinct observations of the original."""
    channels: list[str]
    changed_lines: int
    changed_lines_run: int
    original_coverage: float | None
    """Share of the original's lines that the cases ran."""
    strength: Literal["strong", "weak"]
    tests: TestsPart | None
    """Null where none of the project's tests is known to reach the function."""
    notes: list[str]
    """Differences that were seen and accepted by rule."""
    not_verified: list[str]
    """What was not compared, in words."""

    __pydantic_config__ = _DESCRIBED


@dataclass(frozen=True, slots=True)
class CounterexamplePart:
    """A call on which the two versions differ."""

    call: str
    """Runnable Python."""
    channel: str
    original: str
    rewrite: str
    tier: Literal["T0", "T1", "T2", "T3"]
    """T0 given, T1 ordinary, T2 outside the envelope of what was seen, T3 exotic."""
    origin: str

    __pydantic_config__ = _DESCRIBED


@dataclass(frozen=True, slots=True)
class VerdictPart:
    """Whether the rewrite behaves as the original."""

    kind: VerdictKind
    reason: str
    """Empty for the two equivalent kinds."""
    hint: str
    counterexamples: list[CounterexamplePart]
    evidence: EvidencePart

    __pydantic_config__ = _DESCRIBED


@dataclass(frozen=True, slots=True)
class AttemptPart:
    """One rewrite, and what was found out about it."""

    origin: str
    """`rule:ID` or `file:PATH`."""
    idea: str
    safety: Literal["preserving", "needs proof"]
    offered: bool
    refusal: str
    """Why it is not offered; empty when it is."""
    verdict: VerdictPart
    comparison: ComparisonPart | None
    """Null where the verdict already ended it."""
    diff: str
    new_text: str
    """The whole module with the rewrite."""

    __pydantic_config__ = _DESCRIBED


@dataclass(frozen=True, slots=True)
class EnvironmentPart:
    """Where it ran."""

    interpreter: str
    python: str
    tier: str
    """Sandbox tier: `full` or `jail`."""
    runner: str
    """`fork` or `spawn`."""
    platform: str
    afterburner: str

    __pydantic_config__ = _DESCRIBED


@dataclass(frozen=True, slots=True)
class Document:
    """One run of `optimize` or `compare`."""

    schema: Literal["afterburner/outcome/1"]
    command: Command
    exit_code: int
    """What the process exits with."""
    target: TargetPart
    profile: dict[str, Any]
    """Every key of the profile that was used."""
    environment: EnvironmentPart
    cases: dict[str, int]
    """Origin, and how many cases the original was observed on."""
    captured: CapturedPart
    attempts: list[AttemptPart]
    """Offers first, the best one first; then what was refused, in the order in which it was tried."""
    notes: list[str]
    seconds: float
    applied: bool
    """True when `--apply` wrote the first offer into the file."""
    bundle: str | None
    """Where `--bundle` wrote the replay bundle."""

    __pydantic_config__ = _DESCRIBED


def document(outcome: Outcome, command: Command, *, applied: bool = False, bundle: str | None = None) -> Document:
    """An outcome as the document."""
    target = outcome.target
    return Document(
        "afterburner/outcome/1",
        command,
        exit_codes.of(outcome, command),
        target_part(target),
        asdict(outcome.profile),
        EnvironmentPart(**asdict(outcome.environment)),
        dict(outcome.cases),
        _captured(outcome.captured),
        [_attempt(outcome, attempt) for attempt in outcome.attempts],
        list(outcome.notes),
        round(outcome.seconds, 3),
        applied,
        bundle,
    )


def target_part(target: Target) -> TargetPart:
    """The function that was asked about."""
    return TargetPart(
        target.source.path, target.module, target.qualname, target.node.lineno, target.signature(), target.key
    )


def text(found: object) -> str:
    """A dataclass as JSON, in ASCII, with a line end; numbers that JSON lacks become null."""
    return json.dumps(_finite(asdict(found)), indent=2, allow_nan=False) + "\n"  # type: ignore[call-overload]


def verdict_kind(verdict: Verdict) -> VerdictKind:
    match verdict:
        case Equivalent():
            return "equivalent"
        case EquivalentExcept():
            return "equivalent except"
        case Different():
            return "different"
        case Inconclusive():
            return "inconclusive"


def _captured(captured: Captured) -> CapturedPart:
    tests = [CapturedTestPart(t.name, t.outcome, t.calls, round(t.seconds, 4)) for t in captured.tests]
    kept, seconds = len(captured.cases), round(captured.seconds, 3)
    return CapturedPart(captured.calls, kept, dict(captured.left_out), tests, seconds, captured.cached)


def _attempt(outcome: Outcome, attempt: Attempt) -> AttemptPart:
    rewrite = attempt.rewrite
    return AttemptPart(
        rewrite.origin,
        rewrite.idea,
        rewrite.safety.value,
        attempt.offered,
        attempt.refusal,
        _verdict(attempt),
        _comparison(attempt.comparison) if attempt.comparison else None,
        difference(outcome.target, attempt),
        rewrite.source.text,
    )


def _verdict(attempt: Attempt) -> VerdictPart:
    verdict = attempt.verdict
    one = getattr(verdict, "counterexample", None)
    found = getattr(verdict, "counterexamples", ()) or ([one] if one else [])
    return VerdictPart(
        verdict_kind(verdict),
        getattr(verdict, "reason", ""),
        getattr(verdict, "hint", ""),
        [CounterexamplePart(**asdict(counterexample)) for counterexample in found],
        _evidence(verdict.evidence),
    )


def _evidence(evidence: Evidence) -> EvidencePart:
    return EvidencePart(
        dict(evidence.cases),
        evidence.distinct,
        list(evidence.channels),
        evidence.changed_lines,
        evidence.changed_lines_run,
        evidence.original_coverage,
        evidence.strength,
        TestsPart(evidence.tests.passed, dict(evidence.tests.not_run)) if evidence.tests else None,
        list(evidence.notes),
        list(evidence.not_verified),
    )


def _comparison(comparison: Comparison) -> ComparisonPart:
    worst = comparison.worst
    return ComparisonPart(
        comparison.answer.value,
        comparison.reason,
        _interval(comparison.headline) if comparison.headline else None,
        [CasePart(c.label, _interval(c.ratio), c.original_us, c.rewrite_us) for c in comparison.cases],
        worst.label if worst else None,
        [
            GrowthPart(
                curve.dimension,
                curve.original_exponent,
                curve.rewrite_exponent,
                curve.largest_ratio,
                [PointPart(**asdict(point)) for point in curve.points],
            )
            for curve in comparison.growth
        ],
        comparison.launches,
        comparison.launch_scatter,
        list(comparison.notes),
        _memory(comparison.memory) if comparison.memory else None,
    )


def _memory(memory: Memory) -> MemoryPart:
    original, rewrite = (MemoryUsePart(use.peak, use.integral) for use in (memory.original, memory.rewrite))
    integral = _interval(memory.integral) if memory.integral else None
    return MemoryPart(memory.label, memory.tool, original, rewrite, _interval(memory.peak), integral)


def _interval(found: Interval) -> IntervalPart:
    return IntervalPart(found.point, found.lower, found.upper)


def _finite(value: Any) -> Any:
    match value:
        case float() if not math.isfinite(value):
            return None
        case Mapping():
            return {key: _finite(item) for key, item in value.items()}
        case list() | tuple():
            return [_finite(item) for item in value]
    return value
