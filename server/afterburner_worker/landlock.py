"""Landlock rulesets: which paths stay reachable for the calling thread and whatever it starts."""

from __future__ import annotations

import ctypes
import errno
import os
import stat
import struct
from collections.abc import Sequence

from afterburner_worker import libc

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_O_PATH = getattr(os, "O_PATH", 0o10000000)

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REMOVE_DIR, _REMOVE_FILE, _MAKE_DIR, _MAKE_REG = 1 << 4, 1 << 5, 1 << 7, 1 << 8
_REFER, _TRUNCATE = 1 << 13, 1 << 14
_HANDLED_BITS = {1: 13, 2: 14, 3: 15, 4: 15}  # by ABI; 16 from ABI 5 on
_NETWORK = 0b11  # bind and connect TCP, ABI 4
_SCOPED = 0b11  # abstract sockets and signals, ABI 6

_READ = _EXECUTE | _READ_FILE | _READ_DIR
_CHANGE = _WRITE_FILE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG | _REFER | _TRUNCATE
_ON_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE


def version() -> int:
    """The ABI that the kernel offers; 0 where there is no Landlock or it is switched off."""
    try:
        return libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint(1))
    except OSError:
        return 0


def restrict(read: Sequence[str], write: Sequence[str], devices: Sequence[str] = ()) -> tuple[int, list[str]]:
    """Leave only these: `read` readable, `write` also writable (no links, no special files), `devices` as files.

    Gives the ABI in force and the paths that do not exist. Needs no_new_privs; raises OSError.
    """
    abi = version()
    if abi < 1:
        raise OSError(errno.ENOSYS, "this kernel has no Landlock, or it is switched off")
    handled = (1 << _HANDLED_BITS.get(abi, 16)) - 1
    return abi, _enforce(
        _attributes(abi, handled),
        handled,
        [
            *((path, _READ) for path in read),
            *((path, _READ & ~_EXECUTE | _CHANGE) for path in write),
            *((path, _READ_FILE | _WRITE_FILE | _TRUNCATE) for path in devices),
        ],
    )


def narrow_writing(write: Sequence[str]) -> None:
    """Take away every right to change files, except below `write`. Raises OSError."""
    abi = version()
    handled = _CHANGE & ((1 << _HANDLED_BITS.get(abi, 16)) - 1)
    _enforce(_attributes(1, handled), handled, [(path, _CHANGE) for path in write])


def _attributes(abi: int, handled: int) -> bytes:
    fields = [handled]
    if abi >= 4:
        fields.append(_NETWORK)
    if abi >= 6:
        fields.append(_SCOPED)
    return struct.pack(f"={len(fields)}Q", *fields)


def _enforce(attributes: bytes, handled: int, rules: Sequence[tuple[str, int]]) -> list[str]:
    ruleset = libc.syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint(0))
    try:
        missing = [path for path, rights in rules if not _allow(ruleset, path, rights & handled)]
        libc.syscall(_RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint(0))
    finally:
        os.close(ruleset)
    return missing


def _allow(ruleset: int, path: str, rights: int) -> bool:
    try:
        handle = os.open(path, _O_PATH | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        if not stat.S_ISDIR(os.fstat(handle).st_mode):
            rights &= _ON_FILES
        if rights:
            rule = struct.pack("=Qi", rights, handle)
            libc.syscall(_ADD_RULE, ctypes.c_int(ruleset), ctypes.c_int(1), rule, ctypes.c_uint(0))
    finally:
        os.close(handle)
    return True
