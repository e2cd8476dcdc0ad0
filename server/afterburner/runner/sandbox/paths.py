"""Which paths a confined process may read, and how symbolic links lead to them."""

from __future__ import annotations

import glob
import json
import os
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from afterburner.core.errors import EnvironmentProblem

WORKER = str(Path(__file__).resolve().parents[3] / "afterburner_worker")
"""The folder that the user's interpreter runs as its program."""

_SYSTEM = (
    "/usr",
    "/lib",
    "/lib32",
    "/lib64",
    "/nix/store",
    "/gnu/store",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/alternatives",  # Debian's BLAS is reached through it
)
_SITE_OF_DEBIAN = "/etc/python3*"  # sitecustomize.py

_ASK = """
import sys
sys.path = [path for path in sys.path if path]  # nothing is imported from the working directory
import json, sysconfig
prefixes = [sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix]
executables = [sys.executable, getattr(sys, "_base_executable", sys.executable)]
print(json.dumps(prefixes + executables + list(sysconfig.get_paths().values()) + sys.path))
"""
_ASK_TIMEOUT_S = 30
_MOST_LINKS = 40


@dataclass(frozen=True, slots=True)
class Layout:
    """Real paths to bind, none inside another, and the links (link, its text) that lead to them from outside."""

    binds: tuple[str, ...]
    links: tuple[tuple[str, str], ...]


@cache
def system_paths() -> tuple[str, ...]:
    """What any interpreter loads from, as far as this machine has it: libraries, time zones, the loader's cache."""
    return tuple(path for path in (*_SYSTEM, *sorted(glob.glob(_SITE_OF_DEBIAN))) if os.path.exists(path))


@cache
def interpreter_paths(interpreter: str) -> tuple[str, ...]:
    """Prefixes, executables and import path of `interpreter`, which is run once. Raises EnvironmentProblem.

    What is missing or too broad to grant (a home directory on the import path) is left out.
    """
    try:
        asked = subprocess.run(
            [interpreter, "-B", "-c", _ASK],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_ASK_TIMEOUT_S,
            check=True,
        )
        found = json.loads(asked.stdout.splitlines()[-1])
    except (OSError, subprocess.SubprocessError, ValueError, IndexError) as error:
        said = (getattr(error, "stderr", None) or b"").decode(errors="replace").strip().splitlines()
        raise EnvironmentProblem(
            f"{interpreter} does not run: {said[-1] if said else error}.", "Name a working Python interpreter."
        ) from None
    candidates = dict.fromkeys([interpreter, *found])
    return tuple(path for path in candidates if os.path.isabs(path) and os.path.exists(path) and not too_broad(path))


def too_broad(path: str) -> bool:
    """Whether granting `path` would lay open the user's home directory or the whole machine."""
    real = os.path.realpath(path)
    homes = (os.path.realpath(Path.home()), "/home", "/root", "/tmp", "/etc", "/proc")
    return any(_within(home, real) for home in homes)


def layout(paths: tuple[str, ...]) -> Layout:
    """How to show exactly `paths`, and what lies below them, at the same names in an empty root."""
    links: dict[str, str] = {}
    real = {_follow(path, links) for path in paths if os.path.exists(path)}
    binds = tuple(sorted(path for path in real if not any(_within(path, other) and path != other for other in real)))
    outside = [(link, text) for link, text in links.items() if not any(_within(link, bind) for bind in binds)]
    return Layout(binds, tuple(sorted(outside)))


def _follow(path: str, links: dict[str, str]) -> str:
    """The real path of `path`; every link met on the way is added to `links`."""
    current, ahead = "/", path.split("/")
    budget = _MOST_LINKS
    while ahead:
        step = ahead.pop(0)
        if step == "..":
            current = os.path.dirname(current)
        elif step not in ("", "."):
            here = os.path.join(current, step)
            if budget and os.path.islink(here):
                budget -= 1
                links[here] = os.readlink(here)
                ahead = links[here].split("/") + ahead
                current = "/" if links[here].startswith("/") else current
            else:
                current = here
    return current


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")
