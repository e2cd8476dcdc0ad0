"""Imports the target's module from the buffer's text, under its own name and file."""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
import types
from typing import Any, List, Optional, Sequence

from afterburner_worker.run_messages import Module


class BufferLoader(importlib.machinery.SourceFileLoader):
    """Loads one module from text; everything else about it is as an ordinary import from its file."""

    def __init__(self, fullname: str, module: Module) -> None:
        super().__init__(fullname, module.file)
        self._text = module.text

    def get_source(self, fullname: str) -> str:
        return self._text

    def get_code(self, fullname: str) -> types.CodeType:
        return compile(self._text, self.path, "exec", dont_inherit=True)


class _BufferFinder(importlib.abc.MetaPathFinder):
    """Answers for one module name; stands before the ordinary finders."""

    def __init__(self, module: Module) -> None:
        self._module = module

    def find_spec(self, fullname: str, path: Optional[Sequence[str]], target: Any = None) -> Any:
        if fullname != self._module.name:
            return None
        return importlib.util.spec_from_file_location(
            fullname, self._module.file, loader=BufferLoader(fullname, self._module)
        )


def load(module: Module) -> types.ModuleType:
    """Import the module (and, as always, its parent packages first); whatever its import raises comes through."""
    for entry in reversed(module.path):
        if entry not in sys.path:
            sys.path.insert(0, entry)
    finder = _BufferFinder(module)
    sys.meta_path.insert(0, finder)
    try:
        stale = sys.modules.get(module.name)
        if stale is not None and os.path.realpath(getattr(stale, "__file__", "") or "") != os.path.realpath(
            module.file
        ):
            raise ImportError(
                "the name %r is already taken by another module (%s); rename the file or call it through its package"
                % (module.name, getattr(stale, "__file__", None) or "built in")
            )
        loaded = importlib.import_module(module.name)
    finally:
        sys.meta_path.remove(finder)
    _import_also(module)
    return loaded


def _import_also(module: Module) -> None:
    """What captured arguments are made of; without it the calls that need it cannot be made, and say so."""
    sys.path.extend(entry for entry in module.also_path if entry not in sys.path)
    for name in module.also:
        try:
            importlib.import_module(name)
        except BaseException:  # whatever the import of a stranger's module raises, SystemExit and pytest's Skipped too
            continue


def fork_hazards() -> List[str]:
    """Imported modules that are known to break when forked after import."""
    return [name for name in ("polars", "grpc", "torch.cuda", "cupy", "jax", "ray") if name in sys.modules]
