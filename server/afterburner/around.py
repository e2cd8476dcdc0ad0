"""What an edge asks for around a run: rules and profiles, this machine's health, writing an offer or a template."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from afterburner.core.errors import EnvironmentProblem, UsageError
from afterburner.core.health import Health, Noise
from afterburner.core.inputs import Case
from afterburner.core.observation import Version
from afterburner.core.patch import changed_lines
from afterburner.core.ports import Runner
from afterburner.core.source import Source
from afterburner.core.target import Target
from afterburner.inputs import inference, own
from afterburner.inputs._testfiles import suite_root
from afterburner.measure import timing
from afterburner.rules import Rule, discover
from afterburner.runner import health, project
from afterburner.settings import consent
from afterburner.settings.load import Settings, load_settings
from afterburner.settings.profiles import DEFAULT, builtin_profiles

_NOISE_LAUNCHES = 8


def rules() -> Sequence[Rule]:
    """Every rule, by its id."""
    return list(discover().values())


def rule(name: str) -> Rule:
    """The rule of that id; `UsageError` with the ones that it may have been."""
    known = discover()
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name, known, 3, 0.4)
    hint = f"Did you mean {', '.join(near)}? " if near else ""
    raise UsageError(f"There is no rule {name!r}.", f"{hint}`afterburner rules` lists them all.")


def root_of(folder: Path) -> Path:
    """The folder whose tests are run from it, for files in a folder: consent is asked and kept for it."""
    return suite_root(project.locate(folder / "any.py").root)


def trusted() -> Mapping[str, bool]:
    """Each root that the user was asked about, and whether its tests may run."""
    return consent.answers()


def trust(root: Path, allowed: bool | None) -> None:
    """Remember whether the tests of a project may run; None forgets what was said."""
    consent.remember(root, allowed)


def settings(folder: Path) -> Settings:
    """What holds for files in a folder."""
    return load_settings(folder)


async def examine(folder: Path, interpreter: str | None) -> Health:
    """The health of this machine for work in a folder."""
    least = load_settings(folder).profile().sandbox
    return await health.examine(project.locate(folder / "any.py").root, interpreter, least, _noise)


def write(before: Source, after: Source) -> int:
    """Replace a file's text, and give how many of its lines are new; refuses when it is no longer `before`."""
    path = Path(before.path)
    if project.read(path).text != before.text:
        raise EnvironmentProblem(
            f"{path} was changed since it was read: nothing was written.", "Run the same command again."
        )
    try:
        project.write(path, after.text)
    except (OSError, UnicodeEncodeError) as problem:
        raise EnvironmentProblem(f"{path} cannot be written: {problem}. It is as it was.") from None
    return len(changed_lines(before, after))


def plausible_types(target: Target) -> Mapping[str, Sequence[str]]:
    """Parameter → what its argument may be, the likeliest first, by reading."""
    return inference.infer(target)


def keep_inputs(target: Target) -> tuple[Path, bool]:
    """Put a commented section for the target at the end of the project's own file of calls, made if there is none.

    Gives the file, and whether it was written: a section that is there stays as it is.
    """
    beside, shared = own.places(target, project.locate(Path(target.source.path)))
    path = shared if shared.is_file() and not beside.is_file() else beside
    before = project.read(path).text if path.is_file() else None
    after = own.with_section(target, before)
    try:
        if after is not None and before is None:
            with path.open("x", encoding="utf-8", newline="") as file:
                file.write(after)
        elif after is not None:
            project.write(path, after)
    except (OSError, UnicodeEncodeError) as problem:
        raise EnvironmentProblem(f"{path} cannot be written: {problem}.") from None
    return path, after is not None


async def _noise(runner: Runner, version: Version, case: Case) -> Noise:
    """One call timed against itself, as any rewrite would be."""
    profile = replace(builtin_profiles()[DEFAULT], launches_max=_NOISE_LAUNCHES)
    found = await timing.compare(runner, (version, version), [case], profile)
    if found.headline is None:
        raise EnvironmentProblem(found.reason)
    shown = found.headline
    return Noise(shown.point, shown.lower, shown.upper, found.launches, found.launch_scatter)
