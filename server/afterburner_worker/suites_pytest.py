"""Runs the project's tests by the pytest that is installed beside it, in this process."""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from importlib import import_module
from typing import Any, Callable, Dict, Generator, Iterator, List, Sequence, Set, Tuple

from afterburner_worker.ledger import Ledger
from afterburner_worker.quiet import pytest_arguments, quiet_pytest
from afterburner_worker.refusals import one_line

_NO_TESTS = 5
_RAN = (0, 1, _NO_TESTS)
_WRAPPERS = (
    "pytest_cmdline_parse",
    "pytest_load_initial_conftests",
    "pytest_collection_modifyitems",
    "pytest_runtest_protocol",
)
_JOINTLY = 8
"""From this version on pytest goes through files and folders of a folder together, by name; before, files first."""
_LIKELIEST = 5
Explain = Callable[[BaseException], str]


def run(
    arguments: Sequence[str], root: str, scratch: str, ledger: Ledger, explain: Explain, ready: Callable[[], None]
) -> str:
    """Run files or node ids, the likeliest first; a sentence when the run as a whole failed, else "".

    They run in the order in which pytest itself would come to them, since tests may lean on those before them. Only
    when half of the time is over do the likeliest files' tests come before the rest. `explain` gives a phrase for an
    exception where there is a better one than its text; `ready` is called once pytest's own import hook stands.
    """
    pytest: Any = import_module("pytest")
    sys.argv = [os.path.join(os.path.dirname(pytest.__file__), "__main__.py"), *arguments]
    major = int(pytest.__version__.partition(".")[0])
    files = sorted({argument.partition("::")[0] for argument in arguments}, key=lambda file: _place(file, major))
    wanted = _Wanted(arguments, root)
    reports = _Reports(ledger, root, explain)
    plugin = _Plugin(reports, scratch, wanted, ready)
    for name in _WRAPPERS:  # in the way that pytest 6 knows as well
        pytest.hookimpl(hookwrapper=True, tryfirst=True)(getattr(_Plugin, name))
    pytest.hookimpl(tryfirst=True)(_Plugin.pytest_runtest_makereport)
    status = int(pytest.main([*pytest_arguments(scratch), *files], plugins=[plugin]))
    problem = "" if status in _RAN or ledger.stopped else "pytest ended with status %d" % status
    if problem and reports.why:
        problem += ": %s" % reports.why
    for name in wanted.missing if not ledger.stopped else ():
        ledger.never_began(name, "error", problem or "pytest did not find it, or left it out")
    return problem


class _Wanted:
    """The tests that were asked for: by file, or by node id with or without its parameters."""

    def __init__(self, arguments: Sequence[str], root: str) -> None:
        self._names = {_absolute(argument, root): argument for argument in arguments}
        self._likeliest = list(dict.fromkeys(name.partition("::")[0] for name in self._names))[:_LIKELIEST]
        self._found: Set[str] = set()

    def keeps(self, name: str, root: str) -> bool:
        whole = _absolute(name, root)
        found = [one for one in (whole, *_shorter(whole)) if one in self._names]
        if not found:
            found = [one for one in _folders(whole.partition("::")[0]) if one in self._names]
        self._found.update(found)
        return bool(found)

    def is_likely(self, name: str, root: str) -> bool:
        """Whether a test lies in one of the files that were named first."""
        return _absolute(name, root).partition("::")[0] in self._likeliest

    @property
    def missing(self) -> List[str]:
        return [name for whole, name in self._names.items() if whole not in self._found and "::" in name]


class _Reports:
    """Turns pytest's reports of setup, call and teardown into one end of each test."""

    def __init__(self, ledger: Ledger, root: str, explain: Explain) -> None:
        self.ledger = ledger
        self.root = root
        self.pytest_root = root
        """What pytest's own node ids start from."""
        self._names: Dict[str, str] = {}
        self._explain = explain
        self._outcome: Tuple[str, str] = ("passed", "")
        self.why = ""

    def name(self, item: Any) -> str:
        """A node id that leads back to the test from the root, wherever pytest's own root is."""
        if item.nodeid not in self._names:
            self._names[item.nodeid] = self.named(str(getattr(item, "path", None) or item.fspath), item.nodeid)
        return self._names[item.nodeid]

    def named(self, path: str, node: str) -> str:
        _, mark, rest = node.partition("::")
        return _relative(path, self.root) + mark + rest

    def begin(self, item: Any) -> None:
        self._outcome, self.why = ("passed", ""), ""
        self.ledger.begin(self.name(item))

    def end(self, item: Any) -> None:
        self.ledger.end(self.name(item), *self._outcome)

    def raised(self, error: BaseException) -> None:
        self.why = self._explain(error) or one_line(error)

    def report(self, report: Any) -> None:
        if report.outcome == "rerun":
            self._outcome, self.why = ("passed", ""), ""
        elif report.failed and self._outcome[0] not in ("failed", "error"):
            outcome = "failed" if report.when == "call" else "error"
            self._outcome = outcome, self.why or _reason(report.longrepr)
        elif report.skipped and self._outcome[0] == "passed":
            self._outcome = "skipped", getattr(report, "wasxfail", "") or _reason(report.longrepr)

    def collected(self, report: Any) -> None:
        """A file that could not be imported, or that skips itself."""
        if not report.passed:
            path = os.path.join(self.pytest_root, report.nodeid.partition("::")[0])
            outcome = "error" if report.failed else "skipped"
            self.ledger.never_began(self.named(path, report.nodeid), outcome, _reason(report.longrepr))


class _Plugin:
    """Our hooks; those named in `_WRAPPERS` stand around the same ones of every other plugin."""

    def __init__(self, reports: _Reports, scratch: str, wanted: _Wanted, ready: Callable[[], None]) -> None:
        self._reports = reports
        self._ledger = reports.ledger
        self._scratch = scratch
        self._wanted = wanted
        self._ready = ready
        self._is_hurried = False

    def pytest_cmdline_parse(self) -> Generator[None, Any, None]:
        outcome = yield
        if outcome.excinfo is None:
            quiet_pytest(outcome.get_result().option, self._scratch)

    def pytest_load_initial_conftests(self, early_config: Any) -> Generator[None, Any, None]:
        quiet_pytest(early_config.known_args_namespace, self._scratch)
        self._reports.pytest_root = str(getattr(early_config, "rootpath", None) or early_config.rootdir)
        self._ready()
        outcome = yield
        if outcome.excinfo is not None:
            self._reports.raised(outcome.excinfo[1].__cause__ or outcome.excinfo[1])

    def pytest_collection_modifyitems(self, items: List[Any]) -> Iterator[None]:
        yield
        items[:] = [item for item in items if self._wanted.keeps(self._reports.name(item), self._reports.root)]
        if self._ledger.is_over and items:
            self._ledger.stopped = True
            del items[:]

    def pytest_runtest_protocol(self, item: Any, nextitem: Any) -> Iterator[None]:
        self._reports.begin(item)
        yield
        self._reports.end(item)
        if nextitem is not None and self._ledger.is_over:
            self._ledger.stopped = True
            item.session.shouldstop = "no time for more"
        elif nextitem is not None and self._ledger.is_late and not self._is_hurried:
            self._is_hurried = True
            self._likeliest_next(item.session.items, nextitem)

    def _likeliest_next(self, items: List[Any], nextitem: Any) -> None:
        """After the next item, which pytest prepares for already."""
        rest = items.index(nextitem) + 1
        reports, wanted = self._reports, self._wanted
        items[rest:] = sorted(items[rest:], key=lambda one: not wanted.is_likely(reports.name(one), reports.root))

    def pytest_runtest_makereport(self, call: Any) -> None:
        if call.excinfo is not None:
            self._reports.raised(call.excinfo.value)

    def pytest_runtest_logreport(self, report: Any) -> None:
        self._reports.report(report)

    def pytest_collectreport(self, report: Any) -> None:
        self._reports.collected(report)


def _place(file: str, major: int) -> List[Tuple[bool, str]]:
    """Where a file or folder stands among others in the order of this version of pytest."""
    parts = os.path.normpath(file).split(os.sep)
    return [(major < _JOINTLY and depth < len(parts), part) for depth, part in enumerate(parts, 1)]


def _absolute(name: str, root: str) -> str:
    file, mark, rest = name.partition("::")
    return _real(os.path.join(root, file)) + mark + rest


@lru_cache(maxsize=None)
def _relative(path: str, root: str) -> str:
    short = os.path.relpath(path, root)
    if short.startswith(os.pardir):  # the root may have been reached through a link
        short = os.path.relpath(os.path.realpath(path), os.path.realpath(root))
    return short


@lru_cache(maxsize=None)
def _real(path: str) -> str:
    return os.path.realpath(path)


def _shorter(name: str) -> Iterator[str]:
    """The classes and functions that a node id lies in."""
    head = name.partition("[")[0]
    if head != name:
        yield head
    while "::" in head:
        head = head.rpartition("::")[0]
        yield head


def _folders(file: str) -> Iterator[str]:
    while os.path.dirname(file) != file:
        file = os.path.dirname(file)
        yield file


def _reason(longrepr: Any) -> str:
    """One line out of pytest's description of what went wrong."""
    if isinstance(longrepr, tuple):
        return str(longrepr[-1])
    crash = getattr(longrepr, "reprcrash", None)
    if crash is not None:
        return str(crash.message).partition("\n")[0]
    lines = [line for line in str(longrepr).splitlines() if line.strip()]
    errors = [line[1:] for line in lines if line.startswith("E ")]
    return (errors or lines or [""])[-1]
