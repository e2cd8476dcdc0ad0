"""Runs the worker's capture on a small made project and gives back what it wrote."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

WORKER = Path(__file__).resolve().parents[3] / "server/afterburner_worker"


@dataclass
class Captured:
    """The lines of one capture, by kind, and what the run printed."""

    recorded: dict[int, dict[str, Any]] = field(default_factory=dict)
    """What each slot holds in the end."""
    unrecorded: list[tuple[str, str]] = field(default_factory=list)
    tests: dict[str, dict[str, Any]] = field(default_factory=dict)
    ended: dict[str, Any] = field(default_factory=dict)
    output: str = ""

    @property
    def outcomes(self) -> dict[str, str]:
        return {name.rpartition("::")[2]: test["outcome"] for name, test in self.tests.items()}

    @property
    def calls(self) -> list[tuple[Any, Any]]:
        """Arguments and keyword arguments of the calls that are kept, as far as they are plain values and lists."""
        return [_roots(body["graph"]) for _, body in sorted(self.recorded.items())]


class Project:
    """A made project in a folder of its own."""

    def __init__(self, root: Path, bytecode: Path) -> None:
        self.root = root
        self.bytecode = bytecode
        self.scratch = root.parent / "scratch"
        self.python = sys.executable
        root.mkdir()
        self.scratch.mkdir()

    def write(self, files: dict[str, str]) -> None:
        """Files by their paths below the root."""
        for name, text in files.items():
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_text(text)

    def capture(
        self, qualname: str, runner: str, *arguments: str, file: str = "subject.py", name: str = "subject",
        text: str | None = None, environment: dict[str, str] | None = None, **settings: Any,
    ) -> Captured:  # fmt: skip
        """Capture in a process of its own, as the server does."""
        path = self.root / file
        out = self.scratch / "out.jsonl"
        out.unlink(missing_ok=True)
        spec = {
            "module": {"name": name, "file": str(path), "text": text or path.read_text(), "path": []},
            "qualname": qualname, "runner": runner, "arguments": list(arguments), "root": str(self.root),
            "out": str(out), "scratch": str(self.scratch), "seconds": 60.0, "share": 5.0, **settings,
        }  # fmt: skip
        (self.scratch / "spec.json").write_text(json.dumps(spec))
        command = [self.python, "-B", WORKER, "capture", self.scratch / "spec.json", self.bytecode]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=self.scratch, timeout=100,
            env={**_environment(), **(environment or {})},
        )  # fmt: skip
        return _read(out, done.stdout + done.stderr)


@pytest.fixture(scope="session")
def bytecode(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the worker's own modules are kept compiled."""
    return tmp_path_factory.mktemp("bytecode")


@pytest.fixture
def project(tmp_path: Path, bytecode: Path) -> Project:
    return Project(tmp_path / "project", bytecode)


@pytest.fixture
def state() -> Callable[..., dict[str, tuple[int, int, str]]]:
    """Gives every file and folder below some folders, with size, time of change and content."""

    def of(*folders: Path) -> dict[str, tuple[int, int, str]]:
        return {str(path): _state(path) for folder in folders for path in sorted(_all(folder))}

    return of


def _all(folder: Path) -> Iterator[Path]:
    yield folder
    yield from folder.rglob("*")


def _state(path: Path) -> tuple[int, int, str]:
    about = path.lstat()
    content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
    return about.st_size, about.st_mtime_ns, content


def _environment() -> dict[str, str]:
    """Ours, without what the pytest that runs this passes on; plugins that happen to be installed only cost time."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "PYTHON", "COV"))}
    return {**kept, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


def _read(out: Path, output: str) -> Captured:
    captured = Captured(output=output)
    for line in out.read_text().splitlines() if out.exists() else ():
        kind, body = json.loads(line)["kind"], json.loads(line)["body"]
        if kind == "Recorded":
            captured.recorded[body["slot"]] = body
        elif kind == "Unrecorded":
            captured.unrecorded.append((body["test"].rpartition("::")[2], body["reason"]))
        elif kind == "TestEnded":
            captured.tests[body["name"]] = body
        else:
            captured.ended = body
    return captured


def _roots(graph: dict[str, Any]) -> tuple[Any, Any]:
    def plain(value: Any) -> Any:
        if not isinstance(value, list):
            return value
        node = graph["nodes"][value[0]]
        if node[0] in ("list", "tuple"):
            return [plain(one) for one in node[1]]
        if node[0] == "dict":
            return {key: plain(one) for key, one in node[1]}
        return node[:2]

    return plain(graph["roots"]["args"]), plain(graph["roots"]["kwargs"])
