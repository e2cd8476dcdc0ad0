"""The project's own tests with a version in place, in the sandbox, forked or spawned."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from afterburner.core.captured import Suite, TestResult
from afterburner.core.observation import Version
from afterburner.runner.target_runner import TargetRunner

TEXT = """
def total(items):
    found = 0
    for item in items:
        found += item
    return found

class Box:
    def __init__(self, items):
        self.items = items

    def size(self):
        return len(self.items)
"""
TESTS = """
import subprocess
import pytest
import socket
import subject
from subject import total

@pytest.mark.parametrize("items", [[1, 2], [3] * 10])
def test_total(items, offset):
    assert total(items) == sum(items) + offset

def test_of_the_module():
    assert subject.total([1]) == 1

def test_without_the_target(tmp_path):
    (tmp_path / "file").write_text("text")

def test_connects():
    socket.create_connection(("127.0.0.1", 9))

def test_starts():
    subprocess.run(["true"])

def test_writes():
    with open("beside.txt", "w"):
        pass

def test_reads():
    with open("data.txt") as file:
        assert total([len(file.read())]) == 4

@pytest.mark.skip(reason="not now")
def test_skipped():
    pass
"""
CONFTEST = "import pytest\n\n@pytest.fixture\ndef offset():\n    return 0\n"
Opener = Callable[..., TargetRunner]


def run(runner: TargetRunner, version: Version, suite: Suite, *names: str, seconds: float = 30.0) -> list[TestResult]:
    return asyncio.run(runner.run_tests(version, suite, names, seconds))


def endings(results: list[TestResult]) -> dict[str, str]:
    return {result.name.rpartition("::")[2]: result.outcome for result in results}


@pytest.fixture
def suite(tmp_path: Path, opened: Opener) -> tuple[TargetRunner, Suite]:
    runner = opened(TEXT, "total")
    root = tmp_path / "project0"
    (root / "tests").mkdir()
    (root / "tests/test_subject.py").write_text(TESTS)
    (root / "tests/conftest.py").write_text(CONFTEST)
    (root / "data.txt").write_text("four")
    return runner, Suite("pytest", str(root))


def test_every_test_says_how_it_ended_and_whether_it_reached_the_target(suite: tuple[TargetRunner, Suite]) -> None:
    results = {result.name: result for result in run(suite[0], Version(TEXT), suite[1], "tests/test_subject.py")}
    got = {name.partition("::")[2]: (result.outcome, result.calls) for name, result in results.items()}
    assert got == {
        "test_total[items0]": ("passed", 1),
        "test_total[items1]": ("passed", 1),
        "test_of_the_module": ("passed", 1),
        "test_without_the_target": ("passed", 0),
        "test_connects": ("failed", 0),
        "test_starts": ("failed", 0),
        "test_writes": ("failed", 0),
        "test_reads": ("passed", 1),
        "test_skipped": ("skipped", 0),
    }
    reasons = {name.partition("::")[2]: result.reason for name, result in results.items()}
    assert reasons["test_connects"] == "needs the network"
    assert reasons["test_starts"] == "starts a process"
    assert reasons["test_writes"] == "reaches beside.txt, which the sandbox does not grant"
    assert "not now" in reasons["test_skipped"]


@pytest.mark.system
@pytest.mark.parametrize("tier", ["jail", "full"])
def test_every_python_runs_them_in_either_tier(
    opened: Opener, tmp_path: Path, cpython: Path, with_pytest: Callable[[Path], Path], tier: str
) -> None:
    runner = opened(TEXT, "total", python=str(with_pytest(cpython)), tier=tier)
    root = tmp_path / "project0"
    (root / "test_subject.py").write_text(TESTS)
    (root / "conftest.py").write_text(CONFTEST)
    (root / "data.txt").write_text("four")
    version, suite = Version(TEXT.replace("found = 0", "found = len(items) // 10")), Suite("pytest", str(root))
    results = {result.name.partition("::")[2]: result for result in run(runner, version, suite, "test_subject.py")}
    assert {name: result.outcome for name, result in results.items()} == {
        "test_total[items0]": "passed",
        "test_total[items1]": "failed",
        "test_of_the_module": "passed",
        "test_without_the_target": "passed",
        "test_connects": "failed",
        "test_starts": "failed",
        "test_writes": "failed",
        "test_reads": "passed",
        "test_skipped": "skipped",
    }
    assert results["test_total[items1]"].calls == results["test_reads"].calls == 1
    assert (results["test_connects"].reason, results["test_starts"].reason) == ("needs the network", "starts a process")
    assert "beside.txt" in results["test_writes"].reason


@pytest.mark.parametrize("whole", [False, True], ids=["code", "whole"])
def test_the_version_in_place_is_what_the_tests_call(suite: tuple[TargetRunner, Suite], whole: bool) -> None:
    wrong = Version(TEXT.replace("found = 0", "found = 1"), whole=whole)
    names = ("tests/test_subject.py::test_total[items1]", "tests/test_subject.py::test_of_the_module")
    results = run(*suite[:1], wrong, suite[1], *names)
    assert {(r.name, r.outcome, r.calls) for r in results} == {(name, "failed", 1) for name in names}
    assert all("assert" in r.reason for r in results)


def test_whatever_name_leads_to_the_file_leads_to_the_version(
    suite: tuple[TargetRunner, Suite], tmp_path: Path
) -> None:
    (tmp_path / "project0/other").mkdir()
    (tmp_path / "project0/other/subject.py").symlink_to("../subject.py")
    test = "from other.subject import total\n\ndef test_it():\n    total([])\n"
    (tmp_path / "project0/test_other.py").write_text(test)
    [result] = run(suite[0], Version(TEXT.replace("found = 0", "found = 1 / 0")), suite[1], "test_other.py")
    assert (result.outcome, result.calls) == ("failed", 1)
    assert "ZeroDivisionError" in result.reason


def test_one_that_ends_the_process_or_hangs_does_not_end_the_others(suite: tuple[TargetRunner, Suite]) -> None:
    bad = Version(TEXT.replace("found = 0", "found = 0\n    if len(items) == 10:\n        __import__('os')._exit(0)"))
    file = "tests/test_subject.py"
    names = [f"{file}::{name}" for name in ("test_total[items0]", "test_total[items1]", "test_of_the_module")]
    results = run(suite[0], bad, suite[1], *names)
    assert endings(results) == {
        "test_total[items0]": "passed",
        "test_total[items1]": "error",
        "test_of_the_module": "passed",
    }
    hangs = Version(TEXT.replace("found = 0", "found = 0\n    while len(items) == 10:\n        pass"))
    results = run(suite[0], hangs, suite[1], *names, seconds=2.0)
    assert [r.reason for r in results if r.name == names[1]] == ["it did not end in time"]


def test_what_cannot_be_collected_is_named(suite: tuple[TargetRunner, Suite]) -> None:
    root = Path(suite[1].root)
    (root / "tests/test_broken.py").write_text("import socket\nsocket.create_connection(('127.0.0.1', 9))\n")
    names = ("tests/test_broken.py", "tests/test_subject.py::test_gone", "tests/test_subject.py::test_of_the_module")
    results = {result.name: result for result in run(suite[0], Version(TEXT), suite[1], *names)}
    assert {name: result.outcome for name, result in results.items()} == dict(
        zip(names, ("error", "error", "passed"), strict=True)
    )
    assert "did not find it" in results["tests/test_subject.py::test_gone"].reason
    (root / "tests/conftest.py").write_text("import nothing_of_this_name\n")
    [result] = run(suite[0], Version(TEXT), suite[1], names[2])
    assert result.outcome == "error" and "nothing_of_this_name" in result.reason


def test_unittest_runs_files_and_ids(suite: tuple[TargetRunner, Suite]) -> None:
    root = Path(suite[1].root)
    (root / "checks").mkdir()
    (root / "checks/test_box.py").write_text(
        "import unittest\nfrom subject import total\n\nclass Box(unittest.TestCase):\n"
        "    def test_right(self):\n        self.assertEqual(total([1]), 1)\n"
        "    def test_wrong(self):\n        self.assertEqual(total([1]), 2)\n"
        "    def test_parts(self):\n        for n in (1, 2):\n"
        "            with self.subTest(n=n):\n                self.assertEqual(total([n]), 1)\n"
    )
    by_unittest = Suite("unittest", suite[1].root)
    results = run(suite[0], Version(TEXT), by_unittest, "checks/test_box.py")
    assert {r.name: (r.outcome, r.calls) for r in results} == {
        "checks/test_box.py::Box.test_right": ("passed", 1),
        "checks/test_box.py::Box.test_wrong": ("failed", 1),
        "checks/test_box.py::Box.test_parts": ("failed", 2),
    }
    again = run(suite[0], Version(TEXT), by_unittest, "checks/test_box.py::Box.test_right", "checks.test_box")
    assert sorted(r.outcome for r in again) == ["failed", "failed", "passed", "passed"]
