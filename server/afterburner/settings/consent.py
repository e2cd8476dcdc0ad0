"""Consent: what the user lets run in which projects; remembered outside the projects."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from platformdirs import user_state_path

from afterburner.core.errors import EnvironmentProblem

Kind = Literal["tests", "code"]
"""The project's tests outside the sandbox; or any of its code, sandboxed, with its interpreter."""
_HINT = "It remembers in which projects you let code run; make it readable, or delete it and be asked again."
_TABLES: Mapping[Kind, str] = {"tests": "roots", "code": "code"}


def answer(root: Path, file: Path | None = None, *, kind: Kind = "tests") -> bool | None:
    """What the user said about a project's root or the nearest folder above it; None when nothing was said."""
    known = _read(file or _file())[kind]
    real = Path(os.path.realpath(root))
    return next((known[str(folder)] for folder in (real, *real.parents) if str(folder) in known), None)


def remember(root: Path, allowed: bool | None, file: Path | None = None, *, kind: Kind = "tests") -> None:
    """Keep the user's answer for a root; None forgets it. Raises EnvironmentProblem when it cannot be kept."""
    file = file or _file()
    tables = _read(file)
    tables[kind].pop(os.path.realpath(root), None)
    if allowed is not None:
        tables[kind][os.path.realpath(root)] = allowed
    text = json.dumps({_TABLES[kind]: dict(sorted(known.items())) for kind, known in tables.items()}, indent=1)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary = file.with_name(f".{file.name}.{os.getpid()}")
        temporary.write_text(text, encoding="utf-8")
        os.replace(temporary, file)
    except OSError as problem:
        raise EnvironmentProblem(f"{file} cannot be written: {problem.strerror}.", _HINT) from None


def answers(file: Path | None = None, *, kind: Kind = "tests") -> Mapping[str, bool]:
    """Every root with what the user said about it."""
    return _read(file or _file())[kind]


def _file() -> Path:
    return user_state_path("afterburner") / "consent.json"


def _read(file: Path) -> dict[Kind, dict[str, bool]]:
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        return {kind: _answers(data.get(table, {})) for kind, table in _TABLES.items()}
    except FileNotFoundError:
        return {kind: {} for kind in _TABLES}
    except (OSError, ValueError, AttributeError):
        raise EnvironmentProblem(f"{file} cannot be read.", _HINT) from None


def _answers(table: dict[str, object]) -> dict[str, bool]:
    return {path: said for path, said in table.items() if isinstance(said, bool)}
