"""Touch more memory than the watchdog lets pass, below the limit on addresses."""

import time


def strikes(victims):
    yield "touch", lambda: grow(victims)


def grow(victims):
    hoard = [b"x" * (8 << 20) for _ in range(victims["resident"] // (8 << 20) + 4)]
    time.sleep(victims["linger"])
    assert hoard
