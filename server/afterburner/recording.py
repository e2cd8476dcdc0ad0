"""Real calls for a request: from the project's own tests, once its owner consents, or from a command to record."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from afterburner.core.captured import NOTHING, Captured
from afterburner.core.fingerprint import canonical
from afterburner.core.graph import Graph
from afterburner.core.inputs import CallGraph, Case
from afterburner.core.profile import Profile
from afterburner.core.request import Request
from afterburner.core.target import Target
from afterburner.inputs import recorded, tests
from afterburner.runner import capture_cache as cache
from afterburner.runner import capturing
from afterburner.runner.capturing import Kind, Run
from afterburner.runner.interpreter import Interpreter
from afterburner.runner.project import Project
from afterburner.settings import consent, places

ENOUGH = 20
"""With fewer calls from the likely tests, the others are run too."""
_AGAIN = 20
_SHOWN = 3
_LEAST_S = 2.0


@dataclass(frozen=True, slots=True)
class Recorder:
    """What it takes to see real calls of one target."""

    target: Target
    place: Project
    interpreter: Interpreter
    profile: Profile
    say: Callable[[str], None]


async def captured(request: Request, recorder: Recorder) -> Captured:
    """What runs outside the sandbox told: the command to record, or the project's tests where they may run."""
    if request.record is not None:
        return await _from_command(recorder, request.record, Path.cwd())
    plan = planned(request, recorder.target, recorder.place, recorder.profile)
    if plan is None:
        return NOTHING
    allowed = request.tests if request.tests is not None else consent.answer(plan.root)
    return await _from_tests(recorder, plan) if allowed else Captured(notes=(_not_run(plan, allowed),))


def planned(request: Request, target: Target, place: Project, profile: Profile) -> tests.Plan | None:
    """The tests that a request would run, once it may; None where it asks for none or there are none."""
    unwanted = request.tests is False or bool(request.cases) or request.record is not None or profile.capture_s <= 0
    return None if unwanted else tests.plan(target, place)


def foreseen(request: Request, target: Target, place: Project, profile: Profile) -> tuple[str, ...]:
    """What a request would do with the project's tests, in a sentence; none where it would not look at them."""
    plan = planned(request, target, place, profile)
    if plan is None:
        return ()
    allowed = request.tests if request.tests is not None else consent.answer(plan.root)
    files = f"{len(plan.files)} test file{'s' * (len(plan.files) != 1)}"
    return (f"a run also records the calls that {files} may make" if allowed else _not_run(plan, allowed),)


def _not_run(plan: tests.Plan, allowed: bool | None) -> str:
    files = f"{len(plan.files)} test file{'s' * (len(plan.files) != 1)} may call it"
    if allowed is None:
        return f"{files}, but nothing in this project was run: `afterburner trust {plan.root}` or --tests allows it"
    return f"{files}, but you said that nothing in {plan.root} may run: `afterburner trust {plan.root}` changes that"


async def _from_command(recorder: Recorder, text: str, folder: Path) -> Captured:
    """The calls that a command makes; it is run each time, since what it reads may have changed."""
    asked = recorded.command(text, folder)
    recorder.say(f"recording calls while it runs: {text}")
    run = Run(asked.kind, asked.arguments, folder, recorder.profile.capture_s, recorder.profile.captured_cases)
    with tempfile.TemporaryDirectory(prefix="afterburner-capture-") as scratch:
        found = await _run(recorder, run, Path(scratch) / "answers.jsonl")
    if not found.cases:
        found = replace(found, notes=(*found.notes, f"`{text}` made no call of {recorder.target.qualname} to keep"))
    return found


async def _from_tests(recorder: Recorder, plan: tests.Plan) -> Captured:
    """The calls that the project's tests make, from the cache when nothing in the project changed since."""
    folder = places.captures() / cache.key(str(plan.root), recorder.interpreter.path, _names(recorder.target))
    key = _key(recorder, plan)
    kept = cache.find(folder, key)
    if kept is not None:
        found = [
            capturing.read(part, _named_run(kind, recorder, plan)).captured
            for part, kind in zip(kept.parts, kept.kinds, strict=True)
        ]
        return replace(_told(_merged(found, recorder.profile.captured_cases), kept.flaky), cached=True)
    kind, why = _kind(recorder.interpreter, plan)
    if kind is None:
        return Captured(notes=(why,))
    with tempfile.TemporaryDirectory(prefix="afterburner-capture-") as scratch:
        session = _Session(recorder, plan, kind, Path(scratch))
        await session.all(cache.latest(folder))
        told = cache.Kept(tuple(session.parts), tuple(session.kinds), _digests(recorder, plan), session.flaky)
        if all(capturing.read(part, _named_run(kind, recorder, plan)).status != "incomplete" for part in session.parts):
            cache.keep(folder, key, told)
        return _told(_merged(session.found, recorder.profile.captured_cases), session.flaky)


class _Session:
    """One capture from tests: at most three runs, within the time that the profile grants to all of them."""

    def __init__(self, recorder: Recorder, plan: tests.Plan, kind: Kind, scratch: Path) -> None:
        self.parts: list[Path] = []
        self.kinds: list[str] = []
        self.found: list[Captured] = []
        self.flaky: tuple[str, ...] = ()
        self._recorder = recorder
        self._plan = plan
        self._kind = kind
        self._scratch = scratch
        self._left = recorder.profile.capture_s

    async def all(self, before: cache.Kept | None) -> None:
        """The tests that reached the target before, else the likely ones, then the others where calls are few."""
        known = self._confirmed(before) if before else ()
        if not known or not await self._part(known, "running the tests that reach it"):
            await self._part(self._plan.likely, "running the tests that may reach it")
            if sum(len(found.cases) for found in self.found) < ENOUGH:
                await self._part(self._plan.others, "running further tests of its package")
        await self._failed_again()

    async def _part(self, arguments: Sequence[str], what: str) -> bool:
        """Run some tests; False when no call of the target was seen."""
        if not arguments or self._left < _LEAST_S:
            return False
        recorder, part = self._recorder, self._scratch / f"{len(self.parts)}.jsonl"
        recorder.say(f"{what}, in {recorder.interpreter.label}")
        run = Run(self._kind, tuple(arguments), self._plan.root, self._left, recorder.profile.captured_cases)
        began = time.monotonic()  # a run that is ended from outside tells no time of its own
        found = await _run(recorder, run, part)
        self._left -= time.monotonic() - began
        if part.exists():
            self.parts.append(part)
            self.kinds.append(self._kind)
            self.found.append(found)
        return bool(found.cases)

    def _confirmed(self, before: cache.Kept) -> tuple[str, ...]:
        """What reached the target when it was last captured, and every likely file that is new or changed since."""
        run = _named_run(self._kind, self._recorder, self._plan)
        reached = [test.name for part in before.parts for test in capturing.read(part, run).captured.tests]
        changed = [f for f in self._plan.likely if before.digests.get(f) != self._plan.digests.get(f)]
        kept = [name for name in dict.fromkeys(reached) if name.partition("::")[0] not in changed]
        return (*kept, *changed) if kept else ()

    async def _failed_again(self) -> None:
        """Run the failed ones among the reaching tests once more: one that passes now is flaky."""
        failed = [test.name for found in self.found for test in found.tests if test.outcome in ("failed", "error")]
        if not failed or self._left < _LEAST_S:
            return
        self._recorder.say("running what failed once more")
        run = Run(self._kind, tuple(failed[:_AGAIN]), self._plan.root, self._left, 0)
        again = await _run(self._recorder, run, self._scratch / "again.jsonl")
        passed = {test.name for test in again.tests if test.outcome == "passed"}
        self.flaky = tuple(name for name in failed if name in passed)


async def _run(recorder: Recorder, run: Run, out: Path) -> Captured:
    return await capturing.capture(recorder.target, recorder.place, recorder.interpreter, run, out, recorder.say)


def _kind(interpreter: Interpreter, plan: tests.Plan) -> tuple[Kind | None, str]:
    """What runs the tests in this interpreter, or why nothing does."""
    if capturing.starts(interpreter, "pytest"):
        return "pytest", ""
    if plan.runner == "unittest":
        return "unittest", ""
    return None, (
        f"the project's tests need pytest, and {interpreter.path} ({interpreter.found}) does not have it: "
        "no calls were recorded from them"
    )


def _named_run(kind: str, recorder: Recorder, plan: tests.Plan) -> Run:
    """The run that an answer file was made by, as far as reading it needs to know."""
    return Run("unittest" if kind == "unittest" else "pytest", (), plan.root, 0.0, recorder.profile.captured_cases)


def _names(target: Target) -> str:
    return f"{target.module}:{target.qualname}"


def _key(recorder: Recorder, plan: tests.Plan) -> str:
    version = ".".join(map(str, recorder.interpreter.version))
    return cache.key(
        capturing.recorder_digest(),
        version,
        _names(recorder.target),
        recorder.profile.captured_cases,
        _digests(recorder, plan),
    )


def _digests(recorder: Recorder, plan: tests.Plan) -> dict[str, str]:
    """The files' digests; the target's own without the function's body, since its callers decide what it is given."""
    file = os.path.relpath(recorder.place.file, plan.root)
    return {**plan.digests, file: cache.key(_without_body(recorder.target))}


def _without_body(target: Target) -> str:
    text = target.source.text
    return text[: target.source.span(target.node.body[0]).start] + text[target.span.end :]


def _merged(found: Sequence[Captured], most: int) -> Captured:
    """The runs of one capture as one: calls that are the same count once, and the first run's come first."""
    cases: dict[str, Case] = {}
    for case in (case for one in found for case in one.cases):
        assert isinstance(case.call, CallGraph)
        cases.setdefault(canonical(Graph.checked(case.call.graph)), case)
    tests_of = {test.name: test for one in found for test in one.tests}
    left_out: dict[str, int] = {}
    for one in found:
        for reason, count in one.left_out.items():
            left_out[reason] = left_out.get(reason, 0) + count
    first = found[0] if found else Captured()
    return replace(
        first, cases=tuple(cases.values())[:most], tests=tuple(tests_of.values()), left_out=left_out,
        calls=sum(one.calls for one in found), seconds=sum(one.seconds for one in found),
        modules=tuple(dict.fromkeys(name for one in found for name in one.modules)),
        path=tuple(dict.fromkeys(entry for one in found for entry in one.path)),
        notes=tuple(dict.fromkeys(note for one in found for note in one.notes)),
    )  # fmt: skip


def _told(captured: Captured, flaky: Sequence[str]) -> Captured:
    """The capture with notes on tests that did not pass and, where few calls were kept, on those that were not."""
    failing = [t for t in captured.tests if t.outcome in ("failed", "error") and t.name not in flaky]
    notes = [*captured.notes]
    if failing:
        notes.append(f"{_listed([t.name for t in failing])} of the tests that reach it: failing before any change")
    if flaky:
        notes.append(f"{_listed(flaky)}: flaky, failed once and passed when run again")
    few = len(captured.cases) < ENOUGH
    for reason, count in sorted(captured.left_out.items(), key=lambda entry: -entry[1])[: _SHOWN if few else 0]:
        notes.append(f"calls in {count} test{'s' * (count != 1)} could not be kept: {reason}")
    return replace(captured, notes=tuple(notes))


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_SHOWN])
    return f"{shown} and {len(names) - _SHOWN} more" if len(names) > _SHOWN else shown
