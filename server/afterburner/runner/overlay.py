"""The overlay: line_profiler and memray for one kind of interpreter, in the user's cache and nowhere else.

Nothing is ever installed into the user's environment. A folder holds what `overlay.lock` pins, built for one version,
ABI and platform; it is built under another name and then renamed, so that a half-built one is never used.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path

from afterburner.runner.interpreter import Interpreter

LOCK = Path(__file__).with_suffix(".lock")
OLDEST, NEWEST = (3, 9), (3, 13)
"""The versions that the lock's files were looked up for."""

_PINS = "afterburner-pins.txt"
_MARKED = re.compile(r"(\S+==\S+) ; python_full_version (<|>=) '(\d+)\.(\d+)' \\")
_BUILD_S = 300.0
_ASK_S = 20
_STALE_S = 3600
_ASK = (
    "import sys,sysconfig,json;"
    "print(json.dumps([sysconfig.get_config_var('SOABI') or '',sysconfig.get_platform(),sys.abiflags]))"
)


@dataclass(frozen=True, slots=True)
class Overlay:
    """Where the tools are, or why they are not."""

    folder: str = ""
    problem: str = ""
    """A clause that can follow "because"; empty where there is a folder."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """What an interpreter's compiled modules are built for."""

    abi: str
    """Such as `cpython-312-x86_64-linux-gnu`."""
    platform: str
    flags: str


def cached(interpreter: Interpreter) -> Overlay:
    """The overlay, if it was built before; nothing is fetched."""
    kind = _asked(interpreter)
    if isinstance(kind, str):
        return Overlay(problem=kind)
    folder = _folder(kind)
    return Overlay(str(folder)) if folder.is_dir() else Overlay(problem="line_profiler and memray were not fetched yet")


async def provided(interpreter: Interpreter, say: Callable[[str], None]) -> Overlay:
    """The overlay, fetched and built first where it is not there yet; its problem where that is not possible."""
    kind = await asyncio.to_thread(_asked, interpreter)
    if isinstance(kind, str):
        return Overlay(problem=kind)
    folder = _folder(kind)
    if folder.is_dir():
        return Overlay(str(folder))
    command = _installer(interpreter, kind)
    if isinstance(command, str):
        return Overlay(problem=command)
    say(f"fetching line_profiler and memray for {interpreter.label}, once, into {folder}")
    try:
        return await _built(folder, command, interpreter)
    except OSError as error:
        return Overlay(problem=f"{folder} cannot be made ({error.strerror or error})")


def place() -> Path:
    """The folder of all overlays."""
    return user_cache_path("afterburner") / "overlay"


def pins(python: tuple[int, int]) -> Iterator[str]:
    """The lines of the lock that hold for a version: pip asks its own Python about the markers, not the user's."""
    wanted = True
    for line in LOCK.read_text(encoding="utf-8").splitlines():
        marked = _MARKED.fullmatch(line)
        if marked:
            wanted = (python < (int(marked[3]), int(marked[4]))) == (marked[2] == "<")
        elif not line.startswith(" "):
            wanted = True
        if wanted:
            yield f"{marked[1]} \\" if marked else line


def _asked(interpreter: Interpreter) -> _Kind | str:
    """The kind of an interpreter, or why there are no tools for it."""
    if interpreter.implementation != "cpython" or not OLDEST <= interpreter.version[:2] <= NEWEST:
        return f"line_profiler and memray are not pinned for {interpreter.label}"
    try:
        answer = subprocess.run(
            [interpreter.path, "-I", "-S", "-c", _ASK],
            capture_output=True, timeout=_ASK_S, stdin=subprocess.DEVNULL, check=True,
        )  # fmt: skip
        abi, system, flags = map(str, json.loads(answer.stdout))
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        return f"{interpreter.path} does not tell its ABI ({type(error).__name__})"
    return _Kind(abi, system, flags)


def _folder(kind: _Kind) -> Path:
    """One folder for each ABI, machine and lock file."""
    lock = hashlib.sha256(LOCK.read_bytes()).hexdigest()[:10]
    name = "".join(c if c.isalnum() or c in "-_." else "-" for c in f"{kind.abi}-{platform.machine()}-{lock}")
    return place() / name


def _installer(interpreter: Interpreter, kind: _Kind) -> list[str] | str:
    """The command that installs for this interpreter, but for its target folder; or why there is none."""
    pinned = ["--no-deps", "--require-hashes", "-r", _PINS]
    uv = shutil.which("uv")
    if uv:
        only = ["--only-binary", ":all:", "--quiet"]
        return [uv, "pip", "install", "--python", interpreter.path, *only, *pinned, "--target"]
    if not _has_pip():
        return "there is neither uv on PATH nor pip beside Afterburner"
    if kind.platform != sysconfig.get_platform():
        return f"it is built for {kind.platform}, and without uv only {sysconfig.get_platform()} can be served"
    version = ".".join(map(str, interpreter.version[:2]))
    abi = f"cp{version.replace('.', '')}{kind.flags}"
    only = ["--only-binary=:all:", "--python-version", version, "--implementation", "cp", "--abi", abi]
    quiet = ["--quiet", "--no-compile", "--no-input", "--disable-pip-version-check"]
    return [sys.executable, "-I", "-m", "pip", "install", *only, *quiet, *pinned, "--target"]


def _has_pip() -> bool:
    answer = subprocess.run([sys.executable, "-I", "-c", "import pip"], capture_output=True, check=False)
    return answer.returncode == 0


async def _built(folder: Path, command: list[str], interpreter: Interpreter) -> Overlay:
    """Install into a folder of another name, and give it its own when it is whole."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    _remove_stale(folder.parent)
    making = tempfile.mkdtemp(prefix=".making-", dir=folder.parent)
    try:
        Path(making, _PINS).write_text("\n".join(pins(interpreter.version[:2])), encoding="utf-8")
        problem = await _ran([*command, making], making)
        if problem:
            return Overlay(problem=f"line_profiler and memray could not be fetched ({problem})")
        # The sandbox cannot write compiled files; without them each run would compile anew. Nothing is executed here.
        await _ran([interpreter.path, "-I", "-S", "-m", "compileall", "-q", making], making)
        with suppress(OSError):  # another process was quicker
            os.rename(making, folder)
        return Overlay(str(folder))
    finally:
        shutil.rmtree(making, ignore_errors=True)


async def _ran(command: list[str], folder: str) -> str:
    """Run a command to its end in a folder that holds no settings of anybody; '' or the last that it said."""
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        async with asyncio.timeout(_BUILD_S):
            _, said = await process.communicate()
    except TimeoutError:
        return f"not done after {_BUILD_S:.0f} s"
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode == 0:
        return ""
    lines = [line for line in said.decode(errors="replace").splitlines() if line.strip()]
    return lines[-1].strip(" ╰─▶×│├")[:300] if lines else f"exit status {process.returncode}"


def _remove_stale(parent: Path) -> None:
    """Remove what killed builds left."""
    for left in parent.glob(".making-*"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > _STALE_S:
                shutil.rmtree(left, ignore_errors=True)
