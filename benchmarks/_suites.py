"""Projects from PyPI as developers have them: the source release with its own tests, and a venv to run them in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from _upstream import Skipped

_FETCH_S = 180
_INSTALL_S = 400
_RUN_S = 900
_PIP = ("-m", "pip", "--quiet", "--disable-pip-version-check")


@dataclass(frozen=True, slots=True)
class Suite:
    """How to run the tests of a package."""

    package: str
    tests: str = "tests"
    """The folder of the tests under the project's root."""
    needs: tuple[str, ...] = ("pytest<9",)
    """What the tests import, as pip knows it."""
    tests_of: str = ""
    """The release whose tests are taken, where none on PyPI has any: it must lie unpacked under `given/` in the cache.

    Debian's source packages have both of those below.
    """
    because: str = ""
    """Why it needs what it needs."""


_PYTEST = "pytest<9"
"""The newest one turns warnings that these tests cause into errors."""

SUITES = {
    suite.package: suite
    for suite in (
        Suite("boltons"),
        Suite("idna"),
        Suite("markdown-it-py", needs=(_PYTEST, "pytest-regressions", "linkify-it-py", "mdit-py-plugins"),
              tests_of="markdown-it-py-3.0.0", because="results are compared with files, by a plugin"),
        Suite("more-itertools"),
        Suite("packaging", needs=(_PYTEST, "pretend", "tomli_w"), because="pretend makes stand-ins"),
        Suite("pygments", needs=(_PYTEST, "wcag-contrast-ratio"), because="contrasts of styles are computed"),
        Suite("rich", needs=(_PYTEST, "attrs", "pygments<2.19"), tests_of="rich-13.9.4",
              because="attrs classes are printed, and colours of later Pygments differ"),
        Suite("sqlparse"),
        Suite("tomlkit"),
        Suite("toolz", tests="toolz/tests"),
    )
}  # fmt: skip
"""Not tomli, whose tests lie in its repository only; not textdistance, whose row names no function."""


@dataclass(frozen=True, slots=True)
class Project:
    """A checkout with its tests, committed to a repository of its own, and an interpreter that imports it."""

    root: Path
    python: Path
    suite: Suite

    def file(self, name: str) -> Path:
        """A file of the package, in either layout."""
        return found if (found := self.root / "src" / name).is_file() else self.root / name


def project(package: str, version: str, python: str, cache: Path) -> Project:
    """The project of one release under one interpreter, made once; `Skipped` when it cannot be had."""
    suite = SUITES.get(package)
    if suite is None:
        raise Skipped(f"no source release of {package} holds its tests")
    root = checkout(suite, version, cache)
    return Project(root, _environment(root, suite, python, cache), suite)


def release(package: str, version: str, cache: Path) -> Path:
    """The unpacked source release of a package."""
    folder = cache / "sources" / f"{package}-{version}"
    if not folder.exists():
        with tempfile.TemporaryDirectory(dir=_made(folder.parent)) as partial:
            archive = ("--no-binary", ":all:", "--no-deps", "--dest", partial)
            _run([sys.executable, *_PIP, "download", *archive, f"{package}=={version}"], _FETCH_S, "fetched")
            (packed,) = Path(partial).glob("*.tar.gz")
            with tarfile.open(packed) as opened:
                opened.extractall(f"{partial}/out", filter="data")
            (top,) = Path(partial, "out").iterdir()
            top.rename(folder)
    return folder


def checkout(suite: Suite, version: str, cache: Path) -> Path:
    """The source release with its tests, or those of the release that has them, as a git repository."""
    folder = cache / "projects" / f"{suite.package}-{version}"
    if not folder.exists():
        tests = _tests(suite, version, cache)
        partial = _made(folder.parent) / f"{folder.name}.partial"
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(release(suite.package, version, cache), partial)
        if not (partial / suite.tests).exists():
            shutil.copytree(tests, partial / suite.tests)
        for command in (("init", "--quiet"), ("add", "--all"), (*_AUTHOR, "commit", "--quiet", "-m", "Release")):
            _run(["git", "-C", str(partial), *command], _FETCH_S, "committed")
        partial.rename(folder)
    return folder


_AUTHOR = ("-c", "user.name=benchmark", "-c", "user.email=benchmark@localhost", "-c", "commit.gpgsign=false")


def _tests(suite: Suite, version: str, cache: Path) -> Path:
    if not suite.tests_of:
        return release(suite.package, version, cache) / suite.tests
    if suite.tests_of.removeprefix(f"{suite.package}-").partition(".")[0] != version.partition(".")[0]:
        raise Skipped(f"no source release on PyPI holds its tests, and those of {suite.tests_of} are of another age")
    found = cache / "given" / suite.tests_of / suite.tests
    if not found.is_dir():
        raise Skipped(f"no source release on PyPI holds its tests; put those of {suite.tests_of} under given/")
    return found


def _environment(root: Path, suite: Suite, python: str, cache: Path) -> Path:
    """The interpreter of a venv that has the project editable, what it needs and what its tests need: none of ours."""
    name = subprocess.run(
        [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], capture_output=True, text=True, check=True
    )
    folder = cache / "environments" / f"{root.name}-{name.stdout.strip()}"
    found = folder / "bin" / "python"
    ready = folder / "ready"
    if not ready.exists() or ready.read_text(encoding="utf-8").split() != list(suite.needs):
        shutil.rmtree(folder, ignore_errors=True)
        _run([python, "-m", "venv", str(folder)], _INSTALL_S, "given a venv")
        _run([str(found), *_PIP, "install", "--editable", str(root), *suite.needs], _INSTALL_S, "installed")
        ready.write_text("\n".join(suite.needs), encoding="utf-8")
    return found


def plain(project: Project, selection: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    """The project's tests, run as its developers run them; nothing is written into the project."""
    chosen = selection or [project.suite.tests]
    command = [str(project.python), "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", *chosen]
    return subprocess.run(
        command, cwd=project.root, env=developer(), capture_output=True, text=True, timeout=_RUN_S, check=False
    )


def developer() -> dict[str, str]:
    """The environment of somebody who works on that project and has never heard of us."""
    kept = ("HOME", "PATH", "LANG", "TMPDIR", "TERM")
    return {name: os.environ[name] for name in kept if name in os.environ}


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _run(command: Sequence[str], seconds: float, what: str) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        raise Skipped(f"cannot be {what} here within {seconds:.0f} s") from None
    if done.returncode:
        errors = [line for line in done.stderr.splitlines() if "ERROR" in line or "fatal" in line]
        raise Skipped(f"cannot be {what} here: {(errors or done.stderr.splitlines() or ['no reason given'])[-1]}")
