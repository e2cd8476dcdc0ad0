"""What an edge asks for around a run: rules and profiles, this machine's health, writing an offer or a template."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path

from afterburner.core import target as targets
from afterburner.core.errors import EnvironmentProblem, UsageError
from afterburner.core.health import Health, Noise
from afterburner.core.inputs import Case
from afterburner.core.observation import Version
from afterburner.core.patch import changed_lines
from afterburner.core.ports import Runner
from afterburner.core.request import Request
from afterburner.core.source import Source
from afterburner.core.target import Target
from afterburner.inputs import inference, own, user
from afterburner.inputs._example import example_call
from afterburner.inputs._testfiles import suite_root
from afterburner.measure import timing
from afterburner.rules import Rule, discover
from afterburner.runner import health, project
from afterburner.runner import turn as turns
from afterburner.settings import consent, places
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


def trusted(kind: consent.Kind) -> Mapping[str, bool]:
    """Each root that the user was asked about, and whether its tests, or any of its code, may run."""
    return consent.answers(kind=kind)


def may_run(root: Path) -> bool | None:
    """Whether any code of a project may run, sandboxed and by its own interpreter; None where nothing was said."""
    return consent.answer(root, kind="code")


def let_run(root: Path, allowed: bool | None) -> None:
    """Remember whether code of a project may run; None forgets what was said."""
    consent.remember(root, allowed, kind="code")


def turn(say: Callable[[str], None]) -> AbstractAsyncContextManager[None]:
    """Wait for and hold the machine's turn to measure; see `runner.turn`."""
    return turns.turn(say)


def keep_page(name: str, text: str) -> Path:
    """Write a Markdown page into the user's cache, over the one of that name before; where it is."""
    folder = places.reports()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{re.sub(r'[^A-Za-z0-9._-]', '_', name)}.md"
    path.write_text(text, encoding="utf-8")
    return path


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


def target(request: Request) -> Target:
    """The function that a request is about, by reading. Raises UsageError or EnvironmentProblem."""
    source = Source(str(request.file), request.text) if request.text is not None else project.read(request.file)
    return targets.find(source, project.locate(request.file).module, request.where)


def example(target: Target) -> str:
    """A call of the target for people to change, such as `f([3, 1, 2], k=2)`."""
    return example_call(target)


def check_call(target: Target, text: str) -> None:
    """Raises UsageError, with what is wrong, where a text is no call that could be used."""
    user.case(target, text)


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
