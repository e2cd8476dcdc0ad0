"""Read a private key and list the folder in which it lies, outside the grants."""

import os


def strikes(victims):
    yield "read", lambda: open(victims["secret"]).close()
    yield "list", lambda: os.listdir(victims["outside"])
    yield "through a link of /proc", lambda: open("/proc/self/root" + victims["secret"]).close()
