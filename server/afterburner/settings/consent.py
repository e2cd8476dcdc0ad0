"""Consent: in which projects the user lets their own code run outside the sandbox; remembered outside the projects."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from platformdirs import user_state_path

from afterburner.core.errors import EnvironmentProblem

_HINT = "It remembers in which projects you let tests run; make it readable, or delete it and be asked again."


def answer(root: Path, file: Path | None = None) -> bool | None:
    """What the user said about a project's root or the nearest folder above it; None when nothing was said."""
    known = _read(file or _file())
    real = Path(os.path.realpath(root))
    return next((known[str(folder)] for folder in (real, *real.parents) if str(folder) in known), None)


def remember(root: Path, allowed: bool | None, file: Path | None = None) -> None:
    """Keep the user's answer for a root; None forgets it. Raises EnvironmentProblem when it cannot be kept."""
    file = file or _file()
    known = {path: said for path, said in _read(file).items() if path != os.path.realpath(root)}
    if allowed is not None:
        known[os.path.realpath(root)] = allowed
    text = json.dumps({"roots": dict(sorted(known.items()))}, indent=1)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary = file.with_name(f".{file.name}.{os.getpid()}")
        temporary.write_text(text, encoding="utf-8")
        os.replace(temporary, file)
    except OSError as problem:
        raise EnvironmentProblem(f"{file} cannot be written: {problem.strerror}.", _HINT) from None


def answers(file: Path | None = None) -> Mapping[str, bool]:
    """Every root with what the user said about it."""
    return _read(file or _file())


def _file() -> Path:
    return user_state_path("afterburner") / "consent.json"


def _read(file: Path) -> dict[str, bool]:
    try:
        roots = json.loads(file.read_text(encoding="utf-8"))["roots"]
        return {path: said for path, said in roots.items() if isinstance(said, bool)}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise EnvironmentProblem(f"{file} cannot be read.", _HINT) from None
