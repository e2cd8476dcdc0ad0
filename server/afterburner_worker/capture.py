"""Records the calls of one function while the user's own tests or program run, unchanged and not confined."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import traceback
import types
from typing import Iterable, List, Optional, Sequence

from afterburner_worker import scripts, suites_pytest
from afterburner_worker.journal import Journal
from afterburner_worker.ledger import Ledger
from afterburner_worker.loader import BufferLoader
from afterburner_worker.quiet import quiet_environment
from afterburner_worker.recording import Recording
from afterburner_worker.refusals import one_line
from afterburner_worker.run_messages import Capture, CaptureEnded, Module
from afterburner_worker.stand_in import StandIn
from afterburner_worker.watching import Watch

_CALLS_OF_A_PROGRAM = 100_000
"""How many are looked at where there is one program and not many tests."""


def main(arguments: Sequence[str]) -> int:
    """Do what the file named by the first argument (a `Capture` as JSON) says; 0 once the last line is written."""
    with open(arguments[0], encoding="utf-8") as file:
        body = json.load(file)
    request = Capture(**dict(body, module=Module(**body["module"])))
    _Run(request).run()
    return 0


class _Run:
    """One capture from start to end."""

    def __init__(self, request: Capture) -> None:
        self._request = request
        self._journal = Journal(request.out)
        is_suite = request.runner in ("pytest", "unittest")
        self._recording = Recording(request, self._journal, *([] if is_suite else [_CALLS_OF_A_PROGRAM]))
        self._ledger = Ledger(self._recording, self._journal.tell, request.seconds, self._journal.clock)
        self._finder = StandIn(request.module, self._loader)

    def run(self) -> None:
        quiet_environment(self._request.scratch)
        os.chdir(self._request.root)
        _lead_path(self._request)
        self._finder.come_first()
        problem = ""
        try:
            problem = self._suite()
        except BaseException as error:  # whatever ended the run, what was seen until then counts
            problem = "The run ended with %s" % one_line(error)
            traceback.print_exc()
        finally:
            if self._journal.is_ours:
                self._journal.write(self._ended(problem))

    def _suite(self) -> str:
        request, ledger = self._request, self._ledger
        if request.runner == "pytest":
            ready = self._finder.come_first
            return suites_pytest.run(request.arguments, request.root, request.scratch, ledger, _no_more, ready)
        if request.runner == "unittest":
            from afterburner_worker import suites_unittest  # unittest takes long to import, and pytest does without it

            return suites_unittest.run(request.arguments, request.root, ledger, _no_more)
        ledger.begin(request.arguments[0])
        if request.runner == "script":
            ledger.end(request.arguments[0], *scripts.run_script(request.arguments, self._code_of))
        else:
            ledger.end(request.arguments[0], *scripts.run_module(request.arguments))
        return ""

    def _loader(self, fullname: str) -> BufferLoader:
        return _WatchedLoader(fullname, self._request.module, self._recording.watch)

    def _code_of(self, path: str) -> types.CodeType:
        if os.path.realpath(path) == os.path.realpath(self._request.module.file):
            return self._recording.watch.code()
        return scripts.code_of_file(path)

    def _ended(self, problem: str) -> CaptureEnded:
        recording, ledger = self._recording, self._ledger
        if problem:
            status = "error"
        elif ledger.stopped:
            status = "out of time"
        else:
            status = "done" if ledger.tests else "no tests"
        notes = [note for note in (problem, recording.watch.problem, recording.watch.note, *self._finder.notes) if note]
        modules = _importable(recording.modules - {self._request.module.name})
        path = _own_entries(recording.path, self._request)
        calls = recording.calls + recording.calls_of_test
        return CaptureEnded(status, calls, ledger.tests, ledger.seconds, recording.spent, modules, path, notes)


class _WatchedLoader(BufferLoader):
    """Loads the buffer's text and has the target watched."""

    def __init__(self, fullname: str, module: Module, watch: Watch) -> None:
        super().__init__(fullname, module)
        self._watch = watch

    def get_code(self, fullname: str) -> types.CodeType:
        return self._watch.code()

    def exec_module(self, module: types.ModuleType) -> None:
        super().exec_module(module)
        self._watch.loaded(module)


def _no_more(error: BaseException) -> str:
    """An exception's own text says enough: nothing is refused here."""
    return ""


def _lead_path(request: Capture) -> None:
    """What the interpreter puts in front of `sys.path` for this way of running."""
    if getattr(sys.flags, "safe_path", False):
        return
    first = request.root
    if request.runner == "script":
        script = os.path.realpath(request.arguments[0])
        first = script if os.path.isdir(script) else os.path.dirname(script)
    sys.path.insert(0, first)


def _importable(names: Iterable[str]) -> List[str]:
    return sorted(name for name in names if name not in ("__main__", "builtins", "?") and _leads_back(name))


def _leads_back(name: str) -> bool:
    """Whether importing a name elsewhere gives the module that it stands for here."""
    module = sys.modules.get(name)
    try:
        spec = importlib.util.find_spec(name)
    except Exception:  # a finder of the user's
        return False
    if spec is None or module is None:
        return False
    origin: Optional[str] = getattr(module, "__file__", None)
    return origin is None or spec.origin is None or os.path.realpath(origin) == os.path.realpath(spec.origin)


def _own_entries(path: Sequence[str], request: Capture) -> List[str]:
    """The entries of `sys.path` that an interpreter does not have by itself: below the root, or beside a test."""
    root = os.path.realpath(request.root)
    beside = {os.path.dirname(os.path.realpath(a.partition("::")[0])) for a in request.arguments}
    prefixes = [os.path.realpath(prefix) + os.sep for prefix in (sys.prefix, sys.base_prefix)]
    found = []
    for entry in path:
        real = os.path.realpath(entry or os.curdir)
        is_own = (real + os.sep).startswith(root + os.sep) or real in beside
        if is_own and real not in found and not any((real + os.sep).startswith(prefix) for prefix in prefixes):
            found.append(real)
    return found
