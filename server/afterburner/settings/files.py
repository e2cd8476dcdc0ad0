"""Reading TOML that people wrote: every mistake becomes one sentence that names the file and the key."""

from __future__ import annotations

import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from afterburner.core.errors import EnvironmentProblem, UsageError

Table = TypeVar("Table", bound=BaseModel)


def read_toml(path: Path) -> dict[str, Any]:
    """The parsed file; empty when there is none. Raises UsageError for broken TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as problem:
        raise EnvironmentProblem(f"{path} cannot be read: {problem.strerror}.") from problem
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise UsageError(
            f"{path} is not valid TOML: {problem}.", "Settings and profiles are read from it."
        ) from problem


def workspace_file(start: Path) -> Path | None:
    """The nearest pyproject.toml at or above `start`, not looking beyond the repository that `start` is in."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / "pyproject.toml").is_file():
            return folder / "pyproject.toml"
        if (folder / ".git").exists():
            return None
    return None


def validated(model: type[Table], data: object, where: str) -> Table:
    """`data` as `model`. Raises UsageError about the first mistake; `where` names file and table."""
    try:
        return model.model_validate(data)
    except ValidationError as problem:
        raise _usage_error(model, problem.errors()[0], where) from None


def _usage_error(model: type[BaseModel], first: ErrorDetails, where: str) -> UsageError:
    key = ".".join(str(part) for part in first["loc"])
    known = sorted(field.alias or name for name, field in model.model_fields.items())
    match first["type"]:
        case "extra_forbidden":
            return UsageError(f"{where} has an unknown key `{key}`.", closest(key, known))
        case "missing":
            return UsageError(f"{where} lacks the key `{key}`.")
        case _:
            reason = first["msg"][:1].lower() + first["msg"][1:]
            return UsageError(f"{where}: `{key}` = {first['input']!r} is not accepted: {reason}.")


def closest(word: str, known: list[str]) -> str:
    """A hint: the known word that `word` was probably meant to be, and all of them."""
    likely = get_close_matches(word, known, n=1)
    guess = f"Did you mean `{likely[0]}`? " if likely else ""
    return f"{guess}Known are: {', '.join(known)}."
