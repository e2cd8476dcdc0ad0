"""The protocol's methods, one file each: `METHOD`, `options(client)` where it has any, and `handle(session, params)`.

`is_wanted(client)`, where a file has it, tells whether the method is offered to this client at all. A file whose name
starts with an underscore is shared by others.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from afterburner.lsp.capabilities import Client


@dataclass(frozen=True, slots=True)
class Feature:
    """One method as its file states it."""

    method: str
    handle: Callable[..., Any]
    options: Callable[[Client], Any]
    is_wanted: Callable[[Client], bool]


def discover() -> Iterator[Feature]:
    """Every feature, by the name of its file."""
    for found in pkgutil.iter_modules(__path__):
        if not found.name.startswith("_"):
            file = import_module(f"{__name__}.{found.name}")
            yield Feature(
                file.METHOD,
                file.handle,
                getattr(file, "options", lambda client: None),
                getattr(file, "is_wanted", lambda client: True),
            )
