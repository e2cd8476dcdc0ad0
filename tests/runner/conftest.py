"""Opens runners on pieces of source, for each kind of lane."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from afterburner.core.source import Source
from afterburner.core.target import find
from afterburner.runner import interpreter, project
from afterburner.runner.lanes import ForkLanes, Lanes, SpawnLanes
from afterburner.runner.process import Confinement
from afterburner.runner.sandbox.select import select
from afterburner.runner.sandbox.watchdog import Caps
from afterburner.runner.target_runner import TargetRunner
from afterburner_worker.run_messages import Module

Opener = Callable[..., TargetRunner]


@pytest.fixture(params=[ForkLanes, SpawnLanes], ids=["fork", "spawn"])
def lanes_kind(request: pytest.FixtureRequest) -> type[Lanes]:
    return request.param


@pytest.fixture
def opened(tmp_path: Path, lanes_kind: type[Lanes]) -> Iterator[Opener]:
    """`opened(text, qualname)` gives a runner on a module with this text; all of them end with the test."""
    lanes: list[Lanes] = []

    def opener(text: str, qualname: str, python: str = sys.executable, tier: str = "jail") -> TargetRunner:
        folder = tmp_path / f"project{len(lanes)}"
        scratch = tmp_path / f"scratch{len(lanes)}"
        folder.mkdir()
        scratch.mkdir()
        file = folder / "subject.py"
        file.write_text(text, encoding="utf-8")
        (folder / "pyproject.toml").touch()
        place = project.locate(file)
        found = interpreter.find(folder, python)
        caps = Caps(resident=700 << 20)
        confinement = Confinement(found, select(tier, found.path), (str(folder),), str(scratch), caps)
        module = Module(place.module, str(file), text, place.path)
        lanes.append(lanes_kind(confinement, module))  # type: ignore[call-arg]
        return TargetRunner(
            find(Source(str(file), text), place.module, qualname), module, lanes[-1], confinement.tier.name
        )

    yield opener
    for lane in lanes:
        lane.kill()
