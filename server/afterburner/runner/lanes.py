"""Where children come from: forked off a warm zygote, or spawned as fresh interpreters."""

from __future__ import annotations

import socket
import threading
from typing import Protocol

from afterburner.runner.lane import Lane
from afterburner.runner.process import Confinement, WorkerProcess, beginning, start
from afterburner_worker.run_messages import Module

_GREETING_S = 20.0


class Lanes(Protocol):
    """Opens jailed children; one family with two members and one conformance suite."""

    name: str

    def open(self, *, whole: bool, hash_seed: int) -> Lane:
        """A fresh child; `whole` when the module must not have been imported before."""
        ...

    def why_closed(self) -> str:
        """The watchdog's reason, when it ended something since the last call."""
        ...

    def kill(self) -> None: ...


class ForkLanes:
    """One zygote per (module imported or not, hash seed), each child a fork of it."""

    name = "fork"

    def __init__(self, confinement: Confinement, module: Module) -> None:
        self._confinement = confinement
        self._module = module
        self._zygotes: dict[tuple[bool, int], WorkerProcess] = {}
        self._lock = threading.Lock()
        self._closed = False

    def open(self, *, whole: bool, hash_seed: int) -> Lane:
        ours, theirs = socket.socketpair()
        lane = Lane(ours)
        with self._lock, theirs:
            request = self._zygote(whole, hash_seed).lane.pass_descriptor(theirs.fileno())
        lane.greeted(request, _GREETING_S)
        return lane

    @property
    def hazard(self) -> str:
        """Why forking the zygote would be unsafe, or ''."""
        with self._lock:
            zygote = self._zygote(False, 0)
        if zygote.hazards:
            return f"{', '.join(zygote.hazards)} cannot be forked"
        threads = zygote.threads
        return f"{threads} threads run after the import" if threads > 1 else ""

    def why_closed(self) -> str:
        """Reap zygotes that the watchdog ended, so that the next child gets a new one."""
        with self._lock:
            ended = {key: zygote for key, zygote in self._zygotes.items() if zygote.verdict}
            reasons = [zygote.verdict for zygote in ended.values()]
            for key, zygote in ended.items():
                zygote.kill()
                del self._zygotes[key]
        return reasons[0] if reasons else ""

    def kill(self) -> None:
        with self._lock:
            self._closed = True
            for zygote in self._zygotes.values():
                zygote.kill()
            self._zygotes.clear()

    def _zygote(self, whole: bool, hash_seed: int) -> WorkerProcess:
        if self._closed:
            raise InterruptedError("the runner was closed")
        key = (whole, hash_seed)
        if key not in self._zygotes:
            module = None if whole else self._module
            begin = beginning(self._confinement, module, may_fork=True)
            self._zygotes[key] = start("zygote", self._confinement, hash_seed, begin)
        return self._zygotes[key]


class SpawnLanes:
    """A fresh interpreter for each child: slower, for modules that must not be forked."""

    name = "spawn"

    def __init__(self, confinement: Confinement, module: Module) -> None:
        self._confinement = confinement
        self._module = module
        self._workers: list[WorkerProcess] = []
        self._lock = threading.Lock()
        self._closed = False

    def open(self, *, whole: bool, hash_seed: int) -> Lane:
        self._reap()
        module = None if whole else self._module
        worker = start("child", self._confinement, hash_seed, beginning(self._confinement, module, may_fork=False))
        with self._lock:
            self._workers.append(worker)
            if self._closed:
                raise InterruptedError("the runner was closed")
        return worker.lane

    def why_closed(self) -> str:
        with self._lock:
            return next((worker.verdict for worker in self._workers if worker.verdict), "")

    def kill(self) -> None:
        with self._lock:
            self._closed = True
            for worker in self._workers:
                worker.kill()
            self._workers.clear()

    def _reap(self) -> None:
        """Forget the workers whose lane was closed."""
        with self._lock:
            ended = [worker for worker in self._workers if worker.lane.closed]
            self._workers = [worker for worker in self._workers if not worker.lane.closed]
        for worker in ended:
            worker.kill()
