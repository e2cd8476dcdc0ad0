"""The server's commands, one file each: `NAME` and `async handle(session, argument)` with the one object it takes."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

Handle = Callable[..., Any]


def discover() -> Mapping[str, Handle]:
    """Every command's handler by the command's name."""
    names = (found.name for found in pkgutil.iter_modules(__path__) if not found.name.startswith("_"))
    files = [import_module(f"{__name__}.{name}") for name in names]
    return {file.NAME: file.handle for file in files}
