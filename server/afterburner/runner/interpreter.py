"""Finds the user's interpreter and asks it, without running any project code, what it is."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from afterburner.core.errors import EnvironmentProblem, UsageError

OLDEST = (3, 9)
_PROBE = "import sys,json;print(json.dumps([list(sys.version_info[:3]),sys.implementation.name,sys.executable]))"


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python that runs the user's code."""

    path: str
    """As it names itself: behind shims, but with the links by which a virtual environment is known."""
    version: tuple[int, int, int]
    implementation: str
    found: str
    """How it was found, for people."""

    @property
    def label(self) -> str:
        name = "CPython" if self.implementation == "cpython" else self.implementation
        return f"{name} {'.'.join(map(str, self.version))}"


def find(root: Path, asked: str | None) -> Interpreter:
    """The interpreter asked for, else the project's virtual environment, then VIRTUAL_ENV, then PATH."""
    for path, found in _candidates(root, asked):
        return probe(path, found)
    raise EnvironmentProblem(
        "No Python interpreter was found for this project.", "Give one with --interpreter PATH, or make a .venv."
    )


def probe(path: str, found: str) -> Interpreter:
    """Ask one interpreter about itself, isolated and without `site`; a sentence when it cannot answer."""
    try:
        answer = subprocess.run(
            [path, "-I", "-S", "-c", _PROBE], capture_output=True, timeout=20, stdin=subprocess.DEVNULL, check=True
        )
        version, implementation, executable = json.loads(answer.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise EnvironmentProblem(
            f"{path} does not answer as a Python interpreter ({_why(error)}).", "Give another with --interpreter PATH."
        ) from None
    if tuple(version[:2]) < OLDEST:
        raise EnvironmentProblem(
            f"{path} is Python {version[0]}.{version[1]}; Afterburner runs code under 3.9 and later.",
            "Give a newer interpreter with --interpreter PATH.",
        )
    return Interpreter(executable or path, tuple(version), implementation, found)


def _candidates(root: Path, asked: str | None) -> list[tuple[str, str]]:
    if asked:
        path = shutil.which(asked) or asked
        if not os.path.exists(path):
            raise UsageError(f"There is no interpreter at {asked}.", "Give the path of a python executable.")
        return [(os.path.abspath(path), "given")]
    found = [(str(root / name / _binary()), f"the project's {name}") for name in (".venv", "venv")]
    active = os.environ.get("VIRTUAL_ENV")
    if active:
        found.append((str(Path(active) / _binary()), "VIRTUAL_ENV"))
    found += [(on_path, "PATH") for name in ("python3", "python") if (on_path := shutil.which(name))]
    return [(path, how) for path, how in found if os.access(path, os.X_OK)]


def _binary() -> str:
    return "Scripts/python.exe" if os.name == "nt" else "bin/python"


def _why(error: Exception) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        lines = error.stderr.decode(errors="replace").strip().splitlines()
        said = lines[-1].replace(_PROBE, "…")[:200] if lines else ""
        return said or f"exit status {error.returncode}"
    return "no answer in 20 s" if isinstance(error, subprocess.TimeoutExpired) else str(error)
