"""Runs the whole of Afterburner on small projects: in process, or as the program that a user starts."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from _processes import alive

from afterburner import app
from afterburner.core.outcome import Outcome
from afterburner.pipeline.events import silent

Judge = Callable[..., Outcome]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A project whose profile `quick` is enough for a verdict and few launches."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "pyproject.toml").write_text(
        '[tool.afterburner.profiles.quick]\nextends = "fast"\nsummary = "For tests."\nlaunches-max = 4\n',
        encoding="utf-8",
    )
    return folder


@pytest.fixture
def judged(workspace: Path) -> Judge:
    """`judged(original, candidate, "f", *calls)` gives the outcome of comparing the two texts."""

    def judge(original: str, candidate: str, where: str, *calls: str, module: str = "subject.py") -> Outcome:
        (workspace / module).write_text(original, encoding="utf-8")
        other = workspace.parent / "candidate.py"
        other.write_text(candidate, encoding="utf-8")
        request = app.Request(workspace / module, where, "quick", calls, interpreter=sys.executable)
        return asyncio.run(app.compare(request, other, None, silent))

    return judge


class Terminal:
    """A shell in a project of its own, with a home, a PATH and a folder for temporary files of its own.

    The tier is "jail" unless the test asks for "full": without bubblewrap on PATH nothing stronger is found.
    """

    equivalent = (0, 1)
    """How `compare` may end on an equivalent rewrite: it is offered, or this machine was too busy to show its gain."""

    def __init__(self, folder: Path, project: Path, tier: str) -> None:
        self.project, self.home, self.temporary, self.tier = project, folder / "home", folder / "tmp", tier
        programs = folder / "bin"
        for made in (self.home, self.temporary, programs):
            made.mkdir()
        if tier == "full":
            (programs / "bwrap").symlink_to(shutil.which("bwrap") or "bwrap is not installed")
        self.environment = {
            "PATH": str(programs), "HOME": str(self.home), "TMPDIR": str(self.temporary), "LANG": "C.UTF-8",
        }  # fmt: skip
        self._started: list[subprocess.Popen[str]] = []

    def write(self, name: str, content: str | bytes) -> Path:
        """A file of the project."""
        path = self.project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def start(self, command: str, *arguments: str, interpreter: str | None = sys.executable) -> subprocess.Popen[str]:
        """The program, running; whatever it leaves is ended with the test."""
        program = Path(sys.executable).with_name("afterburner")
        chosen = ["--interpreter", interpreter] if interpreter else []
        process = subprocess.Popen(
            [program, command, *arguments, *chosen], cwd=self.project, env=self.environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        self._started.append(process)
        return process

    def run(self, command: str, *arguments: str, interpreter: str | None = sys.executable) -> tuple[int, str, str]:
        """Exit status, stdout and stderr of a command line."""
        process = self.start(command, *arguments, interpreter=interpreter)
        out, err = process.communicate(timeout=100)
        return process.returncode, out, err

    def files(self) -> dict[str, bytes]:
        """Every file of the project."""
        found = (path for path in self.project.rglob("*") if path.is_file())
        return {str(path.relative_to(self.project)): path.read_bytes() for path in found}

    def left(self, patience: float = 5.0) -> list[str]:
        """Command lines of the processes started from here that live on, after some patience."""
        deadline = time.monotonic() + patience
        while (found := self._alive()) and time.monotonic() < deadline:
            time.sleep(0.02)
        return list(found.values())

    def close(self) -> None:
        """End what was started here."""
        for process in self._started:
            process.kill()
            process.communicate()
        for pid in self._alive():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _alive(self) -> dict[int, str]:
        """Process id and command line of all that have our temporary folder in their environment or command line."""
        return alive(self.temporary)


@pytest.fixture
def terminal(tmp_path: Path, workspace: Path, request: pytest.FixtureRequest) -> Iterator[Terminal]:
    """A terminal in the workspace; parametrised indirectly by the tier."""
    opened = Terminal(tmp_path, workspace, getattr(request, "param", "jail"))
    few = '[tool.afterburner.profiles.quick]\nextends = "fast"\nsummary = "For tests."\n'
    opened.write("pyproject.toml", f"{few}launches-max = 4\ngenerated-cases = 40\nmax-cases = 80\n")
    yield opened
    opened.close()
