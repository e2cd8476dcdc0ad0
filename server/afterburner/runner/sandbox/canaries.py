"""Does a tier hold on this machine? A confined process tries to escape, over the same path as every worker."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from afterburner.runner.sandbox.paths import WORKER, interpreter_paths, system_paths
from afterburner.runner.sandbox.plan import SandboxPlan, Tier, scrubbed_environment

ATTACKS = (
    "read a secret",
    "list the home directory",
    "write beside the project",
    "connect to a local port",
    "fork",
    "start a program",
    "signal the parent",
)
_TIMEOUT_S = 30


@dataclass(frozen=True, slots=True)
class Canary:
    """One attack; `detail` is what the system answered it."""

    name: str
    held: bool
    detail: str


@dataclass(frozen=True, slots=True)
class CanaryReport:
    """What became of every attack; `problem` says why none could be made."""

    tier: str
    results: tuple[Canary, ...] = ()
    problem: str = ""

    @property
    def holds(self) -> bool:
        return {canary.name for canary in self.results if canary.held} == set(ATTACKS)

    def __str__(self) -> str:
        """A sentence, without the full stop."""
        escaped = [f"{canary.name} ({canary.detail})" for canary in self.results if not canary.held]
        if self.problem:
            return f"{self.tier} cannot be used: {self.problem}"
        if escaped:
            return f"{self.tier} does not hold: a canary could {', '.join(escaped)}"
        return f"{self.tier} holds against {len(self.results)} canary attacks"


@cache
def probe(tier: Tier, interpreter: str) -> CanaryReport:
    """Attack from inside `tier`, under the user's `interpreter`; asked once per process. Raises EnvironmentProblem."""
    with _victims() as (outside, port):
        scratch = outside / "scratch"
        scratch.mkdir()
        plan = SandboxPlan(
            read=(*system_paths(), *interpreter_paths(interpreter), WORKER),
            scratch=str(scratch),
            env=scrubbed_environment(str(scratch)),
        )
        attack = {
            "read": plan.read,
            "write": [plan.scratch],
            "secret": str(outside / "secret"),
            "neighbour": str(outside / "neighbour"),
            "home": str(Path.home()),
            "port": port,
            "pid": os.getpid(),
        }
        command = tier.wrap([interpreter, "-B", WORKER, "canary", json.dumps(attack)], plan)
        return _judge(tier.name, *_run(command, plan))


@contextmanager
def _victims() -> Iterator[tuple[Path, int]]:
    """A directory with a secret, and a port that somebody listens on."""
    with tempfile.TemporaryDirectory(prefix="afterburner-canary-") as folder, socket.socket() as listener:
        Path(folder, "secret").write_text("secret", encoding="utf-8")
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield Path(folder).resolve(), listener.getsockname()[1]


def _run(command: list[str], plan: SandboxPlan) -> tuple[bytes, str]:
    """What the canary said on stdout, and the last line on stderr."""
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=plan.scratch,
            env=dict(plan.env),
            start_new_session=True,
        )
    except OSError as error:
        return b"", str(error)
    with process:
        try:
            out, err = process.communicate(timeout=_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            return b"", f"no answer within {_TIMEOUT_S} s"
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    lines = err.decode(errors="replace").strip().splitlines()
    return out, lines[-1][:300] if lines else ""


def _judge(tier: str, out: bytes, err: str) -> CanaryReport:
    """The report that the canary's answer amounts to; anything but the expected answer is a problem."""
    try:
        answer: Any = json.loads(out)
        if "problem" in answer:
            return CanaryReport(tier, problem=str(answer["problem"]))
        results = [
            Canary(name, answer["attacks"][name]["escaped"] is False, str(answer["attacks"][name]["detail"]))
            for name in ATTACKS
        ]
    except (ValueError, KeyError, TypeError):
        return CanaryReport(tier, problem=err or "the canary gave no answer")
    return CanaryReport(tier, tuple(results))
