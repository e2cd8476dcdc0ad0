"""The replay bundle: one JSON file from which a verdict can be reproduced; read as data, never trusted."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from afterburner.core.errors import EnvironmentProblem, UsageError
from afterburner.core.inputs import CallGraph, CallText, Case, Origin
from afterburner.core.outcome import Environment, Outcome
from afterburner.core.profile import Profile
from afterburner.core.rewrite import Rewrite, Safety
from afterburner.core.source import Source
from afterburner.core.suggestion import Attempt
from afterburner.report.document import VerdictKind, verdict_kind
from afterburner.report.exit_codes import Command

LARGEST_BYTES = 64 << 20


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class BundledCase(_Part):
    """One call: an expression with its setup, or a graph."""

    origin: Literal["user", "doctest", "main block", "test", "recorded", "generated", "scaled"]
    expression: str | None = None
    setup: str = ""
    graph: Any = None
    label: str = ""
    size: int = 0

    @classmethod
    def of(cls, case: Case) -> Self:
        match case.call:
            case CallText(expression, setup):
                call: dict[str, Any] = {"expression": expression, "setup": setup}
            case CallGraph(graph):
                call = {"graph": graph}
        return cls(origin=case.origin.value, label=case.label, size=case.size, **call)

    def core(self) -> Case:
        call = CallGraph(self.graph) if self.expression is None else CallText(self.expression, self.setup)
        return Case(Origin(self.origin), call, self.label, self.size)


class BundledRewrite(_Part):
    """A rewrite, and the verdict that it got."""

    text: str
    """The whole module."""
    origin: str
    idea: str
    safety: Literal["preserving", "needs proof"]
    verdict: VerdictKind
    reason: str = ""

    @classmethod
    def of(cls, attempt: Attempt) -> Self:
        rewrite = attempt.rewrite
        return cls(
            text=rewrite.source.text,
            origin=rewrite.origin,
            idea=rewrite.idea,
            safety=rewrite.safety.value,
            verdict=verdict_kind(attempt.verdict),
            reason=getattr(attempt.verdict, "reason", ""),
        )

    def core(self, path: str) -> Rewrite:
        return Rewrite(Source(path, self.text), self.origin, self.idea, Safety(self.safety))


class BundledEnvironment(_Part):
    """Where the verdict was reached. Nothing named here is ever started."""

    interpreter: str
    python: str
    tier: str
    runner: str
    platform: str
    afterburner: str

    def core(self) -> Environment:
        return Environment(**self.model_dump())


class BundledProfile(_Part):
    """The profile that was used."""

    name: str
    summary: str
    goal: Literal["time", "memory", "integral"]
    budget_s: float = Field(gt=0, le=3600)
    max_cases: int = Field(ge=1, le=100_000)
    generated_cases: int = Field(ge=0, le=100_000)
    floor_ratio: float = Field(ge=1.05, le=100)
    floor_us: float = Field(ge=0)
    launches_max: int = Field(ge=1, le=20)
    timed_cases: int = Field(ge=1, le=1000)
    capture_s: float = Field(default=0, ge=0, le=3600)
    captured_cases: int = Field(default=100, ge=1, le=5000)
    sources: list[str]
    network: Literal["none", "local", "any"]
    sandbox: Literal["full", "jail"]
    seed: int

    def core(self) -> Profile:
        return Profile(**{**self.model_dump(), "sources": tuple(self.sources)})


class Bundle(_Part):
    """Everything that a verdict depends on, but the interpreter and what the module imports."""

    format: Literal["afterburner/bundle"] = "afterburner/bundle"
    version: Literal[1] = 1
    command: Command
    file: str
    """Where the module lay."""
    module: str
    qualname: str
    text: str
    """The module."""
    cases: list[BundledCase]
    """The given calls; generated ones follow from them, the profile and its seed."""
    modules: list[str] = []
    """What is imported beside the module, because arguments of recorded calls are made of it."""
    path: list[str] = []
    """Folders that these modules are imported from."""
    rewrites: list[BundledRewrite]
    profile: BundledProfile
    environment: BundledEnvironment

    @classmethod
    def of(cls, outcome: Outcome, command: Command) -> Self:
        """The bundle of a finished run."""
        target = outcome.target
        return cls(
            command=command,
            file=target.source.path,
            module=target.module,
            qualname=target.qualname,
            text=target.source.text,
            cases=[BundledCase.of(case) for case in outcome.given],
            modules=list(outcome.captured.modules),
            path=list(outcome.captured.path),
            rewrites=[BundledRewrite.of(attempt) for attempt in outcome.attempts],
            profile=BundledProfile(**{**asdict(outcome.profile), "sources": list(outcome.profile.sources)}),
            environment=BundledEnvironment(**asdict(outcome.environment)),
        )


def write(bundle: Bundle, path: Path) -> None:
    """Write a bundle; a sentence when the file cannot be written."""
    text = json.dumps(bundle.model_dump(), indent=1)
    try:
        path.write_text(f"{text}\n", encoding="ascii")
    except OSError as problem:
        raise EnvironmentProblem(f"The bundle {path} cannot be written: {problem.strerror}.") from None


def read(path: Path) -> Bundle:
    """Read a bundle that anybody may have made; `UsageError` with a sentence when it is none."""
    hint = "Give a file that `afterburner optimize --bundle FILE` or `compare --bundle FILE` wrote."
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST_BYTES + 1)
    except OSError as problem:
        raise UsageError(f"The bundle {path} cannot be read: {problem.strerror}.", hint) from None
    if len(raw) > LARGEST_BYTES:
        raise UsageError(f"{path} is larger than {LARGEST_BYTES >> 20} MiB: it is not read.", hint)
    try:
        return Bundle.model_validate(json.loads(raw.decode("utf-8")))
    except ValidationError as problem:
        raise UsageError(f"{path} is not a replay bundle of version 1: {_first(problem)}.", hint) from None
    except (ValueError, RecursionError) as problem:
        raise UsageError(f"{path} is not JSON: {problem}.", hint) from None


def _first(problem: ValidationError) -> str:
    mistake = problem.errors(include_input=False, include_url=False)[0]
    where = ".".join(str(part) for part in mistake["loc"])
    return f"`{where}`: {mistake['msg'][:1].lower()}{mistake['msg'][1:]}"
