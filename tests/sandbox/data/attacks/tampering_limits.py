"""Loosen the confinement from inside: limits, death signal, core dumps; or look at somebody else's limits."""

import ctypes
import os
import resource


def strikes(victims):
    yield "own limit", lambda: resource.setrlimit(resource.RLIMIT_CPU, resource.getrlimit(resource.RLIMIT_CPU))
    yield "another's limit", lambda: resource.prlimit(victims["pid"], resource.RLIMIT_NOFILE)
    yield "death signal", lambda: prctl(1, 0)
    yield "dumpable", lambda: prctl(4, 0)


def prctl(option, value):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
