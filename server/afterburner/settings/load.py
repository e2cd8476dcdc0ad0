"""Everything that is set for one target: Afterburner's own settings, then the user's, then the workspace's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platformdirs import user_config_path

from afterburner.core.errors import UsageError
from afterburner.core.profile import Profile
from afterburner.settings.files import closest, read_toml, validated, workspace_file
from afterburner.settings.options import OptionsTable
from afterburner.settings.profiles import DEFAULT, Layer, builtin_profiles, refuse_looser, with_layer


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for the files of one workspace."""

    profiles: Mapping[str, Profile]
    origins: Mapping[str, str]
    """Where each profile was last defined: "built-in", or a file."""
    default: str
    """The profile that is used when none is named."""
    ignore_state: tuple[str, ...]
    """Global names whose state after a call is not compared."""
    workspace: Path | None
    """The pyproject.toml that was read."""
    may_fetch: bool = True
    """Whether profiling tools may be fetched: neither the user nor the workspace says never."""

    def profile(self, name: str | None = None) -> Profile:
        """The profile called `name`, or the default one. Raises UsageError listing the known ones."""
        return _named(self.profiles, name or self.default)


def load_settings(start: Path | None = None, user_file: Path | None = None) -> Settings:
    """The settings for a target at or below `start` (None: no workspace). Raises UsageError for any mistake in them.

    `user_file` stands in for the user's own config.toml.
    """
    user_file = user_file or user_config_path("afterburner") / "config.toml"
    workspace = workspace_file(start) if start else None
    user = validated(OptionsTable, read_toml(user_file), str(user_file))
    project = validated(OptionsTable, _tool_table(workspace), f"{workspace}: [tool.afterburner]")

    built_in = builtin_profiles()
    own = with_layer(built_in, Layer(user_file, "profiles", user.profiles, may_loosen=True))
    profiles = own
    if workspace:
        layer = Layer(workspace, "tool.afterburner.profiles", project.profiles, may_loosen=False)
        profiles = with_layer(own, layer)
    return Settings(
        profiles=profiles,
        origins=dict.fromkeys(built_in, "built-in")
        | dict.fromkeys(user.profiles, str(user_file))
        | dict.fromkeys(project.profiles, str(workspace)),
        default=_default(own, profiles, user.profile or DEFAULT, project.profile, workspace),
        ignore_state=(*user.ignore_state, *project.ignore_state),
        workspace=workspace,
        may_fetch="never" not in (user.overlay, project.overlay),
    )


def _tool_table(workspace: Path | None) -> Any:
    tool = read_toml(workspace).get("tool", {}) if workspace else {}
    return tool.get("afterburner", {}) if isinstance(tool, dict) else {}


def _default(
    own: Mapping[str, Profile],
    profiles: Mapping[str, Profile],
    users: str,
    projects: str | None,
    workspace: Path | None,
) -> str:
    """The default profile's name: the workspace's choice when it has one and it is no looser than the user's."""
    ceiling = _named(own, users)
    if projects is None:
        return users
    refuse_looser(_named(profiles, projects), ceiling, f"{workspace}: [tool.afterburner] chooses `{projects}` with")
    return projects


def _named(profiles: Mapping[str, Profile], name: str) -> Profile:
    if name not in profiles:
        raise UsageError(f"There is no profile {name!r}.", closest(name, sorted(profiles)))
    return profiles[name]
