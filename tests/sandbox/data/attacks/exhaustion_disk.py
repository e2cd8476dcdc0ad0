"""Fill the scratch folder: with one large file, and with many that are each below the limit on one."""

import time


def strikes(victims):
    yield "one", lambda: fill(victims["scratch"] + "/one", victims["file_size"] + 1)
    yield "many", lambda: many(victims)


def many(victims):
    for number in range(victims["scratch_bytes"] // (1 << 20) + 4):
        fill("%s/%d" % (victims["scratch"], number), 1 << 20)
    time.sleep(victims["linger"])


def fill(path, size):
    with open(path, "wb") as file:
        file.write(b"x" * size)
