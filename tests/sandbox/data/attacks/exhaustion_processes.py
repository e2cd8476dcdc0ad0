"""A fork bomb."""

import os
import time


def strikes(victims):
    yield "fork", lambda: bomb(victims)


def bomb(victims):
    children = []
    try:
        for _ in range(victims["processes"] + 4):
            child = os.fork()
            if child == 0:
                time.sleep(victims["linger"])
                os._exit(0)
            children.append(child)
    finally:
        for child in children:
            os.waitpid(child, 0)
