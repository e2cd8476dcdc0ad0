"""Tells when the target starts, while armed: by sys.monitoring on 3.12+, else by code that calls us."""

from __future__ import annotations

import sys
import types
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple

from afterburner_worker.calling import calling_code, code_at, exchanged
from afterburner_worker.install import CannotInstall, code_within, live_function
from afterburner_worker.run_messages import Module

Seen = Callable[[types.CodeType, types.FrameType], None]
_TOOLS = (4, 3, 5, 2)
"""Coverage may still claim 1, and a debugger 0."""
_MOST_LOADS = 16


class Watch:
    """Calls `seen(code, frame)` whenever the target's body is about to start; the module may be loaded repeatedly."""

    def __init__(self, module: Module, qualname: str, seen: Seen) -> None:
        self._module = module
        self._qualname = qualname
        self._seen = seen
        self._is_armed = False
        self._plain: Optional[types.CodeType] = None
        self.problem = ""
        """Why the target cannot be watched, as a sentence; "" when it can."""
        self.note = ""
        """What else there is to say of how it is watched."""

    def code(self) -> types.CodeType:
        """The code to execute as the module; from then on the target's calls are seen."""
        module = self._compiled()
        try:
            return self._watched(module, code_within(module, self._qualname))
        except CannotInstall as error:
            self.problem = "%s." % error
            return module

    def loaded(self, module: types.ModuleType) -> Optional[types.FunctionType]:
        """Settle on the function that really hangs in a module, which may be another definition of that name."""
        try:
            function = live_function(module, self._qualname, code_within(self._compiled(), self._qualname))
        except CannotInstall as error:
            self.problem = "%s." % error
            return None
        self._settle(function)
        return function

    def installed(self, function: types.FunctionType) -> None:
        """Watch a function that is in place already."""
        self._settle(function)

    def arm(self) -> None:
        if not self._is_armed:
            self._is_armed = True
            self._switch()

    def disarm(self) -> None:
        if self._is_armed:
            self._is_armed = False
            self._switch()

    def close(self) -> None:
        """Stop watching for good."""
        self.disarm()

    def _compiled(self) -> types.CodeType:
        """The module's code, compiled once: events of the one object reach every module made from it."""
        if self._plain is None:
            self._plain = compile(self._module.text, self._module.file, "exec", dont_inherit=True)
        return self._plain

    def _watched(self, module: types.CodeType, target: types.CodeType) -> types.CodeType:
        raise NotImplementedError

    def _settle(self, function: types.FunctionType) -> None:
        raise NotImplementedError

    def _switch(self) -> None:
        raise NotImplementedError


def watch(module: Module, qualname: str, seen: Seen) -> Watch:
    """The cheapest way that this interpreter has."""
    tool = _free_tool()
    if tool is not None:
        return _Monitored(module, qualname, seen, tool)
    swapped = _Swapped(module, qualname, seen)
    if hasattr(sys, "monitoring"):
        swapped.note = (
            "Every tool id of sys.monitoring is taken, so the calls were seen by exchanging the function's code."
        )
    return swapped


class _Monitored(Watch):
    """Local PY_START events on the target's code objects; other code runs at full speed."""

    def __init__(self, module: Module, qualname: str, seen: Seen, tool: int) -> None:
        super().__init__(module, qualname, seen)
        self._monitoring: Any = getattr(sys, "monitoring")  # noqa: B009  (absent from the typeshed of older versions)
        self._tool = tool
        self._codes: List[types.CodeType] = []
        self._monitoring.use_tool_id(tool, "afterburner")
        self._monitoring.register_callback(tool, self._monitoring.events.PY_START, self._started)

    def close(self) -> None:
        super().close()
        self._monitoring.free_tool_id(self._tool)

    def _started(self, code: types.CodeType, offset: int) -> None:
        if self._is_armed:
            self._seen(code, sys._getframe(1))

    def _watched(self, module: types.CodeType, target: types.CodeType) -> types.CodeType:
        self._add(target)
        return module

    def _settle(self, function: types.FunctionType) -> None:
        self._add(function.__code__)

    def _add(self, code: types.CodeType) -> None:
        if not any(known is code for known in self._codes):
            self._codes = [*self._codes[1 - _MOST_LOADS :], code]
            self._set(code)

    def _switch(self) -> None:
        for code in self._codes:
            self._set(code)

    def _set(self, code: types.CodeType) -> None:
        # DISABLE, as a callback's answer, could only be undone for all tools at once.
        events = self._monitoring.events.PY_START if self._is_armed else 0
        self._monitoring.set_local_events(self._tool, code, events)


class _Swap(NamedTuple):
    function: Any
    plain: types.CodeType
    calling: types.CodeType


class _Swapped(Watch):
    """The function's code is replaced by one that calls us first, and put back while not armed."""

    def __init__(self, module: Module, qualname: str, seen: Seen) -> None:
        super().__init__(module, qualname, seen)
        self._swaps: List[_Swap] = []
        self._calling: Dict[Tuple[str, int], Optional[types.CodeType]] = {}

        def before() -> None:
            if self._is_armed:
                frame = sys._getframe(1)
                seen(frame.f_code, frame)

        self._before = before

    def _watched(self, module: types.CodeType, target: types.CodeType) -> types.CodeType:
        calling = self._calling_code(target)
        return module if calling is None else exchanged(module, target, calling)

    def _settle(self, function: types.FunctionType) -> None:
        if any(swap.function is function for swap in self._swaps):
            return
        current = function.__code__
        calling = self._calling_code(current)
        plain = code_at(self._compiled(), current.co_name, current.co_firstlineno)
        if calling is None or plain is None or plain.co_freevars != current.co_freevars:
            self.problem = "The code of %s is not what its text says." % self._qualname
            return
        self._swaps = [*self._swaps[1 - _MOST_LOADS :], _Swap(function, plain, calling)]
        self._switch()

    def _calling_code(self, target: types.CodeType) -> Optional[types.CodeType]:
        place = target.co_name, target.co_firstlineno
        if place not in self._calling:
            self._calling[place] = calling_code(self._module.text, target, self._before)
        return self._calling[place]

    def _switch(self) -> None:
        for function, plain, calling in self._swaps:
            function.__code__ = calling if self._is_armed else plain


def _free_tool() -> Optional[int]:
    monitoring: Any = getattr(sys, "monitoring", None)
    if monitoring is None:
        return None
    return next((tool for tool in _TOOLS if monitoring.get_tool(tool) is None), None)
