"""How functions are named on the command line: FILE::NAME and FILE:LINE."""

from __future__ import annotations

import re
from pathlib import Path

from afterburner.core.errors import UsageError

_LINE = re.compile(r"(?P<file>.+):(?P<line>\d+)")


def function(text: str) -> tuple[Path, str]:
    """File and qualified name, or line, of `shop.py::Cart.total`, `shop.py::Cart::total` or `shop.py:12`."""
    file, mark, name = text.partition("::")
    if mark and file and name:
        return Path(file), name.replace("::", ".")
    found = _LINE.fullmatch(text)
    if found and not mark:
        return Path(found["file"]), found["line"]
    raise UsageError(
        f"{text!r} does not name a function.", "Give it as FILE::NAME (shop.py::Cart.total) or FILE:LINE (shop.py:12)."
    )


def candidate(text: str) -> tuple[Path, str | None]:
    """The candidate's file, and the name of the function in it when it has one of its own."""
    file, mark, name = text.partition("::")
    if not file or (mark and not name):
        raise UsageError(f"{text!r} does not name a candidate.", "Give it as FILE, or FILE::NAME.")
    return Path(file), name.replace("::", ".") or None
