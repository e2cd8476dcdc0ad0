"""Change the project's source, which is granted for reading: its text, mode, times, name, links."""

import os


def strikes(victims):
    path = victims["source"]
    yield "append", lambda: open(path, "a").close()
    yield "truncate while reading", lambda: os.close(os.open(path, os.O_RDONLY | os.O_TRUNC))
    yield "truncate by name", lambda: os.truncate(path, 0)
    yield "mode", lambda: os.chmod(path, 0o644)
    yield "times", lambda: os.utime(path, (1, 1))
    yield "link into the scratch folder", lambda: os.link(path, victims["scratch"] + "/linked")
    yield "symbolic link", lambda: os.symlink(path, victims["scratch"] + "/link")
    yield "rename", lambda: os.rename(path, path + ".moved")
