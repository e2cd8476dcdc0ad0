"""The tables that people write: `[tool.afterburner]` in pyproject.toml, and the same keys in the user's config.toml."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from afterburner.core.profile import Goal, Network, Profile, Sandbox


def _kebab(name: str) -> str:
    return name.replace("_", "-")


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False, alias_generator=_kebab)


class ProfileTable(_Table):
    """One complete profile, as it is once everything that it extends is filled in."""

    name: str = Field(min_length=1, description="Its name, as given to `--profile`.")
    summary: str = Field(description="What it is for, in one sentence.")
    goal: Goal = Field(description="What to make less of: run time, peak memory, or their product over the run.")
    budget_s: float = Field(gt=0, le=3600, description="Seconds for the whole run; what does not fit is named.")
    max_cases: int = Field(ge=1, le=100_000, description="The most cases that are compared.")
    generated_cases: int = Field(ge=0, le=100_000, description="How many generated cases to aim for.")
    floor_ratio: float = Field(
        ge=1.05, le=100, description="A rewrite is offered when the lower bound of its speed-up exceeds this."
    )
    floor_us: float = Field(
        ge=0, description="... and when it saves at least this many microseconds a call on the slowest timed case."
    )
    launches_max: Literal[4, 6, 8, 12, 20] = Field(description="The most timing launches; more see smaller effects.")
    timed_cases: int = Field(ge=1, le=1000, description="How many given cases are timed for the headline.")
    capture_s: float = Field(
        ge=0,
        le=3600,
        description="Seconds for running the project's own tests, or a command to record, to see real "
        "calls; apart from `budget-s`, and only when its cache is stale. 0: never.",
    )
    captured_cases: int = Field(ge=1, le=5000, description="The most recorded calls that are kept.")
    sources: list[str] = Field(min_length=1, description="The rewrite sources to ask, in this order.")
    network: Network = Field(
        description="The most that rewrite sources may reach: nothing, this machine, or anything. "
        "The sandbox in which code runs never has a network. A workspace can only tighten it."
    )
    sandbox: Sandbox = Field(
        description="The weakest sandbox tier that is accepted; `full` needs bubblewrap. "
        "A workspace can only tighten it."
    )
    seed: int = Field(default=0, ge=0, description="Where the generated cases start from.")

    def core(self) -> Profile:
        """The same profile as the core's dataclass."""
        return Profile(**{**self.model_dump(), "sources": tuple(self.sources)})


class OptionsTable(_Table):
    """The keys of `[tool.afterburner]`."""

    profile: str | None = Field(
        default=None,
        description="The profile that is used when none is named. From a workspace it may not "
        "allow more `network` or a weaker `sandbox` than your own default does.",
    )
    ignore_state: list[str] = Field(
        default_factory=list,
        description="Global names (`cache` or `package.module.cache`) whose state after a call is not compared; "
        "each is named in the result.",
    )
    overlay: Literal["auto", "never"] = Field(
        default="auto",
        description="Whether `afterburner profile` may fetch line_profiler and memray from your package index, once "
        "for each kind of interpreter, into your cache folder and never into your environment. Where you or the "
        "workspace say `never`, the standard library's tools are used.",
    )
    profiles: dict[str, dict[str, Any]] = Field(
        default_factory=dict,
        description="Profiles of your own: `[profiles.NAME]` holds what differs from the one that `extends` names "
        "(without it: the profile of the same name, else `balanced`).",
    )
