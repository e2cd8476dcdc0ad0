"""Ends confined processes that outgrow their share: memory, processes, threads, files."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

_INTERVAL_S = 0.05
_SCRATCH_EVERY = 4  # polls
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


@dataclass(frozen=True, slots=True)
class Caps:
    """Bytes resident in any one process; processes and threads in all; bytes and files in the scratch folder."""

    resident: int = 4 << 30
    processes: int = 32
    threads: int = 256
    scratch: int = 64 << 20
    files: int = 4096


class Watchdog:
    """A thread that polls a process and its descendants, and kills what exceeds a cap."""

    def __init__(self, pid: int, caps: Caps, scratch: str | None = None) -> None:
        self._caps, self._scratch = caps, scratch
        self._first = pid
        self._ours, self._foreign = {pid}, set[int]()
        self._verdicts: dict[int, str] = {}
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="afterburner-watchdog", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Stop polling; verdicts stay."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    @property
    def verdict(self) -> str:
        """Why something was killed first ("killed: 3.2 GiB of memory > 2.0 GiB"), or ''."""
        return next(iter(self._verdicts.values()), "")

    def verdict_on(self, pid: int) -> str:
        """Why this process was killed, alone or with its tree, or ''."""
        return self._verdicts.get(pid, "")

    def _watch(self) -> None:
        polls = 0
        while not self._stopped.wait(_INTERVAL_S):
            polls += 1
            self._poll(look_at_files=polls % _SCRATCH_EVERY == 0)

    def _poll(self, *, look_at_files: bool) -> None:
        self._update()
        for pid in sorted(self._ours):
            resident = _resident(pid)
            if resident > self._caps.resident:
                self._kill([pid], f"{_size(resident)} of memory > {_size(self._caps.resident)}")
        for reason in self._excesses(look_at_files=look_at_files):
            self._kill(sorted(self._ours), reason)
            with suppress(ProcessLookupError):  # those that were forked since they were counted
                os.killpg(self._first, signal.SIGKILL)

    def _update(self) -> None:
        """Find the descendants: a process is looked at once, when it is new, and stays ours if it is orphaned.

        One that was orphaned before it was looked at is known by its group, which the jail does not let it leave.
        """
        alive = {int(name) for name in _listed("/proc") if name.isdigit()}
        self._ours &= alive
        self._foreign &= alive
        unknown = {pid: _parent_and_group(pid) for pid in alive - self._ours - self._foreign}
        while found := {pid for pid, kin in unknown.items() if kin & self._ours} - self._ours:
            self._ours |= found
        self._foreign |= unknown.keys() - self._ours

    def _excesses(self, *, look_at_files: bool) -> Iterator[str]:
        """What the processes together have too much of."""
        threads = sum(len(_listed(f"/proc/{pid}/task")) for pid in self._ours)
        if len(self._ours) > self._caps.processes:
            yield f"{len(self._ours)} processes > {self._caps.processes}"
        if threads > self._caps.threads:
            yield f"{threads} threads > {self._caps.threads}"
        if look_at_files and self._scratch is not None:
            size, files = _usage(self._scratch)
            if size > self._caps.scratch:
                yield f"{_size(size)} of files > {_size(self._caps.scratch)}"
            if files > self._caps.files:
                yield f"{files} files > {self._caps.files}"

    def _kill(self, pids: list[int], reason: str) -> None:
        for pid in pids:
            self._verdicts.setdefault(pid, f"killed: {reason}")
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _parent_and_group(pid: int) -> set[int]:
    fields = _read(f"/proc/{pid}/stat").rpartition(")")[2].split()
    return {int(fields[1]), int(fields[2])} if fields else set()


def _resident(pid: int) -> int:
    fields = _read(f"/proc/{pid}/statm").split()
    return int(fields[1]) * _PAGE if fields else 0


def _usage(folder: str) -> tuple[int, int]:
    """Bytes on disk and number of entries below `folder`."""
    size = files = 0
    for parent, folders, names in os.walk(folder):
        files += len(folders) + len(names)
        for name in names:
            with suppress(OSError):
                size += os.lstat(os.path.join(parent, name)).st_blocks * 512
    return size, files


def _read(path: str) -> str:
    try:
        with open(path, encoding="ascii", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def _listed(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _size(count: int) -> str:
    return f"{count / 2**30:.1f} GiB" if count >= 1 << 30 else f"{count / 2**20:.0f} MiB"
