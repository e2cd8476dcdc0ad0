"""The C library, loaded once: system calls that Python has no function for."""

from __future__ import annotations

import ctypes
import os
from functools import cache


@cache
def library() -> ctypes.CDLL:
    """The C library of this process, with errno kept per call."""
    return ctypes.CDLL(None, use_errno=True)


def prctl(option: int, value: int, pointer: object = None) -> int:
    """What prctl(2) answers. Raises OSError."""
    zero = ctypes.c_ulong(0)
    result = library().prctl(option, ctypes.c_ulong(value), pointer or zero, zero, zero)
    return checked(result, f"prctl({option})")


def syscall(number: int, *arguments: object) -> int:
    """What the numbered system call answers. Raises OSError."""
    return checked(library().syscall(ctypes.c_long(number), *arguments), f"system call {number}")


def checked(result: int, what: str) -> int:
    """`result`, or the OSError that a negative one stands for."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result
