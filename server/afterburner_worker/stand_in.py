"""Lets something stand in for the target's module wherever the user's code imports it, under whatever name."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
import types
from typing import Any, Callable, List, Optional, Sequence

from afterburner_worker.run_messages import Module

_INSTALLED = ("site-packages", "dist-packages")


class StandIn(importlib.abc.MetaPathFinder):
    """A finder that answers for one file; what any other finder would say is asked first.

    The name alone does not decide: `src.package.module` may lead to the file as well, and the module's own name may
    lead to an installed copy (which is replaced) or to another module of that name (which is not).
    """

    def __init__(self, module: Module, loader_for: Callable[[str], importlib.abc.Loader]) -> None:
        self._module = module
        self._loader_for = loader_for
        self._file = os.path.realpath(module.file)
        self._tails = {module.name.rpartition(".")[2], _stem(module.file)}
        self.notes: List[str] = []

    def come_first(self) -> None:
        """Stand before all other finders."""
        if sys.meta_path[:1] != [self]:
            sys.meta_path[:] = [self, *(finder for finder in sys.meta_path if finder is not self)]

    def find_spec(self, fullname: str, path: Optional[Sequence[str]], target: Any = None) -> Any:
        if fullname.rpartition(".")[2] not in self._tails:
            return None
        others = _asked(self, fullname, path, target)
        if not self._stands_for(fullname, path, others):
            return None
        spec = importlib.util.spec_from_file_location(fullname, self._module.file, loader=self._loader_for(fullname))
        if spec is not None and others is not None and others.submodule_search_locations is not None:
            spec.submodule_search_locations = list(others.submodule_search_locations)
        return spec

    def _stands_for(
        self, fullname: str, path: Optional[Sequence[str]], others: Optional[importlib.machinery.ModuleSpec]
    ) -> bool:
        if others is None:  # the file may not have been saved yet
            return fullname == self._module.name and _is_found_on(self._module.file, sys.path if path is None else path)
        if others.origin is not None and os.path.realpath(others.origin) == self._file:
            return True
        if fullname != self._module.name or others.origin is None:
            return False
        if any(part in others.origin.split(os.sep) for part in _INSTALLED) and others.origin.endswith(".py"):
            self._note("%s is imported from %s; the text of the open file stood in for it." % (fullname, others.origin))
            return True
        self._note("The name %s leads to %s, not to the open file." % (fullname, others.origin))
        return False

    def _note(self, sentence: str) -> None:
        if sentence not in self.notes:
            self.notes.append(sentence)


class SameModule(importlib.abc.Loader):
    """Gives a module that is already loaded, whatever name it is imported under."""

    def __init__(self, module: types.ModuleType) -> None:
        self._module = module
        self._spec = module.__spec__

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return self._module

    def exec_module(self, module: types.ModuleType) -> None:
        module.__spec__ = self._spec


def _asked(asking: StandIn, fullname: str, path: Optional[Sequence[str]], target: Any) -> Any:
    """What the other finders say, in their order."""
    for finder in list(sys.meta_path):
        find = getattr(finder, "find_spec", None)
        if finder is not asking and find is not None:
            spec = find(fullname, path, target)
            if spec is not None:
                return spec
    return None


def _stem(file: str) -> str:
    """The last part of every name that a file can be imported under."""
    stem = os.path.splitext(os.path.basename(file))[0]
    return os.path.basename(os.path.dirname(file)) if stem == "__init__" else stem


def _is_found_on(file: str, path: Sequence[str]) -> bool:
    folder = os.path.dirname(file)
    if os.path.basename(file) == "__init__.py":
        folder = os.path.dirname(folder)
    return any(os.path.realpath(entry or os.curdir) == os.path.realpath(folder) for entry in path)
