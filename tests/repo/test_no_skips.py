"""`--no-skips` turns every way of not running a test into a failure."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SKIPPING = {
    "mark": "@pytest.mark.skip(reason='no')\ndef test_x(): pass",
    "call": "def test_x(): pytest.skip('no')",
    "module": "pytest.importorskip('surely_absent')",
    "xfail": "@pytest.mark.xfail\ndef test_x(): assert False",
    "fixture": "@pytest.fixture\ndef f(): pytest.skip('no')\ndef test_x(f): pass",
}


@pytest.fixture
def run(root: Path, tmp_path: Path):
    """A function that runs one test file under this suite's conftest and gives pytest's exit status."""

    def run_pytest(text: str, *options: str) -> int:
        shutil.copy(root / "tests/conftest.py", tmp_path)
        (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -p no:cacheprovider\n")
        (tmp_path / "test_it.py").write_text(f"import pytest\n{text}\ndef test_other(): pass\n")
        command = [sys.executable, "-B", "-m", "pytest", "-q", *options, "."]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode

    return run_pytest


@pytest.mark.parametrize("way", SKIPPING)
def test_a_skip_fails_under_no_skips(run, way: str) -> None:
    assert run(SKIPPING[way], "--no-skips") in {1, 2}


def test_without_the_option_a_skip_passes(run) -> None:
    assert run(SKIPPING["mark"]) == 0


def test_a_suite_that_skips_nothing_passes(run) -> None:
    assert run("def test_x(): pass", "--no-skips") == 0
