"""The command line with nothing replaced, on the examples."""

from __future__ import annotations

import doctest
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "examples").glob("*.py"))


def afterburner(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = "import sys; from afterburner.cli import main; main(sys.argv[1:])"
    command = [sys.executable, "-c", program, *arguments, "--interpreter", sys.executable]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def shop(root: Path, tmp_path: Path) -> Path:
    """A folder with a copy of the first example."""
    shutil.copy(root / "examples/orders.py", tmp_path)
    return tmp_path


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_do_what_they_say(path: Path) -> None:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    result = doctest.testmod(module)
    assert result.attempted > 0 and result.failed == 0


def test_an_offer_is_applied_and_the_bundle_is_written(root: Path, shop: Path, settled: Any) -> None:
    before = (shop / "orders.py").read_text()
    arguments = ("--profile", "fast", "--apply", "--json", "--bundle", "run.json")
    result = settled(lambda: afterburner(shop, "optimize", "orders.py::repeat_customers", *arguments))
    assert result.returncode == 0, result.stdout + result.stderr
    found = json.loads(result.stdout)
    jsonschema.validate(found, json.loads((root / "docs/schema/outcome-1.json").read_text()))
    best = found["attempts"][0]
    assert found["applied"] and best["offered"] and best["verdict"]["kind"] == "equivalent"
    assert best["comparison"]["headline"]["point"] > 10
    assert (shop / "orders.py").read_text() == best["new_text"] != before
    assert {path.name for path in shop.iterdir()} == {"orders.py", "run.json"}


RIGHT = '''\
def evens(values: list[int]) -> list[int]:
    """
    >>> evens([4, 1, 2, 4])
    [4, 2, 4]
    """
    found = []
    for value in values:
        if value % 2 == 0:
            found.append(value)
    return found
'''
WRONG = "def evens(values):\n    return sorted(value for value in values if value % 2 == 0)\n"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A folder with a small module and a wrong rewrite of its function."""
    (tmp_path / "small.py").write_text(RIGHT)
    (tmp_path / "wrong.py").write_text(WRONG)
    return tmp_path


def test_a_wrong_rewrite_is_refused_with_a_call_that_shows_it(small: Path) -> None:
    result = afterburner(small, "compare", "small.py::evens", "wrong.py", "--json", "--apply", "--profile", "fast")
    assert result.returncode == 4, result.stdout + result.stderr
    found = json.loads(result.stdout)
    [counterexample] = found["attempts"][0]["verdict"]["counterexamples"]
    right: dict[str, object] = {}
    wrong: dict[str, object] = {}
    exec(RIGHT, right)
    exec(WRONG, wrong)
    assert eval(counterexample["call"], right) != eval(counterexample["call"], wrong)
    assert not found["applied"] and (small / "small.py").read_text() == RIGHT


PROBLEMS = {
    "a syntax error": ("def f(x:\n", 3, "is not valid Python"),
    "a package that is missing": ("import absent_package\ndef f(x: int) -> int:\n    return x\n", 3, "absent_package"),
    "an import that fails": ("1 / 0\ndef f(x: int) -> int:\n    return x\n", 3, "ZeroDivisionError"),
    "another function": ("def g(x): return x\n", 2, "has no function 'f'"),
    "not UTF-8": ("# \xe9\ndef f(x): return x\n", 3, "is not readable as Python text"),
}


@pytest.mark.parametrize(("text", "status", "sentence"), PROBLEMS.values(), ids=PROBLEMS)
def test_broken_modules_get_a_sentence(tmp_path: Path, text: str, status: int, sentence: str) -> None:
    (tmp_path / "broken.py").write_bytes(text.encode("latin-1"))
    result = afterburner(tmp_path, "optimize", "broken.py::f")
    assert (result.returncode, result.stdout) == (status, "")
    assert sentence in result.stderr and "Traceback" not in result.stderr


def descendants(pid: int) -> list[int]:
    """Every process below a process, by /proc."""
    found, waiting = [], [pid]
    while waiting:
        for file in Path(f"/proc/{waiting.pop()}/task").glob("*/children"):
            children = [int(child) for child in file.read_text().split()]
            found += children
            waiting += children
    return found


def runs(pid: int) -> bool:
    """False for what is gone, and for what only waits for init to take note of its end."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


def test_ctrl_c_leaves_no_process_and_no_file(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    scratch = tmp_path_factory.mktemp("scratch")
    program = "import sys; from afterburner.cli import main; main(['optimize', 'orders.py::repeat_customers'])"
    process = subprocess.Popen(
        [sys.executable, "-c", program], cwd=shop, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "TMPDIR": str(scratch)},
    )  # fmt: skip
    assert process.stderr
    while "inputs:" not in process.stderr.readline():
        assert process.poll() is None
    children = descendants(process.pid)
    assert children
    os.kill(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, "") and "Interrupted" in err
    assert [pid for pid in children if runs(pid)] == []
    assert list(scratch.iterdir()) == []


def test_a_bundle_is_replayed_elsewhere_and_a_changed_verdict_is_noticed(small: Path) -> None:
    arguments = ("--profile", "fast", "--bundle", "run.json")
    assert afterburner(small, "compare", "small.py::evens", "wrong.py", *arguments).returncode == 4
    (small / "small.py").unlink()
    (small / "wrong.py").unlink()
    same = afterburner(small, "replay", "run.json")
    assert same.returncode == 0 and "Same verdict: Different" in same.stdout, same.stdout + same.stderr
    data = json.loads((small / "run.json").read_text())
    data["rewrites"][0]["verdict"] = "equivalent"
    (small / "run.json").write_text(json.dumps(data))
    changed = afterburner(small, "replay", "run.json", "--json")
    assert changed.returncode == 4
    [rewrite] = json.loads(changed.stdout)["rewrites"]
    assert (rewrite["then"], rewrite["now"]) == ("equivalent", "different")
    assert [path.name for path in small.iterdir()] == ["run.json"]
