"""The stage on which attacks are tried: victims, a confined attacker, and a look at what is left behind."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from afterburner.runner.sandbox.paths import WORKER, interpreter_paths, system_paths
from afterburner.runner.sandbox.plan import SandboxPlan, Tier, scrubbed_environment
from afterburner.runner.sandbox.watchdog import Caps, Watchdog

DATA = Path(__file__).parent / "data"
NOBODY = 65534
LIMITS = {"address_space": 768 << 20, "cpu_s": 2, "file_size": 8 << 20}
CAPS = Caps(resident=192 << 20, processes=12, threads=48, scratch=24 << 20)
LINGER_S = 30
TIMEOUT_S = 60


@dataclass(frozen=True)
class Outcome:
    """What the attacker said, strike by strike, and what the watchdog said of it."""

    escaped: list[str]
    held: list[str]
    verdict: str


@cache
def public_interpreter() -> str:
    """An interpreter that every user of this machine can run, or ''."""
    for candidate in (os.path.realpath(sys.executable), shutil.which("python3", path="/usr/bin:/bin") or ""):
        folders = Path(candidate).parents if candidate else ()
        if candidate and all(folder.stat().st_mode & 0o001 for folder in folders):
            return candidate
    return ""


def users() -> list[str]:
    """Who attacks: whoever runs the tests; as root, an unprivileged user too."""
    return ["self", "nobody"] if os.geteuid() == 0 and public_interpreter() else ["self"]


class Stage:
    """A folder with a project, a secret and a scratch folder; victims that listen and live."""

    def __init__(self, folder: Path, user: str, keep: ExitStack) -> None:
        self.folder, self.user = folder, user
        self.interpreter = sys.executable if user == "self" else public_interpreter()
        self.who: dict[str, Any] = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if user == "nobody" else {}
        for name in ("project", "outside", "scratch"):
            (folder / name).mkdir()
        (folder / "project/module.py").write_text("x = 1\n")
        (folder / "outside/secret").write_text("secret")
        shutil.copytree(WORKER, folder / "code/afterburner_worker", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(DATA, folder / "code/data", ignore=shutil.ignore_patterns("__pycache__"))
        self.victims = {**self._sockets(keep), **self._paths(), **self._numbers()}
        self._own()
        self.victims["pid"] = keep.enter_context(self._neighbour()).pid

    def attack(self, name: str, tier: Tier | None) -> Outcome:
        """Run one attack in `tier`, or bare when there is none, and end whatever is left of it."""
        confined = tier is not None
        plan = SandboxPlan(
            read=(*system_paths(), *interpreter_paths(self.interpreter), *map(str, self._shown())),
            scratch=str(self.folder / "scratch"),
            env=scrubbed_environment(str(self.folder / "scratch")),
            scratch_bytes=CAPS.scratch,
        )
        job = {
            "worker": str(self.folder / "code"),
            "attack": str(self.folder / f"code/data/attacks/{name}.py"),
            "confined": confined,
            "read": plan.read,
            "write": [plan.scratch],
            "limits": LIMITS,
            "victims": {**self.victims, "linger": LINGER_S if confined else 0},
        }
        command = [self.interpreter, "-B", str(self.folder / "code/data/driver.py"), json.dumps(job)]
        return self._run(tier.wrap(command, plan) if tier else command, plan, watched=confined)

    def leftovers(self) -> list[str]:
        """Command lines of attackers that are still alive, after a moment's patience."""
        deadline = time.monotonic() + 5
        while (alive := self._alive()) and time.monotonic() < deadline:
            time.sleep(0.05)
        return alive

    def _run(self, command: list[str], plan: SandboxPlan, *, watched: bool) -> Outcome:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=plan.scratch,
            env=dict(plan.env),
            start_new_session=True,
            **self.who,
        )
        watchdog = Watchdog(process.pid, CAPS, plan.scratch)
        if watched:
            watchdog.start()
        try:
            said = process.communicate(timeout=TIMEOUT_S)[0].decode()
        finally:
            watchdog.stop()
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        lines = said.splitlines()
        assert "STARTED" in lines, said
        assert "Traceback" not in said, said
        return Outcome(
            [line for line in lines if line.startswith("ESCAPED")],
            [line for line in lines if line.startswith("HELD")],
            watchdog.verdict,
        )

    def _alive(self) -> list[str]:
        found = []
        for entry in Path("/proc").iterdir():
            with suppress(OSError):
                line = (entry / "cmdline").read_bytes() if entry.name.isdigit() else b""
                if b"driver.py" in line and str(self.folder).encode() in line:
                    found.append(line.decode())
        return found

    def _shown(self) -> tuple[Path, ...]:
        return (self.folder / "project", self.folder / "code")

    def _paths(self) -> dict[str, str]:
        at = {"secret": "outside/secret", "outside": "outside", "source": "project/module.py", "scratch": "scratch"}
        return {name: str(self.folder / path) for name, path in at.items()}

    def _numbers(self) -> dict[str, int]:
        own = {name: getattr(CAPS, name) for name in ("resident", "processes", "threads")}
        return {**LIMITS, **own, "scratch_bytes": CAPS.scratch}

    def _sockets(self, keep: ExitStack) -> dict[str, Any]:
        tcp = keep.enter_context(socket.create_server(("127.0.0.1", 0)))
        udp = keep.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        udp.bind(("127.0.0.1", 0))
        unix = keep.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
        unix.bind(str(self.folder / "socket"))
        abstract = keep.enter_context(socket.socket(socket.AF_UNIX))
        abstract.bind("\0" + str(self.folder))
        abstract.listen()
        return {
            "tcp": tcp.getsockname()[1],
            "udp": udp.getsockname()[1],
            "unix": str(self.folder / "socket"),
            "abstract": str(self.folder),
        }

    def _neighbour(self) -> subprocess.Popen[bytes]:
        """A process of the attacker's user; ends with its stdin."""
        command = [self.interpreter, "-c", "import sys; sys.stdin.read()"]
        return subprocess.Popen(command, stdin=subprocess.PIPE, cwd=self.folder, **self.who)

    def _own(self) -> None:
        """Hand everything to the attacker: without the sandbox, all of it is in reach."""
        if self.user == "nobody":
            for path in (self.folder, *self.folder.rglob("*")):
                os.chown(path, NOBODY, NOBODY)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every attack by every user; what only root can do is tried by root."""
    if {"stage", "attack"} <= set(metafunc.fixturenames):
        names = sorted(path.stem for path in (DATA / "attacks").glob("*.py"))
        pairs = [(user, name) for name in names for user in users() if _possible(user, name)]
        metafunc.parametrize(("stage", "attack"), pairs, indirect=["stage"])


def _possible(user: str, attack: str) -> bool:
    return not attack.endswith("_root") or (user == "self" and os.geteuid() == 0)


@pytest.fixture
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """A fresh stage for the user who is to attack; whoever runs the tests unless told."""
    with tempfile.TemporaryDirectory(prefix="afterburner-stage-") as folder, ExitStack() as keep:
        Path(folder).chmod(0o755)
        yield Stage(Path(folder).resolve(), getattr(request, "param", "self"), keep)
