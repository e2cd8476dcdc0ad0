"""Which processes belong to a test, told by the folder for temporary files that it gave them."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def alive(temporary: Path) -> dict[int, str]:
    """Process id and command line of all that have the folder in their environment or command line."""
    found = {}
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit():
                line = (entry / "cmdline").read_bytes()
                if os.fsencode(temporary) in line + (entry / "environ").read_bytes():
                    found[int(entry.name)] = line.replace(b"\0", b" ").decode(errors="replace")[:200]
    return found
