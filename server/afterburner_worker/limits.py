"""What a jailed process gives up of its own: resource limits and capabilities."""

from __future__ import annotations

import ctypes
import resource
import struct
from typing import TYPE_CHECKING

from afterburner_worker import libc

if TYPE_CHECKING:
    from afterburner_worker.jail import Limits

_KEPT = (1 << 1) | (1 << 2)  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH: root reads what it was granted
_LAST_CAPABILITY = 63
_VERSION_3 = 0x20080522
_PR_CAPBSET_READ, _PR_CAPBSET_DROP, _PR_CAP_AMBIENT, _CLEAR_ALL = 23, 24, 47, 4


def impose(limits: Limits) -> None:
    """Set the limits, soft and hard, never above what is already in force. Raises OSError or ValueError."""
    wanted = [
        (resource.RLIMIT_AS, limits.address_space),
        (resource.RLIMIT_CPU, limits.cpu_s),
        (resource.RLIMIT_FSIZE, limits.file_size),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_STACK, limits.stack),
    ]
    for kind, value in [item for item in wanted if item[1] > 0] + _forbidden():
        hard = resource.getrlimit(kind)[1]
        ceiling = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (ceiling, ceiling))


def _forbidden() -> list[tuple[int, int]]:
    message_queues = getattr(resource, "RLIMIT_MSGQUEUE", 12)
    return [(resource.RLIMIT_CORE, 0), (resource.RLIMIT_MEMLOCK, 0), (message_queues, 0)]


def drop_capabilities() -> bool:
    """Keep at most the right to read past file modes; True when something was given up. Raises OSError.

    Without CAP_SETUID and CAP_SYS_ADMIN the credentials that the kernel attaches to a message cannot be forged.
    """
    header = ctypes.create_string_buffer(struct.pack("=Ii", _VERSION_3, 0), 8)
    data = ctypes.create_string_buffer(24)
    libc.checked(libc.library().capget(header, data), "capget")
    low, permitted_low, _, high, permitted_high, _ = struct.unpack("=6I", data.raw)
    if not (low | permitted_low | high | permitted_high):
        return False
    _empty_bounding_set()
    libc.prctl(_PR_CAP_AMBIENT, _CLEAR_ALL)
    kept = struct.pack("=6I", low & _KEPT, permitted_low & _KEPT, 0, 0, 0, 0)
    libc.checked(libc.library().capset(header, ctypes.create_string_buffer(kept, 24)), "capset")
    return True


def _empty_bounding_set() -> None:
    """Needs CAP_SETPCAP; without it no program gains anything either, since no_new_privs is on."""
    for capability in range(_LAST_CAPABILITY + 1):
        try:
            if libc.prctl(_PR_CAPBSET_READ, capability):
                libc.prctl(_PR_CAPBSET_DROP, capability)
        except OSError:
            return
