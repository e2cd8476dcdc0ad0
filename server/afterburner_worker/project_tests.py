"""Runs the project's own tests in the sandbox, with a version of the target in place."""

from __future__ import annotations

import contextlib
import os
import sys
import types
from dataclasses import replace
from time import perf_counter
from typing import Callable, Iterator

from afterburner_worker import suites_pytest, suites_unittest
from afterburner_worker.install import Placed
from afterburner_worker.ledger import Ledger
from afterburner_worker.messages import Install, RunTests
from afterburner_worker.quiet import quiet_environment
from afterburner_worker.refusals import refusal
from afterburner_worker.run_messages import TestEnded
from afterburner_worker.stand_in import SameModule, StandIn
from afterburner_worker.watching import watch

_COUNTED = 10_000


def run_tests(request: RunTests, install: Install, placed: Placed, tell: Callable[[TestEnded], None]) -> None:
    """Tell how each test ends; whatever name a test imports the target's module under, it gets the version in place."""
    scratch = os.path.join(os.getcwd(), "tests")
    quiet_environment(scratch)
    os.chdir(request.root)
    if request.root not in sys.path:
        sys.path.insert(0, request.root)
    finder = StandIn(install.module, lambda fullname: SameModule(placed.module))
    finder.come_first()
    _forget(request)
    counting = _Counting(install, placed)
    ledger = Ledger(counting, tell, request.seconds, perf_counter)
    with _printing_nowhere():
        if request.runner == "pytest":
            arguments = request.arguments, request.root, scratch, ledger, refusal, finder.come_first
            suites_pytest.run(*arguments)
        else:
            suites_unittest.run(request.arguments, request.root, ledger, refusal)
    counting.close()


def _forget(request: RunTests) -> None:
    """Let the runner import the test files itself: that they hold classes of captured calls has imported some."""
    files = {os.path.realpath(argument.partition("::")[0]) for argument in request.arguments}
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None) or ""
        if os.path.basename(file) == "conftest.py" or os.path.realpath(file) in files:
            del sys.modules[name]


class _Counting:
    """Counts calls of the version in place, of very many the first ones."""

    def __init__(self, install: Install, placed: Placed) -> None:
        self._watch = watch(replace(install.module, text=install.version.text), install.qualname, self._seen)
        self._watch.installed(placed.function)
        self.calls_of_test = 0

    def begin(self, test: str) -> None:
        self.calls_of_test = 0
        self._watch.arm()

    def end(self) -> None:
        self._watch.disarm()

    def close(self) -> None:
        self._watch.close()

    def _seen(self, code: types.CodeType, frame: types.FrameType) -> None:
        self.calls_of_test += 1
        if self.calls_of_test >= _COUNTED:
            self._watch.disarm()


@contextlib.contextmanager
def _printing_nowhere() -> Iterator[None]:
    """Tests may print without end, and what takes it is a file of limited size."""
    sys.stdout.flush()
    sys.stderr.flush()
    saved = [os.dup(1), os.dup(2)]
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        yield
    finally:
        for number, descriptor in enumerate(saved, 1):
            os.dup2(descriptor, number)
            os.close(descriptor)
        os.close(nowhere)
