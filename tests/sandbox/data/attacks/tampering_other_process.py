"""Look into another process of the same user: its environment, its memory, its open files."""

import os


def strikes(victims):
    of = "/proc/%d/" % victims["pid"]
    yield "environment", lambda: open(of + "environ", "rb").close()
    yield "memory map", lambda: open(of + "maps", "rb").close()
    yield "folder", lambda: os.listdir(of + "cwd/")
    yield "parent's environment", lambda: open("/proc/%d/environ" % os.getppid(), "rb").close()
