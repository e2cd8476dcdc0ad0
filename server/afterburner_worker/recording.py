"""Records the target's calls while the user's tests run, within a share of their time, and never in their way."""

from __future__ import annotations

import sys
import types
from _thread import allocate_lock
from typing import Any, Callable, Dict, List, Optional, Set, Tuple

from afterburner_worker.arrivals import arrival, is_bound
from afterburner_worker.graph import TooLarge
from afterburner_worker.install import CannotInstall, resolve
from afterburner_worker.journal import Journal
from afterburner_worker.refusals import one_line
from afterburner_worker.run_messages import Capture, Unrecorded
from afterburner_worker.slots import Kept, Slots
from afterburner_worker.snapshots import Snapshots, Unkeepable, modules_named
from afterburner_worker.watching import Watch, watch

OUTSIDE = "outside of any test"
_RECORDED = '{"kind":"Recorded","body":{"slot":%d,"test":%s,"graph":%s}}\n'
"""By hand, since `asdict` would copy the whole graph."""
_Look = Callable[[types.CodeType, types.FrameType], None]
_ALLOWANCE_S = 0.02
_NODES_A_SECOND = 200_000.0
_FEWEST_NODES = 64
_HOPE = 0.9
"""By this much the size that is expected of a call falls with each one that there was no time for."""
_LOOKED_AT = 300
_MOST_INNER_HITS = 6_000
_MOST_WASTED = 20
"""In a row: of a target whose calls cannot be kept, few more are tried."""
_HIT_S = 0.4e-6
"""What a call costs that is only counted."""
_FRAMES_BELOW = 40
_PLAIN = frozenset((type(None), bool, int, str, bytes))
_LONG = 1_000
_KEPT = -1


class Recording:
    """What is known of the calls so far; `begin` once for each test."""

    def __init__(self, request: Capture, journal: Journal, looked_at: int = _LOOKED_AT) -> None:
        self._request = request
        self._journal = journal
        self._started = journal.clock()
        self._looked_at = looked_at
        self._slots = Slots(request.most_cases, request.most_bytes, request.seed)
        self._snapshots = Snapshots(request.module.name)
        self._busy = allocate_lock()
        self._rate = _NODES_A_SECOND
        self._expected = float(_FEWEST_NODES)
        self._plain: Dict[Any, int] = {}
        """Calls of plain values only → the last test in which they were looked at, or `_KEPT`."""
        self._functions: Dict[int, Tuple[Optional[types.FunctionType], bool]] = {}
        self._said: Set[Tuple[str, str]] = set()
        self._tests = 0
        self.watch: Watch = watch(request.module, request.qualname, self._seen)
        self.modules: Set[str] = set()
        self.path: List[str] = []
        self._last_path: List[str] = []
        self._wasted = 0
        self.calls = self._outer = self._inner = 0
        self.spent = 0.0
        self._reset(OUTSIDE, 0)

    @property
    def calls_of_test(self) -> int:
        return self._outer + self._inner

    def begin(self, test: str) -> None:
        """Calls from here on belong to this test."""
        self._tests += 1
        self._reset(test, self._tests)

    def end(self) -> None:
        """Calls from here on belong to no test."""
        if self._is_hurried and not self._is_kept:
            self._unrecorded("its arguments could not be written down in the time that a test may lose")
        if sys.path != self._last_path:
            self._last_path = list(sys.path)
            self.path += [entry for entry in self._last_path if entry not in self.path]
        self._reset(OUTSIDE, 0)

    def _reset(self, test: str, index: int) -> None:
        if self.calls_of_test:
            self.calls += self.calls_of_test
            self.spent += self.calls_of_test * _HIT_S
        self._test, self._index = test, index
        self._outer = self._inner = 0
        self._next_outer = self._next_inner = 1
        self._is_kept = self._is_hurried = False
        self.watch.arm()

    def _seen(self, code: types.CodeType, frame: types.FrameType) -> None:
        """The hook, which costs every call of the target: most of them are only counted."""
        below = frame.f_back
        if below is not None and below.f_code is code:
            self._inner += 1
            if self._inner >= self._next_inner:
                self._guarded(self._look_at_inner, code, frame)
        else:
            self._outer += 1
            if self._outer >= self._next_outer:
                self._guarded(self._look_at_outer, code, frame)

    def _guarded(self, look: _Look, code: types.CodeType, frame: types.FrameType) -> None:
        """Whatever goes wrong in here stays in here; other threads, and calls from within, are not waited for."""
        if not self._busy.acquire(False):
            return
        try:
            look(code, frame)
        except Exception as error:  # an error of ours must not become one of the test's
            self._unrecorded("recording it failed: %s" % one_line(error))
        finally:
            self._busy.release()

    def _look_at_outer(self, code: types.CodeType, frame: types.FrameType) -> None:
        if self._outer >= self._looked_at:
            self.watch.disarm()
        self._next_outer = min(self._looked_at, self._slots.next_after(self._index, self._outer))
        is_inner = _runs_below(frame, code)
        if not is_inner or self._slots.takes_inner(self._index):
            self._look(code, frame, is_inner=is_inner)

    def _look_at_inner(self, code: types.CodeType, frame: types.FrameType) -> None:
        if self._inner >= _MOST_INNER_HITS:
            self.watch.disarm()
        self._look(code, frame, is_inner=True)
        takes_more = self._slots.takes_inner(self._index) and not self._is_hurried
        self._next_inner = self._inner + 1 if takes_more else _MOST_INNER_HITS

    def _look(self, code: types.CodeType, frame: types.FrameType, *, is_inner: bool) -> None:
        begun = self._journal.effort()
        share = self._request.share / (1 if self._wasted < _MOST_WASTED else 4)
        left = _ALLOWANCE_S + share * (self._journal.clock() - self._started) - self.spent
        nodes = min(self._request.most_nodes, int(left * self._rate))
        if not self._journal.is_ours:
            return
        if nodes < self._expected:
            self._expected = max(_FEWEST_NODES, self._expected * _HOPE)
            self._is_hurried = True
            self._next_outer = self._looked_at
            return
        try:
            written = self._record(code, frame, nodes, is_inner=is_inner)
            self._expected = max(_FEWEST_NODES, written or self._expected)
        except TooLarge:
            written = nodes
            self._expected = min(2 * nodes, self._request.most_nodes)
            if nodes == self._request.most_nodes:
                self._unrecorded("its arguments have more than %d parts" % nodes)
            else:
                self._is_hurried = True
        took = self._journal.effort() - begun
        self.spent += took
        if written > 1_000 and took:
            self._rate = written / took

    def _record(self, code: types.CodeType, frame: types.FrameType, nodes: int, *, is_inner: bool) -> int:
        """Take a snapshot and keep it if there is a slot; how many nodes it has."""
        module = frame.f_globals.get("__name__")
        loaded_as = module if type(module) is str else self._request.module.name
        function, bound = self._function(code, loaded_as)
        call = arrival(frame, function, is_bound=bound)
        plain = _plain(call.roots)
        if plain and self._plain.get(plain) in (self._index, _KEPT):
            return 0
        graph = self._snapshots.take(call, nodes, loaded_as)
        if isinstance(graph, Unkeepable):
            self._unrecorded(graph.reason)
            self._wasted += 1
            self._next_outer = min(self._looked_at, 2 * self._outer)
            return 0
        self._wasted = 0
        text = self._journal.text(graph)
        slot = self._slots.place(Kept(self._index, len(text), is_inner), hash(text))
        if plain:
            self._plain[plain] = self._index if slot is None else _KEPT
        if slot is not None:
            self._journal.add(_RECORDED % (slot, self._journal.text(self._test), text))
            self.modules |= modules_named(graph)
            self._is_kept = True
        return len(graph["nodes"])

    def _function(self, code: types.CodeType, loaded_as: str) -> Tuple[Optional[types.FunctionType], bool]:
        """The live function and whether it gets a receiver, found once for each code object."""
        if id(code) not in self._functions:
            module = sys.modules.get(loaded_as)
            function = None if module is None else self.watch.loaded(module)
            owner, _, name = self._request.qualname.rpartition(".")
            try:
                bound = module is not None and is_bound(resolve(module, owner), name)
            except CannotInstall:
                bound = False
            self._functions[id(code)] = function, bound
        return self._functions[id(code)]

    def _unrecorded(self, reason: str) -> None:
        if (self._test, reason) not in self._said:
            self._said.add((self._test, reason))
            self._journal.tell(Unrecorded(self._test, reason))


def _plain(roots: Dict[str, Any]) -> Optional[Tuple[Any, ...]]:
    """What tells a call of plain, short values from others, much sooner than its graph does; None for any other."""
    values = (*roots["args"], *roots["kwargs"].values())
    kinds = (*map(type, values),)
    if "receiver" in roots or not _PLAIN.issuperset(kinds):
        return None
    if any(kind in (str, bytes) and len(value) > _LONG for kind, value in zip(kinds, values)):
        return None
    return values, kinds, (*roots["kwargs"],)


def _runs_below(frame: types.FrameType, code: types.CodeType) -> bool:
    """Whether `code` is running already, as far as the nearest frames show."""
    below = frame.f_back
    for _ in range(_FRAMES_BELOW):
        if below is None:
            return False
        if below.f_code is code:
            return True
        below = below.f_back
    return False
