"""Make memory that outlives the process or that other processes can map."""

import ctypes
import os


def strikes(victims):
    libc = ctypes.CDLL(None, use_errno=True)

    def segment():
        number = libc.shmget(0, 4096, 0o1600)
        if number < 0:
            raise OSError(ctypes.get_errno(), "shmget")
        libc.shmctl(number, 0, None)

    yield "System V", segment
    yield "anonymous file", lambda: os.close(os.memfd_create("canary"))
