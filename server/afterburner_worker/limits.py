"""What a jailed process gives up of its own: resource limits and capabilities."""
from __future__ import annotations

import ctypes
import os
import resource
import struct
from typing import TYPE_CHECKING, List, Tuple

if TYPE_CHECKING:
    from afterburner_worker.jail import Limits

_KEPT = (1 << 1) | (1 << 2)  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH: root reads what it was granted
_LAST_CAPABILITY = 63
_VERSION_3 = 0x20080522
_PR_CAPBSET_READ, _PR_CAPBSET_DROP, _PR_CAP_AMBIENT, _CLEAR_ALL = 23, 24, 47, 4


def impose(limits: Limits) -> None:
    """Set the limits, soft and hard, never above what is already in force. Raises OSError or ValueError."""
    wanted = [(resource.RLIMIT_AS, limits.address_space), (resource.RLIMIT_CPU, limits.cpu_s),
              (resource.RLIMIT_FSIZE, limits.file_size), (resource.RLIMIT_NOFILE, limits.open_files),
              (resource.RLIMIT_STACK, limits.stack)]
    for kind, value in [item for item in wanted if item[1] > 0] + _forbidden():
        hard = resource.getrlimit(kind)[1]
        ceiling = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (ceiling, ceiling))


def _forbidden() -> List[Tuple[int, int]]:
    message_queues = getattr(resource, "RLIMIT_MSGQUEUE", 12)
    return [(resource.RLIMIT_CORE, 0), (resource.RLIMIT_MEMLOCK, 0), (message_queues, 0)]


def drop_capabilities() -> bool:
    """Keep at most the right to read past file modes; True when something was given up. Raises OSError.

    Without CAP_SETUID and CAP_SYS_ADMIN the credentials that the kernel attaches to a message cannot be forged.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    header = ctypes.create_string_buffer(struct.pack("=Ii", _VERSION_3, 0), 8)
    data = ctypes.create_string_buffer(24)
    _check(libc.capget(header, data), "capget")
    low, permitted_low, _, high, permitted_high, _ = struct.unpack("=6I", data.raw)
    if not (low | permitted_low | high | permitted_high):
        return False
    _empty_bounding_set(libc)
    _check(libc.prctl(_PR_CAP_AMBIENT, ctypes.c_ulong(_CLEAR_ALL), *[ctypes.c_ulong(0)] * 3), "clear ambient set")
    kept = struct.pack("=6I", low & _KEPT, permitted_low & _KEPT, 0, 0, 0, 0)
    _check(libc.capset(header, ctypes.create_string_buffer(kept, 24)), "capset")
    return True


def _empty_bounding_set(libc: ctypes.CDLL) -> None:
    """Needs CAP_SETPCAP; without it no program gains anything either, since no_new_privs is on."""
    for capability in range(_LAST_CAPABILITY + 1):
        if libc.prctl(_PR_CAPBSET_READ, ctypes.c_ulong(capability), *[ctypes.c_ulong(0)] * 3) == 1:
            libc.prctl(_PR_CAPBSET_DROP, ctypes.c_ulong(capability), *[ctypes.c_ulong(0)] * 3)


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, "%s: %s" % (what, os.strerror(number)))
