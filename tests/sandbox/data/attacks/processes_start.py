"""Start another program: by spawning, by forking, by replacing itself."""

import os
import sys


def strikes(victims):
    yield "spawn", lambda: os.waitpid(os.posix_spawn(sys.executable, [sys.executable, "-c", "pass"], {}), 0)
    yield "fork", lambda: os.fork() or os._exit(0)
    yield "replace", lambda: os.execv(sys.executable, [sys.executable, "-c", "print('ESCAPED replace')"])
