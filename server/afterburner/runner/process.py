"""Starts one worker process in the sandbox and greets it."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import IO

from afterburner.core.errors import EnvironmentProblem
from afterburner.runner.interpreter import Interpreter
from afterburner.runner.lane import Lane, LaneClosed, LaneTimeout, WorkerRefusal
from afterburner.runner.sandbox.paths import WORKER, interpreter_paths, system_paths
from afterburner.runner.sandbox.plan import SandboxPlan, Tier, scrubbed_environment
from afterburner.runner.sandbox.watchdog import Caps, Watchdog
from afterburner_worker import messages
from afterburner_worker.run_messages import Module

_START_S = 60.0
_IMPORT_CLEANLY = "The module must import cleanly on its own before a function in it can be run."
# A worker dies with the thread that started it (PDEATHSIG), so that thread must outlive every event loop.
STARTER = ThreadPoolExecutor(1, "afterburner-starter")


@dataclass(frozen=True, slots=True)
class Confinement:
    """What a worker runs in: interpreter, tier, what it may read, and its private scratch folder."""

    interpreter: Interpreter
    tier: Tier
    readable: tuple[str, ...]
    scratch: str
    caps: Caps = field(default_factory=Caps)
    own_process: bool = False
    """The worker may read what the kernel tells of itself (`/proc/self`), which memray needs; a fork never may."""

    def plan(self, hash_seed: int) -> SandboxPlan:
        """The sandbox around one worker."""
        read = (*system_paths(), *interpreter_paths(self.interpreter.path), *self.readable, WORKER)
        return SandboxPlan(read, self.scratch, scrubbed_environment(self.scratch, hash_seed=hash_seed))


class WorkerProcess:
    """A process that we started, with its lane; ends with everything it forked when killed."""

    def __init__(self, process: subprocess.Popen[bytes], lane: Lane, output: IO[bytes], watchdog: Watchdog) -> None:
        self.lane = lane
        self.hazards: tuple[str, ...] = ()
        """Imported modules that are known not to survive a fork, as the worker says."""
        self._process = process
        self._output = output
        self._watchdog = watchdog
        watchdog.start()

    @property
    def verdict(self) -> str:
        """Why the watchdog ended it, or ''."""
        return self._watchdog.verdict or ""

    @property
    def threads(self) -> int:
        """Threads alive in the worker, seen from outside."""
        try:
            return len(os.listdir(f"/proc/{self.lane.pid}/task"))
        except OSError:
            return 1

    def printed(self) -> str:
        """The end of what the process wrote to its own stdout and stderr."""
        self._output.seek(0)
        return self._output.read()[-2000:].decode(errors="replace").strip()

    def ended(self) -> str:
        """How it ended by itself; waits a moment, since its lane closes before it is gone."""
        try:
            status = self._process.wait(0.5)
        except subprocess.TimeoutExpired:
            return "it hung up"
        return f"exit status {status}" if status >= 0 else f"signal {signal.Signals(-status).name}"

    def kill(self) -> None:
        """End the process and its whole group, and wait for it."""
        self._watchdog.stop()
        self.lane.close()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._output.close()


def start(role: str, confinement: Confinement, hash_seed: int, begin: messages.Start) -> WorkerProcess:
    """Launch a worker as `zygote` or `child`; `EnvironmentProblem` when it does not get as far as its greeting."""
    ours, theirs = socket.socketpair()
    output = tempfile.TemporaryFile()  # noqa: SIM115  (closed by WorkerProcess.kill)
    plan = confinement.plan(hash_seed)
    argv = [confinement.interpreter.path, "-B", WORKER, role, str(theirs.fileno())]
    try:
        process = STARTER.submit(
            subprocess.Popen, confinement.tier.wrap(argv, plan), stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            env=dict(plan.env), cwd=plan.scratch, pass_fds=(theirs.fileno(),), start_new_session=True,
        ).result()  # fmt: skip
    except OSError as error:
        ours.close()
        output.close()
        raise EnvironmentProblem(f"The worker could not be started: {error}.") from None
    finally:
        theirs.close()
    watchdog = Watchdog(process.pid, confinement.caps, confinement.scratch)
    worker = WorkerProcess(process, Lane(ours), output, watchdog)
    return _greeted(worker, begin, confinement)


def beginning(confinement: Confinement, module: Module | None, *, may_fork: bool) -> messages.Start:
    """The first message for a worker: the jail's grants and limits, and what to import."""
    plan = confinement.plan(0)
    own = ["/proc/self"] if confinement.own_process else []
    grants = {"read": [*plan.read, *own], "write": [plan.scratch]}
    return messages.Start(grants, {}, may_fork, module)


def _greeted(worker: WorkerProcess, begin: messages.Start, confinement: Confinement) -> WorkerProcess:
    try:
        worker.hazards = tuple(worker.lane.ask(begin, messages.Hello, _START_S).loaded)
    except BaseException as error:
        ended = worker.ended() if isinstance(error, LaneClosed) else ""
        printed, verdict = worker.printed(), worker.verdict
        worker.kill()
        raise _start_problem(error, printed, verdict or ended, begin, confinement) from error
    return worker


def _start_problem(
    error: BaseException, printed: str, ended: str, begin: messages.Start, confinement: Confinement
) -> BaseException:
    if isinstance(error, WorkerRefusal):
        return _refused(error.refusal, begin, confinement)
    if isinstance(error, LaneTimeout):
        return EnvironmentProblem(
            f"The module's import did not end within {_START_S:.0f} s.", "Import less at module level."
        )
    if isinstance(error, LaneClosed):
        last = f"; the last it printed was {printed.splitlines()[-1]!r}" if printed else ""
        when = f"while importing {begin.module.name}" if begin.module else "before it could answer"
        return EnvironmentProblem(f"The worker ended {when}: {ended}{last}.", _IMPORT_CLEANLY)
    return error


def _refused(refusal: messages.Refusal, begin: messages.Start, confinement: Confinement) -> EnvironmentProblem:
    interpreter = confinement.interpreter
    if refusal.kind == "jail":
        return EnvironmentProblem(f"The sandbox could not be entered: {refusal.message}.", "See `afterburner doctor`.")
    if "ModuleNotFoundError" in refusal.message:
        hint = (
            f"It ran in {interpreter.path} ({interpreter.found}); install the package there or give --interpreter PATH."
        )
    elif _is_denial(refusal.message):
        hint = (
            "The sandbox refuses network, subprocesses, writing, and reading outside the project at import time; "
            "see docs/security.md."
        )
    else:
        hint = _IMPORT_CLEANLY
    return EnvironmentProblem(f"In the sandbox, {refusal.message}{_place(refusal.detail, begin.module)}.", hint)


def _is_denial(message: str) -> bool:
    """Whether the sandbox is behind an error: it refuses, or it hides a file that exists."""
    hidden = re.search(r"FileNotFoundError: .*'(/[^']*)'", message)
    signs = ("PermissionError", "Operation not permitted", "Read-only file system")
    return any(sign in message for sign in signs) or (hidden is not None and os.path.exists(hidden[1]))


def _place(trace: str, module: Module | None) -> str:
    """The line of the module's own code that an import got to, in brackets."""
    found = re.findall(rf'File "{re.escape(module.file)}", line (\d+), in <module>', trace) if module else []
    return f" (line {found[-1]} of {os.path.basename(module.file)})" if module and found else ""
