"""Ask for more memory than the limit, without touching it."""

import mmap


def strikes(victims):
    yield "map", lambda: [mmap.mmap(-1, 64 << 20) for _ in range(victims["address_space"] // (64 << 20) + 1)]
