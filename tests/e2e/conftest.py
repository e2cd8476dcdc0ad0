"""Runs the whole of Afterburner on small projects, in process, in the tier that needs no packages."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

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

    def judge(original: str, candidate: str, where: str, *calls: str) -> Outcome:
        (workspace / "subject.py").write_text(original, encoding="utf-8")
        other = workspace.parent / "candidate.py"
        other.write_text(candidate, encoding="utf-8")
        request = app.Request(workspace / "subject.py", where, "quick", calls, interpreter=sys.executable)
        return asyncio.run(app.compare(request, other, None, silent))

    return judge
