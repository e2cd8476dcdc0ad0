"""What every test shares: the `--no-skips` promise, quiet Hypothesis, and the other CPythons of this machine."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]
CPYTHONS = ("3.9", "3.10", "3.11", "3.12", "3.13")
_TRIES = 3
_TOO_NOISY = re.compile(r"Launches(\s|\\n)+scatter(\s|\\n)+by")
"""Where a line ends there as well, in texts and in what `repr` makes of them."""

settings.register_profile("house", database=None, deadline=None, derandomize=True)
settings.load_profile("house")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skips", action="store_true", help="a test that skips or xfails is a failure")
    parser.addoption("--update", action="store_true", help="write expected texts and screenshots anew")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    return _no_skip(item.config, report)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    report = yield
    return _no_skip(collector.config, report)


def _no_skip(config: pytest.Config, report: pytest.TestReport | pytest.CollectReport) -> object:
    """The report, turned into a failure when it skipped and `--no-skips` is given."""
    if report.skipped and config.getoption("--no-skips"):
        report.outcome = "failed"
        vars(report).pop("wasxfail", None)  # pytest does not count a failure that has one
        report.longrepr = f"skipped under --no-skips, where nothing may: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def settled() -> Callable[[Callable[[], Any]], Any]:
    """Gives what a run came to; it runs again, up to three times, while its answer is that launches scatter too much.

    For tests that are about an offer: its gain must be so large that only a very busy machine hides it.
    """

    def settle(run: Callable[[], Any]) -> Any:
        for _ in range(_TRIES - 1):
            found = run()
            if not _TOO_NOISY.search(str(found)):
                return found
        return run()

    return settle


@pytest.fixture(params=CPYTHONS)
def cpython(request: pytest.FixtureRequest) -> Path:
    """The path of each supported CPython in turn; for tests marked `system`, which fail where one is missing."""
    found = find_cpython(request.param)
    if found is None:
        pytest.fail(f"no CPython {request.param} on PATH or under ~/.pyenv/versions: `pyenv install {request.param}`")
    return found


@pytest.fixture(scope="session")
def cpythons() -> Callable[[str], Path]:
    """Gives the path of one CPython by its version; for tests marked `system`."""

    def find(version: str) -> Path:
        found = find_cpython(version)
        assert found is not None, f"no CPython {version} on PATH or under ~/.pyenv/versions"
        return found

    return find


@pytest.fixture(scope="session")
def with_pytest(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """Gives the interpreter of a virtual environment with pytest and xdist, made once for each CPython."""

    @cache
    def made(python: Path) -> Path:
        folder = tmp_path_factory.mktemp("environment") / "venv"
        subprocess.run([python, "-m", "venv", folder], check=True)
        command = [folder / "bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*command, "pytest", "pytest-xdist"], check=True, capture_output=True)
        return folder / "bin/python"

    return made


@cache
def find_cpython(version: str) -> Path | None:
    """The real executable of CPython `version` ("3.9"), from PATH or pyenv; None when there is none that runs."""
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    pyenv = sorted((Path.home() / ".pyenv/versions").glob(f"{version}.*/bin"), key=_numbers)
    for candidate in (folder / f"python{version}" for folder in [*reversed(pyenv), *folders]):
        if candidate.exists() and (found := _ask(candidate, version)):
            return found
    return None


def _numbers(path: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", path.parent.name)]


def _ask(candidate: Path, version: str) -> Path | None:
    asked = "import sys; print(sys.implementation.name + '%d.%d' % sys.version_info[:2], sys.executable, sep='\\n')"
    answer = subprocess.run([candidate, "-I", "-c", asked], capture_output=True, text=True, check=False)
    lines = answer.stdout.splitlines()
    return Path(lines[1]) if lines[:1] == [f"cpython{version}"] else None
