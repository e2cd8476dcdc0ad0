"""Judges one rewrite against the reference: read it, put it in place, run both, compare, confirm, weigh."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from afterburner.core.finding import Finding
from afterburner.core.inputs import Origin
from afterburner.core.observation import Observed, Version
from afterburner.core.placement import Unplaceable, place
from afterburner.core.ports import Limits, Runner, StaticCheck
from afterburner.core.profile import Profile
from afterburner.core.reach import module_data, private_constants, reachable_data
from afterburner.core.rewrite import Rewrite
from afterburner.core.source import Source
from afterburner.core.target import Target
from afterburner.core.units import bound_names
from afterburner.core.verdict import (
    Counterexample,
    Different,
    Equivalent,
    EquivalentExcept,
    Evidence,
    Inconclusive,
    Tier,
    Verdict,
)  # fmt: skip
from afterburner.pipeline import gates
from afterburner.pipeline.differences import Split, channels, confirmed, counterexample, split, within_envelope
from afterburner.pipeline.events import Progress, Report
from afterburner.pipeline.gather import OTHER_HASH_SEED, made_near, observed_as_known
from afterburner.pipeline.own_tests import OPEN
from afterburner.pipeline.reference import Known, Reference
from afterburner.pipeline.refusals import out_of_place, refused

_ORDINARY: tuple[Tier, ...] = ("T0", "T1")
_REPEATED = 10
_RESEEDED = 25
_COVERED = 120
_TRACED_S = 0.1
_TRACING = Limits(30.0, 20.0)
_MOST_EXCEPTIONS = 3
_PATIENCE = 3
_WRITTEN = (Origin.USER, Origin.DOCTEST, Origin.MAIN)
"""Calls that a person gave as such."""
_ALWAYS_OPEN = ("attributes of classes", OPEN)


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict, and the two versions to time when it allows that."""

    verdict: Verdict
    versions: tuple[Version, Version] | None = None


@dataclass(slots=True)
class _Found:
    """What comparing all cases gave."""

    agreed: list[Known] = field(default_factory=list)
    differing: list[tuple[Known, Split]] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)
    unverified: Counter[str] = field(default_factory=Counter)
    obstacle: str = ""
    """Why the rewrite could not be put in place at all."""


async def judge(
    target: Target, rewrite: Rewrite, reference: Reference, runner: Runner, check: StaticCheck, profile: Profile,
    report: Report,
) -> Judged:  # fmt: skip
    """The verdict on a rewrite; nothing of it runs before the static checks let it pass."""
    if reference.problem:
        return Judged(Inconclusive(reference.problem, reference.hint))
    findings = check(target, rewrite)
    if (refusal := refused(findings)) is not None:
        return Judged(refusal)
    placement = place(target, rewrite.source)
    if isinstance(placement, Unplaceable):
        return Judged(Inconclusive(placement.reason))
    versions = _versions(target, rewrite.source, reference, placement.kind == "module", placement.additions)
    if versions[0] != reference.version:
        report(Progress("verify", "observing the original in the way that this rewrite needs"))
        reference = await _observed_as(runner, reference, versions[0])
    known = list(reference.known)
    extra = await made_near(
        runner, reference, (rewrite.source.text,), max(profile.generated_cases // 4, 20), profile.seed + 1
    )
    known += await observed_as_known(runner, reference, extra)
    report(Progress("verify", f"comparing on {len(known)} cases", 0, len(known)))
    found = await _compared(runner, versions, known, reference.stateful)
    verdict = await _weighed(target, rewrite, runner, versions, found, findings)
    return Judged(verdict, versions)


def _versions(
    target: Target, new: Source, reference: Reference, whole: bool, additions: tuple[str, ...]
) -> tuple[Version, Version]:
    """Both versions, put in place alike, watching the globals of the original that either of them reaches."""
    reached = set(reachable_data(new, target.qualname)) & module_data(target.source)
    watched = {*reference.version.watch, *reached} - reference.ignored
    if whole:  # a name that is gone, or a constant made anew, is a change elsewhere, which the static checks name
        watched &= {*bound_names(new.tree.body)} - (private_constants(target.source) & private_constants(new))
    watch = tuple(sorted(watched))
    original = Version(target.source.text, whole, (), watch)
    return original, Version(new.text, whole, () if whole else additions, watch)


async def _observed_as(runner: Runner, reference: Reference, original: Version) -> Reference:
    """The reference observed again with the original put in place, and watched, as the rewrite will be."""
    seen = await runner.observe(
        original, [k.case for k in reference.known], Limits(20.0, 20.0), patience=8, alone=reference.stateful
    )
    known = tuple(
        replace(item, observed=observed)
        for item, observed in zip(reference.known, seen, strict=True)
        if not observed.failure
    )
    return replace(reference, known=known, version=original)


async def _compared(
    runner: Runner, versions: tuple[Version, Version], known: Sequence[Known], stateful: bool
) -> _Found:
    """Observe the rewrite on every case and sort the cases into agreeing and differing ones."""
    limits = _limits(known)
    found = _Found()
    written = [k for k in known if k.case.origin.written]
    others = [k for k in known if not k.case.origin.written]
    for group, alone in ((written, True), (others, stateful)):
        seen = await runner.observe(versions[1], [k.case for k in group], limits, alone=alone, patience=_PATIENCE)
        for item, candidate in zip(group, seen, strict=True):
            await _sort(runner, versions[0], item, candidate, found)
    if not found.differing:
        await _again(runner, versions, known, limits, found, stateful=stateful)
    return found


def _limits(known: Sequence[Known]) -> Limits:
    """Time for the rewrite: far more than the original took, since speed is judged elsewhere."""
    slowest = max((k.observed.seconds for k in known), default=0.0)
    each = min(20.0, max(1.0, 4 * slowest))
    return Limits(2.0 + each, each)


async def _sort(runner: Runner, original: Version, item: Known, candidate: Observed, found: _Found) -> None:
    if candidate.failure and candidate.failure.kind == "refused":
        found.obstacle = found.obstacle or ("" if "not tried" in candidate.failure.detail else candidate.failure.detail)
        return
    result = split(item.observed, candidate)
    if result.floats:
        tolerance = await within_envelope(runner, original, item.case, item.observed)
        result = split(item.observed, candidate, tolerance)
    found.notes.update(set(result.notes))
    found.unverified.update(set(result.unverified))
    if result.differences:
        found.differing.append((replace(item, tier="T2") if _is_lesser(item, result) else item, result))
    else:
        found.agreed.append(item)


def _is_lesser(item: Known, result: Split) -> bool:
    """Whether a difference weighs less than its call: an error that comes sooner, or reads otherwise.

    Who makes an iterator and never uses it sees the one. For the other, a test that provoked an error says itself
    whether the text matters, and runs with the rewrite too; errors of calls that a person gave are strict.
    """
    words = all(d.channel == "exception" and d.path for d in result.differences)
    return result.sooner or (words and item.case.origin not in _WRITTEN)


async def _again(
    runner: Runner, versions: tuple[Version, Version], known: Sequence[Known], limits: Limits, found: _Found,
    *, stateful: bool,
) -> None:  # fmt: skip
    """The cases in one process with poisoned results, and under another hash seed: both versions alike."""
    first = [k for k in known if k.case.origin.given][:_REPEATED]
    repeated = [*first, *[k for k in known if not k.case.origin.given][: _REPEATED - len(first)]]
    reseeded = list(known[:_RESEEDED])
    for items, settings in (
        (repeated, {"poison": True, "repeat": 2}),
        (reseeded, {"hash_seed": OTHER_HASH_SEED, "alone": stateful}),
    ):
        cases = [k.case for k in items]
        before = await runner.observe(versions[0], cases, limits, **settings)  # type: ignore[arg-type]
        after = await runner.observe(versions[1], cases, limits, **settings)  # type: ignore[arg-type]
        for item, reference, candidate in zip(items * (len(before) // max(len(items), 1)), before, after, strict=True):
            if reference.failure:
                continue
            result = split(reference, candidate)
            if result.differences and not result.floats:
                found.differing.append((item, result))


async def _weighed(
    target: Target, rewrite: Rewrite, runner: Runner, versions: tuple[Version, Version], found: _Found,
    findings: Sequence[Finding],
) -> Verdict:  # fmt: skip
    """From sorted cases to a verdict: confirm differences, weigh their tier, then the gates."""
    if found.obstacle and not found.agreed:
        return Inconclusive(f"The rewrite cannot be put in place: {found.obstacle}.", "Does it import on its own?")
    misplaced = out_of_place(target, rewrite, [s for item, s in found.differing if item.tier in _ORDINARY])
    if misplaced is not None:
        return misplaced
    examples, doubtful = await _confirmed(target, runner, versions, found)
    ordinary = [e for e in examples if e.tier in _ORDINARY] or (examples if not found.agreed else [])
    if ordinary:
        return Different(str(ordinary[0]), ordinary[0], Evidence(Counter(k.case.origin.value for k in found.agreed)))
    evidence = await _evidence(target, rewrite, runner, versions, found, findings)
    if doubtful and not examples:
        return Inconclusive(
            "A difference was seen that did not come back when the call was run alone: "
            f"{doubtful.differences[0].channel} was {doubtful.differences[0].reference_text}, "
            f"with the rewrite {doubtful.differences[0].candidate_text}.",
            "The function may depend on earlier calls; such state cannot outlive a call in a rewrite.",
            evidence,
        )
    gate = _gate(found, evidence)
    if gate is not None:
        return gate
    keyword = [
        Counterexample(f.counterexample, "signature", f.original, f.message, "T2", "static check")
        for f in findings
        if f.severity == "except"
    ]
    if examples or keyword:
        return EquivalentExcept(evidence, tuple([*examples, *keyword][:_MOST_EXCEPTIONS]))
    return Equivalent(evidence)


async def _confirmed(
    target: Target, runner: Runner, versions: tuple[Version, Version], found: _Found
) -> tuple[list[Counterexample], Split | None]:
    """Counterexamples that came back twice in fresh workers; ordinary cases first, and one of them is enough."""
    examples: list[Counterexample] = []
    doubtful: Split | None = None
    limits = _limits([item for item, _ in found.differing])
    ranked = sorted(found.differing, key=lambda pair: (pair[0].tier, not pair[0].returned))
    for item, _ in ranked[: 2 * _MOST_EXCEPTIONS]:
        again = await confirmed(runner, versions, item.case, limits)
        if again is None:
            doubtful = doubtful or next(s for k, s in ranked if k is item)
            continue
        examples.append(await counterexample(runner, versions, item.case, item.tier, again, target, limits))
        if item.tier in _ORDINARY or len(examples) >= _MOST_EXCEPTIONS:
            break
    return examples, doubtful


def _gate(found: _Found, evidence: Evidence) -> Verdict | None:
    """What keeps an unrefuted rewrite from being called equivalent."""
    if not found.agreed:
        return Inconclusive("No call could be compared.", "Give one with --call.", evidence)
    if not any(item.returned for item in found.agreed):
        return Inconclusive(
            "Every call that could be compared ends in an exception.", "Give a call that works, with --call.", evidence
        )
    if any(text.startswith("result") and not text.startswith("result at") for text in found.unverified):
        kind = next(text for text in found.unverified if text.startswith("result"))
        return Inconclusive(f"Its results cannot be compared ({kind}).", "", evidence)
    if evidence.changed_lines_run < evidence.changed_lines:
        lines = next((note for note in evidence.not_verified if note.startswith("line")), "")
        return Inconclusive(
            f"No compared call runs every changed line and returns: {lines}.",
            "Give a call that reaches it, with --call.",
            evidence,
        )
    return None


async def _evidence(
    target: Target, rewrite: Rewrite, runner: Runner, versions: tuple[Version, Version], found: _Found,
    findings: Sequence[Finding],
) -> Evidence:  # fmt: skip
    changed = gates.statements_changed(target.source, rewrite.source, target.qualname)
    answered = [item for item, result in found.differing if result.differences[0].channel != "answer"]
    raising = gates.ending_in_raise(rewrite.source, target.qualname)
    missing = await _missing_lines(runner, versions[1], [*found.agreed, *answered], changed, raising)
    observations = [item.observed for item in found.agreed]
    distinct = gates.distinct(observations)
    unverified = [f"{text} (on {count} cases)" for text, count in found.unverified.most_common(3)]
    if missing:
        unverified.insert(0, f"line{'s' * (len(missing) > 1)} {', '.join(map(str, missing))} of the new text")
    return Evidence(
        cases=Counter(item.case.origin.value for item in found.agreed),
        distinct=distinct,
        channels=channels(observations),
        changed_lines=len(changed),
        changed_lines_run=len(changed) - len(missing),
        strength=gates.strength(len(found.agreed), distinct, gates.possible_results(observations)),
        notes=tuple(f"{text} (on {count} cases)" for text, count in found.notes.most_common(4))
        + tuple(f.message for f in findings if f.severity == "warn"),
        not_verified=(*unverified, *_ALWAYS_OPEN),
    )


async def _missing_lines(
    runner: Runner, version: Version, agreed: Sequence[Known], changed: dict[int, int], raising: set[int]
) -> tuple[int, ...]:
    """Changed statements that no agreeing case ran and then returned; one that leads to a `raise` need only run.

    Looks at some of the cases first, then at all.
    """
    normal = {first: last for first, last in changed.items() if first not in raising}
    ran, returned = set[int](), set[int]()
    quick = [item for item in agreed if item.case.origin.given or item.observed.seconds < _TRACED_S]
    ordered = sorted(quick, key=lambda item: not item.case.origin.given)
    missing = tuple(changed)
    for part in (ordered[:_COVERED], ordered[_COVERED:]):
        if missing and part:
            seen = await runner.observe(version, [k.case for k in part], _TRACING, lines=True, patience=3)
            for item, observed in zip(part, seen, strict=True):
                ran |= observed.lines
                returned |= observed.lines if item.returned else set()
            missing = tuple(sorted({*gates.not_run(changed, ran), *gates.not_run(normal, returned)}))
    return missing
