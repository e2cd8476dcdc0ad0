"""What recording real calls costs a project's own tests, and whether it leaves anything behind.

    python benchmarks/capture.py --corpus PATH [--python EXE …] [--pairs 5] [--only PACKAGE …] [--markdown OUT]

For one function of each package of the corpus, the tests that can reach it are run as developers run them, and as a
capture runs them, in pairs whose order alternates. The table has the ratio of the medians, in CPU time (user and
system, of all processes) and on the wall. Before and after a capture everything in the project, its venv, its git index
and a private home is noted: name, mode, time of change and content.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import hashlib
import json
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import platformdirs
from _bench import below_mark, machine, table
from _suites import SUITES, Project, plain, project
from _upstream import Row, Skipped, checked

from afterburner.core import target as targets
from afterburner.core.captured import Captured
from afterburner.core.profile import Profile
from afterburner.inputs import tests
from afterburner.runner import capturing, interpreter
from afterburner.runner.project import locate, read
from afterburner.settings.load import load_settings

_HEADER = (
    "package", "function", "CPython", "tests", "calls", "plain", "CPU time", "wall time", "nothing touched",
)  # fmt: skip
_LONGEST_S = 900.0
_Facts = dict[str, tuple[int, int, str]]


def main() -> None:
    options = _options()
    lines = options.corpus.read_text(encoding="utf-8").splitlines()
    rows = [Row.of(json.loads(line)) for line in lines if line.strip()]
    profile = load_settings(Path.cwd()).profile("balanced")
    cells = []
    for package in [p for p in SUITES if not options.only or p in options.only]:
        for python in options.python:
            of_package = [row for row in rows if row.package == package]
            cells.append(_measured(of_package, python, options.cache, options.pairs, profile))
            print(" | ".join(cells[-1]), flush=True)
    if options.markdown:
        text = f"{machine()}; {options.pairs} pairs each.\n\n{table(_HEADER, cells)}\n"
        below_mark(options.markdown, "benchmarks/capture.py", text)


def _measured(rows: Sequence[Row], python: str, cache: Path, pairs: int, profile: Profile) -> list[str]:
    """The line of the table for the first row of a package that names a function."""
    for row in rows:
        try:
            place = project(row.package, row.before, python, cache)
            checked(row, place.file(row.file))
        except Skipped as error:
            reason = str(error)
            continue
        return _overhead(row, place, pairs, profile)
    return [rows[0].package, reason, *["–"] * (len(_HEADER) - 2)]


def _overhead(row: Row, place: Project, pairs: int, profile: Profile) -> list[str]:
    there = locate(place.file(row.file))
    target = targets.find(read(there.file), there.module, row.qualname)
    found = interpreter.find(there.root, str(place.python))
    head = [row.package, f"`{row.qualname}`", found.label.removeprefix("CPython ")]
    plan = tests.plan(target, there)
    if plan is None:
        return [*head, "no test can reach it", *["–"] * (len(_HEADER) - len(head) - 1)]
    run = capturing.Run("pytest", plan.likely, plan.root, _LONGEST_S, profile.captured_cases)
    with tempfile.TemporaryDirectory(prefix="afterburner-bench-") as folder, _home(Path(folder, "home")) as home:

        def capture() -> Captured:
            out = Path(tempfile.mkdtemp(dir=folder), "answers.jsonl")
            return asyncio.run(capturing.capture(target, there, found, run, out, lambda _: None))

        def as_always() -> object:
            return plain(place, sorted(plan.likely, key=lambda file: file.split("/")))

        at_first = dict(_noted(place, home))
        as_always()
        before = dict(_noted(place, home))
        seen = capture()
        changed = _changed(at_first, before, dict(_noted(place, home)))
        spent = [_pair(as_always, capture, turned=bool(number % 2)) for number in range(pairs)]
    counted = [str(len(seen.tests)), str(seen.calls)]
    return [*head, *counted, *_ratios(spent), changed or "yes"]


@contextlib.contextmanager
def _home(folder: Path) -> Iterator[Path]:
    """A private home for all that is started."""
    folder.mkdir()
    before = os.environ.get("HOME", "")
    os.environ["HOME"] = str(folder)
    try:
        yield folder
    finally:
        os.environ["HOME"] = before


def _pair(first: Callable[[], object], second: Callable[[], object], *, turned: bool) -> list[tuple[float, float]]:
    """CPU and wall seconds of both, in the order that they were given."""
    spent = [_timed(work) for work in ((second, first) if turned else (first, second))]
    return spent[::-1] if turned else spent


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of CPU that all processes started by the work took, and seconds on the wall."""
    cpu, wall = _children(), time.perf_counter()
    work()
    return _children() - cpu, time.perf_counter() - wall


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _ratios(spent: Sequence[Sequence[tuple[float, float]]]) -> list[str]:
    """The plain run's CPU time, then the ratios of the medians."""
    medians = [[statistics.median(pair[side][kind] for pair in spent) for kind in (0, 1)] for side in (0, 1)]
    return [f"{medians[0][0]:.1f} s", *(f"{medians[1][kind] / medians[0][kind]:.2f}×" for kind in (0, 1))]


def _noted(place: Project, home: Path) -> Iterator[tuple[str, tuple[int, int, str]]]:
    """Path → mode, time of change and digest: the project (git's files too), its venv, and the home but our cache."""
    for top in (place.root, place.python.parents[1], home):
        for folder, names, files in os.walk(top):
            if folder == str(home):
                names[:] = [name for name in names if [p.name for p in Path(folder, name).iterdir()] != ["afterburner"]]
            for name in [*names, *files]:
                path = Path(folder, name)
                facts = path.lstat()
                content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
                changed = facts.st_mtime_ns if name in files else 0
                yield str(path), (facts.st_mode, changed, hashlib.sha256(content).hexdigest())


def _changed(first: _Facts, before: _Facts, after: _Facts) -> str:
    """What a capture changed and the tests do not change by themselves, in words; '' when there is nothing."""
    by_tests = {path for path in first.keys() | before.keys() if first.get(path) != before.get(path)}
    by_capture = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    other = sorted(by_capture - by_tests)
    return f"{len(other)} changed: {', '.join(other[:3])}" if other else ""


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    cache = Path(platformdirs.user_cache_dir("afterburner-benchmarks"))
    parser.add_argument("--corpus", type=Path, required=True, help="JSON lines that name releases and functions")
    parser.add_argument("--python", nargs="+", default=[sys.executable], metavar="EXE", help="CPythons of the venvs")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--only", nargs="+", metavar="PACKAGE", help="these packages only")
    parser.add_argument("--cache", type=Path, default=cache, help="where projects and venvs are made")
    parser.add_argument("--markdown", type=Path, metavar="OUT", help="write the table here")
    options = parser.parse_args()
    options.cache = options.cache.absolute()
    return options


if __name__ == "__main__":
    main()
