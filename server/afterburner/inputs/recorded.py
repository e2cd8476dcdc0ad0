"""Calls that a command makes: what `--record "python script.py --fast"` asks to run, read without running it."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from typing import Literal, NamedTuple

from afterburner.core.errors import UsageError

name = "recorded"
_HINT = 'Give it as you would type it: --record "python script.py ARG …", "python -m package …" or "pytest tests".'
_PYTHON = re.compile(r"python(\d(\.\d+)?)?(\.exe)?")


class Command(NamedTuple):
    """What is run in the user's interpreter."""

    kind: Literal["pytest", "script", "module"]
    arguments: tuple[str, ...]
    """The script or module first, then its own arguments; for pytest all of its arguments."""


def command(text: str, folder: Path) -> Command:
    """The run that a command line of the user's means, started from `folder`. Raises UsageError with a hint."""
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise UsageError(f"--record {text!r} cannot be read: {error}.", _HINT) from None
    if words and _PYTHON.fullmatch(os.path.basename(words[0])):
        words = words[1:]
    if not words:
        raise UsageError(f"--record {text!r} names nothing to run.", _HINT)
    if words[0] == "-m":
        if len(words) < 2:
            raise UsageError("`-m` needs the name of a module.", _HINT)
        words = words[1:]
        return Command("pytest" if words[0] == "pytest" else "module", _arguments(words))
    if os.path.basename(words[0]) in ("pytest", "py.test"):
        return Command("pytest", tuple(words[1:]))
    if words[0].startswith("-"):
        raise UsageError(f"--record does not know the interpreter's option {words[0]}.", _HINT)
    script = folder / words[0]
    if not script.is_file():
        raise UsageError(f"There is no script {words[0]} in {folder}.", _HINT)
    return Command("script", (str(script), *words[1:]))


def _arguments(words: list[str]) -> tuple[str, ...]:
    return tuple(words[1:]) if words[0] == "pytest" else tuple(words)
