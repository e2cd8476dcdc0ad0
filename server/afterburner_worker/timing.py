"""The timed part: prepared calls in a tight loop between two bytes, with the clock read by the server."""

from __future__ import annotations

import collections
import gc
from typing import Any, Callable, List, Optional, Tuple

from afterburner_worker import calls, scale
from afterburner_worker.channel import Channel
from afterburner_worker.install import Placed, resolve
from afterburner_worker.messages import CaseSpec, Prepare

_Prepared = List[Tuple[Callable[..., Any], Tuple[Any, ...], Any]]


class Timer:
    """Prepares and runs timed calls; keeps makers between samples, since compiling them costs."""

    def __init__(self, placed: Placed) -> None:
        self._placed = placed
        self._makers: dict = {}
        self._clear: Optional[Callable[[], Any]] = cache_clear(placed)
        gc.collect()
        gc.freeze()
        gc.disable()

    def sample(self, request: Prepare, channel: Channel, ready: Callable[[], None]) -> None:
        """Make the arguments, say ready, wait for the go, run, answer one byte, wait until the clock was read."""
        prepared = self._prepare(request)
        lazy = bool(prepared) and self._is_lazy(request.case)
        gc.collect(0)
        ready()
        if channel.wait_byte():
            for _ in range(request.rounds):
                self._run(prepared, lazy)
            channel.send_byte()
            channel.wait_byte()

    def _prepare(self, request: Prepare) -> _Prepared:
        make = self._maker(request.case)
        prepared = []
        for index in range(request.copies):
            call = make()
            if request.vary and call.direct:
                call = self._varied(call, request.seed + index)
            prepared.append((call.function, call.args, call.kwargs))
        return prepared

    def _varied(self, call: calls.Call, seed: int) -> calls.Call:
        args, kwargs = scale.variant(call.args, call.kwargs, seed)
        return call._replace(args=args, kwargs=kwargs)

    def _run(self, prepared: _Prepared, lazy: bool) -> None:
        if lazy:
            drain: Callable[[Any], None] = collections.deque(maxlen=0).extend
            for function, args, kwargs in prepared:
                drain(function(*args, **kwargs))
        elif self._clear is not None:
            clear = self._clear
            for function, args, kwargs in prepared:
                clear()
                function(*args, **kwargs)
        else:
            for function, args, kwargs in prepared:
                function(*args, **kwargs)

    def _maker(self, case: CaseSpec) -> Callable[[], calls.Call]:
        if case.key not in self._makers:
            self._makers[case.key] = (calls.maker(self._placed, case), None)
        make: Callable[[], calls.Call] = self._makers[case.key][0]
        return make

    def _is_lazy(self, case: CaseSpec) -> bool:
        """Whether the result must be drained for its work to happen; found out by one call."""
        make, lazy = self._makers[case.key]
        if lazy is None:
            call = make()
            lazy = hasattr(type(call.function(*call.args, **call.kwargs)), "__next__")
            self._makers[case.key] = (make, lazy)
        return bool(lazy)


def cache_clear(placed: Placed) -> Optional[Callable[[], Any]]:
    """The `cache_clear` of a cached target: calls are measured, not look-ups."""
    found = resolve(placed.module, placed.qualname)
    clear = getattr(getattr(found, "__func__", found), "cache_clear", None)
    return clear if callable(clear) else None
