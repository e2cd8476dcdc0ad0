"""The profiles a user can name: the built-in ones, their own, and the workspace's, which may only tighten.

Invariant: whatever a workspace writes, neither `network` nor `sandbox` gets looser than the user or Afterburner set it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import afterburner
from afterburner.core.errors import EnvironmentProblem, UsageError
from afterburner.core.profile import Profile
from afterburner.settings.files import closest, read_toml, validated
from afterburner.settings.options import ProfileTable

DEFAULT = "balanced"
TIGHTEST_FIRST = {"network": ("none", "local", "any"), "sandbox": ("full", "jail")}


@dataclass(frozen=True, slots=True)
class Layer:
    """The `[profiles.NAME]` tables of one file; `title` is how the file's tables are named in messages."""

    file: Path
    title: str
    tables: Mapping[str, Mapping[str, Any]]
    may_loosen: bool


def builtin_profiles() -> dict[str, Profile]:
    """The profiles that come with Afterburner, by name."""
    profiles = {}
    for path in sorted(_folder().glob("*.toml")):
        profile = validated(ProfileTable, read_toml(path), str(path)).core()
        profiles[profile.name] = profile
    return profiles


def with_layer(lower: Mapping[str, Profile], layer: Layer) -> dict[str, Profile]:
    """`lower` with the layer's profiles added or replaced. Raises UsageError for what the layer may not say."""
    merged = dict(lower)
    for name in layer.tables:
        merged[name] = _resolve(name, lower, layer, ())
    return merged


def refuse_looser(profile: Profile, ceiling: Profile, culprit: str) -> None:
    """Raises UsageError when `profile` allows more `network` or a weaker `sandbox` than `ceiling` does.

    `culprit` opens the sentence: file, table, and its verb.
    """
    for key, order in TIGHTEST_FIRST.items():
        asked, allowed = getattr(profile, key), getattr(ceiling, key)
        if order.index(asked) > order.index(allowed):
            raise UsageError(
                f"{culprit} {key} = {asked!r}, which is looser than the {allowed!r} of profile {ceiling.name!r}: "
                f"a workspace can only tighten {key}.",
                "To allow it yourself, put it into a profile of your own (see docs/settings.md).",
            )


def _resolve(name: str, lower: Mapping[str, Profile], layer: Layer, trail: tuple[str, ...]) -> Profile:
    """The layer's profile `name`, complete; `trail` holds the names that led here, to refuse a circle."""
    where = f"{layer.file}: [{layer.title}.{name}]"
    if name in trail:
        raise UsageError(f"{where} extends itself, by way of {' → '.join([*trail, name])}.")
    table = dict(layer.tables[name])
    base = _extended(table.pop("extends", None), name, lower, layer, (*trail, name))
    inherited = ProfileTable.model_construct(**_fields(base)).model_dump(by_alias=True)
    profile = validated(ProfileTable, {**inherited, "name": name, **table}, where).core()
    if profile.name != name:
        raise UsageError(f"{where} calls itself {profile.name!r}.", "Leave `name` out: the table's title is the name.")
    if not layer.may_loosen:
        for ceiling in (base, lower.get(name, base)):
            refuse_looser(profile, ceiling, f"{where} sets")
    return profile


def _extended(asked: object, name: str, lower: Mapping[str, Profile], layer: Layer, trail: tuple[str, ...]) -> Profile:
    """The profile that `name` starts from: the one named, else the lower one of the same name, else the default."""
    base = asked if asked is not None else name if name in lower else DEFAULT
    if isinstance(base, str) and base in layer.tables and base != name:
        return _resolve(base, lower, layer, trail)
    if isinstance(base, str) and base in lower:
        return lower[base]
    hint = closest(str(base), sorted({*lower, *layer.tables} - {name}))
    raise UsageError(f"{layer.file}: [{layer.title}.{name}] extends {base!r}, and there is no such profile.", hint)


def _fields(profile: Profile) -> dict[str, Any]:
    fields = {name: getattr(profile, name) for name in ProfileTable.model_fields}
    return {**fields, "sources": list(profile.sources)}


def _folder() -> Path:
    """Where the built-in profiles lie: beside the code in a wheel, at the top of a checkout."""
    package = Path(afterburner.__file__).resolve().parent
    for folder in (package / "profiles", package.parents[1] / "profiles"):
        if (folder / f"{DEFAULT}.toml").is_file():
            return folder
    raise EnvironmentProblem(
        "Afterburner's own profiles are missing.", "The installation is incomplete: install it again."
    )
