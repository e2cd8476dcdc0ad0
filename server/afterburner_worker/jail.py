"""The jail: how a process gives up, for good, whatever running a stranger's code does not need.

`enter` is called once, before anything of the user's is imported; a child that the zygote forks
calls `tighten` before it sees untrusted text. Neither can be undone.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
from dataclasses import dataclass, field
from importlib import import_module
from typing import Callable, TypeVar

Result = TypeVar("Result")

DEVICES = ("/dev/null",)
SOURCES = ("/dev/urandom",)
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_OWN_PROCESS = "/proc/self"

_zygote: int | None = None


@dataclass(frozen=True)
class Grants:
    """Absolute paths that stay reachable, each with all that lies below it. Links and special files cannot be made.

    "/proc/self" is honoured only without forking: in a child it would still name the zygote.
    """

    read: list[str] = field(default_factory=list)
    write: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Limits:
    """Ceilings for one process; bytes and seconds of CPU time. 0 leaves that one as it is."""

    address_space: int = 4 << 30
    cpu_s: int = 60
    file_size: int = 64 << 20
    open_files: int = 256
    stack: int = 0


@dataclass(frozen=True)
class Applied:
    """What holds from now on; `missing` are granted paths that do not exist or were not honoured."""

    landlock_abi: int
    seccomp: bool
    capabilities_dropped: bool
    missing: list[str]


class JailError(Exception):
    """The jail could not be closed; `step` is the mechanism, `errno` the system's reason."""

    def __init__(self, step: str, number: int, detail: str = "") -> None:
        super().__init__(f"{step}: {detail or os.strerror(number)}")
        self.step = step
        self.errno = number


def enter(grants: Grants, limits: Limits, *, may_fork: bool) -> Applied:
    """Close the jail around this process, which must have a single thread. Raises JailError.

    With `may_fork` it may fork (the zygote), lower limits and `tighten`; without, it may not.
    """
    global _zygote
    _step("platform", _check_platform)
    _step("ctypes", lambda: import_module("afterburner_worker.libc"))
    from afterburner_worker import landlock, libc, seccomp
    from afterburner_worker import limits as own

    machine = os.uname().machine
    dropped = _step("capabilities", own.drop_capabilities)
    _step("parent death signal", lambda: libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL))
    _step("resource limits", lambda: own.impose(limits))
    _step("no_new_privs", lambda: libc.prctl(_PR_SET_NO_NEW_PRIVS, 1))
    read = [path for path in grants.read if not (may_fork and path == _OWN_PROCESS)]
    abi, missing = _step("landlock", lambda: landlock.restrict([*read, *SOURCES], grants.write, DEVICES))
    _step("seccomp", lambda: seccomp.install(seccomp.ground(machine)))
    own_filter = seccomp.child(machine, os.getpid())
    if may_fork:
        _zygote = os.getpid()
    else:
        _step("seccomp", lambda: seccomp.install(own_filter))
    missing = [*missing, *(path for path in grants.read if path not in read)]
    return Applied(landlock_abi=abi, seccomp=True, capabilities_dropped=dropped, missing=missing)


def tighten(limits: Limits | None = None, write: list[str] | None = None) -> None:
    """In a child forked by the zygote: give up what only the zygote may do. Raises JailError.

    `limits` lowers further; `write` leaves only these of the paths that were granted for writing.
    """
    from afterburner_worker import landlock, libc, seccomp
    from afterburner_worker import limits as own

    _step("parent death signal", lambda: libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL))
    if _zygote is not None and os.getppid() != _zygote:
        raise JailError("parent death signal", errno.ESRCH, "the zygote is gone")
    if limits is not None:
        lower = limits
        _step("resource limits", lambda: own.impose(lower))
    if write is not None:
        kept = [*write, *DEVICES]
        _step("landlock", lambda: landlock.narrow_writing(kept))
    _step("seccomp", lambda: seccomp.install(seccomp.child(os.uname().machine, os.getpid())))


def _check_platform() -> None:
    if not sys.platform.startswith("linux") or sys.maxsize < 2**32:
        raise OSError(errno.ENOSYS, "only 64-bit Linux has this jail")
    from afterburner_worker import syscalls

    if os.uname().machine not in syscalls.MACHINES:
        raise OSError(errno.ENOSYS, f"no system-call list for {os.uname().machine}")
    try:
        threads = len(os.listdir("/proc/self/task"))
    except OSError:
        return
    if threads != 1:
        raise OSError(errno.EBUSY, f"{threads} threads are running, and only one would be confined")


def _step(name: str, action: Callable[[], Result]) -> Result:
    try:
        return action()
    except ImportError as error:  # an interpreter built without ctypes
        raise JailError(name, errno.ENOSYS, str(error)) from error
    except (OSError, ValueError) as error:
        number = getattr(error, "errno", None) or errno.EINVAL
        raise JailError(name, number, str(error)) from error
