"""The jail's system-call filters, as classic BPF: what they refuse, how they are assembled and installed.

There are two. `ground` refuses what neither the zygote nor its children ever need; `child` is stacked
on top and refuses what only the zygote needs (new processes, limits, further filters).
The strictest answer of all filters counts, so stacking can only tighten.
"""

from __future__ import annotations

import ctypes
import errno
import struct
from collections.abc import Iterable
from functools import lru_cache
from typing import Union

from afterburner_worker import libc
from afterburner_worker.syscalls import ABSENT, CHECKED, NEWEST_REVIEWED, REFUSED, numbers

ALLOW, KILL = 0x7FFF0000, 0x80000000
REFUSE, NO_SUCH_CALL = 0x00050000 | errno.EPERM, 0x00050000 | errno.ENOSYS

_ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_CHILD_REFUSED = ("fork", "setrlimit", "landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self")

_CLONE_THREAD = 0x00010000
_CLONE_FORBIDDEN = 0x7E020000 | 0x00008000  # new namespaces; CLONE_PARENT
_AF_UNIX, _SOCK_STREAM, _SOCK_TYPE_MASK = 1, 1, 0xF
_O_ACCMODE, _O_TRUNC = 0o3, 0o1000
# F_SETOWN, F_SETSIG, F_SETOWN_EX, F_SETLEASE, F_NOTIFY, F_SETPIPE_SZ
_FCNTL_REFUSED = (8, 10, 15, 1024, 1026, 1031)
# TCGETS, TIOCGPGRP, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX
_IOCTL_ALLOWED = (0x5401, 0x540F, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
# PR_SET_PDEATHSIG, _DUMPABLE, _SECCOMP, _TIMERSLACK, _MM, _CHILD_SUBREAPER, _PTRACER
_PRCTL_REFUSED = (1, 4, 22, 29, 35, 36, 0x59616D61)

_SOME_PID = 0x7FFF1234  # stands for the child's own, above any that Linux gives

_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 22, 2
_LOAD, _AND, _EQ, _GE, _ANY, _RETURN = 0x20, 0x54, 0x15, 0x35, 0x45, 0x06
_AT_NUMBER, _AT_ARCHITECTURE, _AT_ARGUMENTS = 0, 4, 16

Goal = Union[int, str]  # where a jump goes: so many operations further, or to a label
Op = tuple[int, int, Goal, Goal]  # code, operand, goal when true, goal when false


def ground(machine: str) -> bytes:
    """The filter of zygote and children alike. Raises ValueError for an unknown machine."""
    return _program(
        machine,
        numbers(REFUSED, machine).values(),
        {
            "clone": _any_bit(0, _CLONE_FORBIDDEN, REFUSE, ALLOW),
            "ioctl": _one_of(1, _IOCTL_ALLOWED, ALLOW, REFUSE),
            "fcntl": _one_of(1, _FCNTL_REFUSED, REFUSE, ALLOW),
            "open": _no_truncating_read(1),
            "openat": _no_truncating_read(2),
            "sendto": _only_null(4),
            "socketpair": _only_unix_stream(),
            "prlimit64": _one_of(0, (0,), ALLOW, REFUSE),
        },
    )


def child(machine: str, pid: int) -> bytes:
    """The filter that a child of the zygote adds; `pid` is its own process id as it sees it itself."""
    return _child(machine).replace(struct.pack("=I", _SOME_PID), struct.pack("=I", pid))


@lru_cache(maxsize=None)
def _child(machine: str) -> bytes:
    """Assembled once, in the zygote: a child has no time to lose."""
    known = numbers(CHECKED, machine)
    return _program(
        machine,
        [known[name] for name in _CHILD_REFUSED if name in known],
        {
            "clone": _any_bit(0, _CLONE_THREAD, ALLOW, REFUSE),
            "tgkill": _one_of(0, (_SOME_PID,), ALLOW, REFUSE),  # abort() and pthread_kill() signal their own process
            "prctl": _one_of(0, _PRCTL_REFUSED, REFUSE, ALLOW),
            "prlimit64": _only_null(2),  # reading a limit is harmless
        },
    )


def install(program: bytes) -> None:
    """Put `program` on the calling thread and on whatever it starts, for good. Needs no_new_privs; raises OSError."""
    code = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("=H6xQ", len(program) // 8, ctypes.addressof(code))
    libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.c_char_p(header))


# Checks of arguments: 64 bits each, low half first. The kernel takes flags, commands and ids as 32 bits.


def _argument(index: int, high: int = 0) -> Op:
    return (_LOAD, _AT_ARGUMENTS + 8 * index + 4 * high, 0, 0)


def _answer(verdict: int) -> Op:
    return (_RETURN, verdict, 0, 0)


def _one_of(index: int, values: tuple[int, ...], verdict: int, otherwise: int) -> list[Op]:
    tests: list[Op] = [(_EQ, value, len(values) - at, 0) for at, value in enumerate(values)]
    return [_argument(index), *tests, _answer(otherwise), _answer(verdict)]


def _any_bit(index: int, mask: int, verdict: int, otherwise: int) -> list[Op]:
    return [_argument(index), (_ANY, mask, 0, 1), _answer(verdict), _answer(otherwise)]


def _only_null(index: int) -> list[Op]:
    """Refuse unless the pointer argument is null."""
    return [_argument(index), (_EQ, 0, 0, 2), _argument(index, high=1), (_EQ, 0, 1, 0), _answer(REFUSE), _answer(ALLOW)]


def _no_truncating_read(index: int) -> list[Op]:
    """Refuse O_RDONLY | O_TRUNC, which truncates and which Landlock before ABI 3 lets pass."""
    return [_argument(index), (_ANY, _O_ACCMODE, 2, 0), (_ANY, _O_TRUNC, 0, 1), _answer(REFUSE), _answer(ALLOW)]


def _only_unix_stream() -> list[Op]:
    """A connected stream pair (asyncio makes one) reaches nobody else; a datagram socket could."""
    return [
        _argument(0),
        (_EQ, _AF_UNIX, 0, 3),
        _argument(1),
        (_AND, _SOCK_TYPE_MASK, 0, 0),
        (_EQ, _SOCK_STREAM, 1, 0),
        _answer(REFUSE),
        _answer(ALLOW),
    ]


def _program(machine: str, refused: Iterable[int], checks: dict[str, list[Op]]) -> bytes:
    """Refuse the listed calls, answer the checked ones by their arguments, allow the rest."""
    checked = {name: number for name, number in numbers(CHECKED, machine).items() if name in checks}
    ops: list[Op] = [
        (_LOAD, _AT_ARCHITECTURE, 0, 0),
        (_EQ, _ARCHITECTURE[machine], 0, "kill"),  # 32-bit calls have other numbers
        (_LOAD, _AT_NUMBER, 0, 0),
        (_GE, NEWEST_REVIEWED + 1, "no such call", 0),  # newer than this list, and the x32 numbers
        *((_EQ, number, "no such call", 0) for number in numbers(ABSENT, machine).values()),
        *((_EQ, number, "refuse", 0) for number in refused),
        *((_EQ, number, name, 0) for name, number in checked.items()),
        _answer(ALLOW),
    ]
    labels: dict[str, int] = {}
    endings = {"refuse": [_answer(REFUSE)], "no such call": [_answer(NO_SUCH_CALL)], "kill": [_answer(KILL)]}
    for label, block in {**endings, **{name: checks[name] for name in checked}}.items():
        labels[label] = len(ops)
        ops.extend(block)
    return b"".join(_encode(op, at, labels) for at, op in enumerate(ops))


def _encode(op: Op, at: int, labels: dict[str, int]) -> bytes:
    code, operand, *goals = op
    jumps = [goal if isinstance(goal, int) else labels[goal] - at - 1 for goal in goals]
    return struct.pack("=HBBI", code, *jumps, operand)
