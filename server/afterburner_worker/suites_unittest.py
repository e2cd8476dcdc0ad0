"""Runs the project's tests by the standard library's unittest, in this process."""

from __future__ import annotations

import os
import sys
import unittest
from importlib import import_module
from typing import Any, Callable, Optional, Sequence, Tuple

from afterburner_worker.ledger import Ledger
from afterburner_worker.refusals import one_line

Explain = Callable[[BaseException], str]


def run(arguments: Sequence[str], root: str, ledger: Ledger, explain: Explain) -> str:
    """Run files, dotted names, or FILE::Class.test in this order; a sentence when that failed as a whole, else ""."""
    sys.argv = ["python -m unittest", *arguments]
    loader = unittest.TestLoader()
    result = _Result(ledger, explain)
    for argument in arguments:
        if result.shouldStop:
            break
        file, _, test = argument.partition("::")
        result.file = file if file.endswith(".py") else ""
        try:
            suite = _load(loader, os.path.join(root, file), test) if result.file else loader.loadTestsFromName(argument)
        except unittest.SkipTest as skip:
            ledger.never_began(argument, "skipped", str(skip))
        except (Exception, SystemExit) as error:
            ledger.never_began(argument, "error", explain(error) or one_line(error))
        else:
            unittest.TextTestRunner(verbosity=0, resultclass=lambda *_args, **_options: result).run(suite)  # type: ignore[arg-type]
    return ""


def _load(loader: unittest.TestLoader, file: str, test: str) -> unittest.TestSuite:
    """The tests of a file, imported as discovery would import it: from the first folder above that is no package."""
    folder, parts = os.path.dirname(file), [os.path.splitext(os.path.basename(file))[0]]
    while os.path.exists(os.path.join(folder, "__init__.py")):
        folder, name = os.path.split(folder)
        parts.insert(0, name)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    module = import_module(".".join(parts))
    return loader.loadTestsFromName(test, module) if test else loader.loadTestsFromModule(module)


class _Result(unittest.TestResult):
    """Hears of every test and passes it on to the ledger."""

    def __init__(self, ledger: Ledger, explain: Explain) -> None:
        super().__init__()
        self.file = ""
        self._ledger = ledger
        self._explain = explain
        self._running: Optional[unittest.TestCase] = None
        self._outcome: Tuple[str, str] = ("passed", "")

    def startTest(self, test: unittest.TestCase) -> None:
        super().startTest(test)
        self._running = test
        self._outcome = "passed", ""
        self._ledger.begin(self._name(test))

    def stopTest(self, test: unittest.TestCase) -> None:
        super().stopTest(test)
        self._running = None
        self._ledger.end(self._name(test), *self._outcome)
        if self._ledger.is_over:
            self._ledger.stopped = True
            self.stop()

    def addError(self, test: unittest.TestCase, err: Any) -> None:
        super().addError(test, err)
        self._ended(test, "error", self._explain(err[1]) or one_line(err[1]))

    def addFailure(self, test: unittest.TestCase, err: Any) -> None:
        super().addFailure(test, err)
        self._ended(test, "failed", self._explain(err[1]) or one_line(err[1]))

    def addSubTest(self, test: unittest.TestCase, subtest: unittest.TestCase, err: Any) -> None:
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._ended(test, "failed", self._explain(err[1]) or one_line(err[1]))

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        super().addSkip(test, reason)
        self._ended(test, "skipped", reason)

    def addExpectedFailure(self, test: unittest.TestCase, err: Any) -> None:
        super().addExpectedFailure(test, err)
        self._ended(test, "skipped", "expected to fail")

    def addUnexpectedSuccess(self, test: unittest.TestCase) -> None:
        super().addUnexpectedSuccess(test)
        self._ended(test, "failed", "passed, but was expected to fail")

    def _ended(self, test: unittest.TestCase, outcome: str, reason: str) -> None:
        """Note the worst that happened; what happens outside of a test belongs to its class or module."""
        if self._running is None:
            self._ledger.never_began(self._name(test), outcome, reason)
        elif self._outcome[0] in ("passed", "skipped"):
            self._outcome = outcome, reason

    def _name(self, test: unittest.TestCase) -> str:
        """What leads back to the test: its id, or for a file's tests the file and what follows its module."""
        name = test.id()
        module = type(test).__module__ + "."
        if self.file and name.startswith(module):
            return "%s::%s" % (self.file, name[len(module) :])
        return name
