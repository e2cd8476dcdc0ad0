"""A thread bomb with small stacks, which the limit on addresses does not stop."""

import threading
import time


def strikes(victims):
    yield "threads", lambda: bomb(victims)


def bomb(victims):
    threading.stack_size(65536)
    threads = [threading.Thread(target=time.sleep, args=(victims["linger"],)) for _ in range(victims["threads"] + 8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
