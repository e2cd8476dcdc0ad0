"""Runs the worker's capture on a small made project and gives back what it wrote."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

WORKER = Path(__file__).resolve().parents[2] / "server/afterburner_worker"


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


def capture(
    root: Path, file: str, qualname: str, runner: str, *arguments: str, python: str | Path = sys.executable,
    text: str | None = None, module: str = "", environment: dict[str, str] | None = None, **settings: Any,
) -> Captured:  # fmt: skip
    """Capture in a process of its own, as the server does."""
    path = root / file
    scratch = root.parent / f"{root.name}-scratch"
    scratch.mkdir(exist_ok=True)
    out = scratch / "out.jsonl"
    out.unlink(missing_ok=True)
    name = module or ".".join(Path(file.removeprefix("src/")).with_suffix("").parts)
    spec = {
        "module": {"name": name, "file": str(path), "text": path.read_text() if text is None else text, "path": []},
        "qualname": qualname, "runner": runner, "arguments": list(arguments), "root": str(root), "out": str(out),
        "scratch": str(scratch), "seconds": 60.0, **settings,
    }  # fmt: skip
    (scratch / "spec.json").write_text(json.dumps(spec))
    command = [str(python), "-B", str(WORKER), "capture", str(scratch / "spec.json")]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=scratch, timeout=100,
        env={**_environment(), **(environment or {})},
    )  # fmt: skip
    return _read(out, done.stdout + done.stderr)


def write(root: Path, files: dict[str, str]) -> Path:
    """A project of these files."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def state(*folders: Path) -> dict[str, tuple[int, int, str]]:
    """Every file and folder below with size, time of change and content."""
    return {str(path): _state(path) for folder in folders for path in sorted(_all(folder))}


def _all(folder: Path) -> Iterator[Path]:
    yield folder
    yield from folder.rglob("*")


def _state(path: Path) -> tuple[int, int, str]:
    about = path.lstat()
    content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
    return about.st_size, about.st_mtime_ns, content


def _environment() -> dict[str, str]:
    """Ours, without what the pytest that runs this would pass on to the pytest of the project."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "PYTHON", "COV"))}


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
