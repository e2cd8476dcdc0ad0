"""A project and a home of its own, in which real servers are started, and what they leave behind."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from pathlib import Path

from _editor import ORDERS, Editor
from _processes import alive


class House:
    """A folder with a project, a home and a folder for temporary files, in which servers are started."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.project, self.home = folder, folder / "project", folder / "home"
        self.temporary, self.log = folder / "tmp", folder / "server.log"
        for made in (self.project, self.home, self.temporary, folder / "bin"):
            made.mkdir()
        (self.project / "pyproject.toml").write_text(
            '[tool.afterburner.profiles.quick]\nextends = "fast"\nsummary = "For tests."\n'
            "launches-max = 4\ngenerated-cases = 20\nmax-cases = 40\n",
            encoding="utf-8",
        )
        self.environment = {
            "PATH": str(folder / "bin"), "HOME": str(self.home), "TMPDIR": str(self.temporary), "LANG": "C.UTF-8",
            "VIRTUAL_ENV": sys.prefix,
        }  # fmt: skip
        self.processes: list[asyncio.subprocess.Process] = []

    async def process(self, *arguments: str) -> asyncio.subprocess.Process:
        """The server's process, with its three streams."""
        program = Path(sys.executable).with_name("afterburner")
        pipe = asyncio.subprocess.PIPE
        with self.log.open("ab") as log:
            started = await asyncio.create_subprocess_exec(
                program, "server", *arguments, cwd=self.folder, env=self.environment, stdin=pipe, stdout=pipe,
                stderr=pipe if arguments else log,
            )  # fmt: skip
        self.processes.append(started)
        return started

    async def editor(self) -> Editor:
        """A client of a new server, before `initialize`."""
        process = await self.process()
        assert process.stdin and process.stdout
        return Editor(process.stdout, process.stdin, process.pid)

    def file(self, name: str = "orders.py", text: str = ORDERS) -> Path:
        """A file of the project."""
        path = self.project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    async def left(self, patience: float = 10.0) -> list[str]:
        """Command lines of the processes from here that live on, after some patience."""
        deadline = time.monotonic() + patience
        while (found := self.alive()) and time.monotonic() < deadline:
            await asyncio.sleep(0.02)
        return list(found.values())

    async def gone(self, pid: int, patience: float = 10.0) -> None:
        """Returns once a process has ended; fails when it does not."""
        deadline = time.monotonic() + patience
        while pid in self.alive():
            assert time.monotonic() < deadline, self.alive()
            await asyncio.sleep(0.02)

    def alive(self) -> dict[int, str]:
        """Process id and command line of all that have our temporary folder in their environment or command line."""
        return alive(self.temporary)

    def working(self) -> dict[int, str]:
        """The same without the process that only reads, which lives as long as the server."""
        return {pid: line for pid, line in self.alive().items() if "afterburner.reading" not in line}

    async def close(self) -> None:
        for process in self.processes:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
                await asyncio.wait_for(process.wait(), 10)
        for pid in self.alive():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
