"""Shared by the benchmarks: opening a runner on a piece of source, and writing tables."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from afterburner.core.source import Source
from afterburner.core.target import find
from afterburner.runner import interpreter, project
from afterburner.runner.lanes import ForkLanes
from afterburner.runner.process import Confinement
from afterburner.runner.sandbox.select import select
from afterburner.runner.target_runner import TargetRunner
from afterburner_worker.run_messages import Module


@contextlib.contextmanager
def runner_on(text: str, qualname: str, python: str | None = None) -> Iterator[TargetRunner]:
    """A runner whose module has this text; gone with its folder at the end."""
    folder = Path(tempfile.mkdtemp(prefix="afterburner-bench-"))
    lanes = None
    try:
        file = folder / "subject.py"
        file.write_text(text, encoding="utf-8")
        place = project.locate(file)
        found = interpreter.find(folder, python or sys.executable)
        scratch = folder / "scratch"
        scratch.mkdir()
        module = Module(place.module, str(file), text, [str(folder)])
        # The folder is in /tmp, which is never granted as a whole.
        confinement = Confinement(found, select("jail", found.path), (str(folder),), str(scratch))
        lanes = ForkLanes(confinement, module)
        yield TargetRunner(find(Source(str(file), text), place.module, qualname), module, lanes, confinement.tier.name)
    finally:
        if lanes is not None:
            lanes.kill()
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def load(cores: int) -> Iterator[None]:
    """Keep some cores busy for the duration of the block."""
    busy = [multiprocessing.Process(target=_spin, daemon=True) for _ in range(cores)]
    for process in busy:
        process.start()
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.join()


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join([*lines, *("| " + " | ".join(map(str, row)) + " |" for row in rows)])


def below_mark(path: Path, script: str, text: str) -> None:
    """Write the text into a file; where the file says that the script wrote its end, only that end is replaced."""
    mark = f"<!-- what follows is written by {script} -->\n\n"
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    words = before.partition(mark)[0] + mark if mark in before else ""
    path.write_text(words + text, encoding="utf-8")


def machine() -> str:
    """This machine in a line: cores, system, Python."""
    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, CPython {platform.python_version()}"


def _spin() -> None:
    while True:
        sum(range(10_000))
