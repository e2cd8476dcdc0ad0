"""A project with tests: nobody types an input, nothing of it is touched, and its tests judge the rewrite too."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import pytest

QUICK = ("--profile", "quick")
SLOW = """\
def common(left, right):
    found = []
    for item in left:
        if item in right:
            found.append(item)
    return found
"""
PLAIN = "def common(left, right):\n    kept = set(right)\n    return list(filter(kept.__contains__, left))\n"
"""Nothing to be made faster: a run ends once its calls are known."""
TESTS = """\
import os, pathlib
import pytest
from shop import common

@pytest.fixture
def many():
    return [f"id{n}" for n in range(2000)]

@pytest.mark.parametrize("size", [200, 1500])
def test_sizes(many, size):
    assert len(common(many, many[:size])) == size

def test_none():
    pathlib.Path(os.environ["HOME"], "ran").open("a").write("x")
    assert common([1], []) == []
"""
ALL = {"test_sizes[200]", "test_sizes[1500]", "test_none"}


@pytest.fixture
def shop(terminal: Any) -> Any:
    """A project with one slow function and tests that call it."""
    terminal.write("shop.py", SLOW)
    terminal.write("tests/test_shop.py", TESTS)
    return terminal


@pytest.fixture
def plain(shop: Any) -> Any:
    """The same project, with a function that no rule matches."""
    shop.write("shop.py", PLAIN)
    return shop


def ran(terminal: Any) -> int:
    """How often the tests ran."""
    counter = terminal.home / "ran"
    return len(counter.read_text()) if counter.exists() else 0


OPTIMIZE = ("optimize", "shop.py::common")


def outcome(terminal: Any, *options: str, command: tuple[str, ...] = OPTIMIZE) -> dict[str, Any]:
    status, out, err = terminal.run(*command, *QUICK, *options, "--json")
    assert out, err
    return {"status": status, **json.loads(out)}


def test_real_calls_prove_a_rewrite_and_the_tests_pass_with_it(shop: Any, settled: Any) -> None:
    before = shop.files()
    found = settled(lambda: outcome(shop, "--tests"))
    assert found["status"] == 0
    assert found["cases"]["test"] == 3
    assert {test["name"]: test["outcome"] for test in found["captured"]["tests"]} == {
        f"tests/test_shop.py::{name}": "passed" for name in ALL
    }
    best = found["attempts"][0]
    assert best["offered"] and best["origin"] == "rule:membership-set"
    assert {case["label"] for case in best["comparison"]["cases"]} == ALL
    assert best["verdict"]["evidence"]["tests"]["passed"] == 3
    assert "the project's own tests" not in best["verdict"]["evidence"]["not_verified"]
    assert shop.files() == before
    assert shop.left() == []


def test_what_was_seen_is_kept_until_something_changes(plain: Any) -> None:
    assert not outcome(plain, "--tests")["captured"]["cached"]
    assert ran(plain) == 1
    again = outcome(plain, "--tests")
    assert again["captured"]["cached"] and again["cases"]["test"] == 3 and ran(plain) == 1
    plain.write("shop.py", PLAIN.replace("kept", "known"))
    assert outcome(plain, "--tests")["captured"]["cached"] and ran(plain) == 1
    plain.write("tests/test_shop.py", TESTS + "\ndef test_more():\n    assert common([1], [1, 2]) == [1]\n")
    changed = outcome(plain, "--tests")
    assert not changed["captured"]["cached"] and changed["cases"]["test"] == 4 and ran(plain) == 2


def test_nothing_runs_without_consent(plain: Any) -> None:
    found = outcome(plain)
    assert ran(plain) == 0 and "test" not in found["cases"]
    assert any("`afterburner trust" in note and "1 test file may call it" in note for note in found["notes"])
    assert plain.run("trust", interpreter=None)[0] == 0
    assert outcome(plain)["cases"]["test"] == 3
    assert ran(plain) == 1
    assert plain.run("trust", "--no", interpreter=None)[0] == 0
    plain.write("tests/test_shop.py", TESTS + "\n")
    assert "you said that nothing" in " ".join(outcome(plain)["notes"]) and ran(plain) == 1


def test_no_workspace_can_give_consent_for_its_user(shop: Any) -> None:
    shop.write("pyproject.toml", "[tool.afterburner]\ntests = true\n")
    status, _, err = shop.run("optimize", "shop.py::common")
    assert status == 2 and "unknown key `tests`" in err and ran(shop) == 0


def test_a_project_test_that_fails_with_the_rewrite_refutes_it(shop: Any) -> None:
    shop.write("tests/test_names.py", "from shop import common\n\ndef test_names():\n    common([1], [1])\n"
               "    assert 'found' in common.__code__.co_varnames\n")  # fmt: skip
    shop.write("fast.py", SLOW.replace("    found = []\n", "    known = set(right)\n    found = []\n")
               .replace("in right", "in known").replace("found", "kept"))  # fmt: skip
    found = outcome(shop, "--tests", command=("compare", "shop.py::common", "fast.py"))
    [attempt] = found["attempts"]
    assert attempt["verdict"]["kind"] == "different"
    assert "the project's test tests/test_names.py::test_names fails with it" in attempt["refusal"]


def test_failing_and_flaky_tests_are_named(plain: Any) -> None:
    plain.write("tests/test_bad.py", """\
import os, pathlib
from shop import common

def test_fails():
    assert common([1], [1]) == [2]

def test_flaky():
    counter = pathlib.Path(os.environ["HOME"], "flaky")
    counter.open("a").write("x")
    assert common([1], [1]) == [1] and len(counter.read_text()) > 1
""")  # fmt: skip
    notes = " ".join(outcome(plain, "--tests")["notes"])
    assert "tests/test_bad.py::test_fails of the tests that reach it: failing before any change" in notes
    assert "tests/test_bad.py::test_flaky: flaky" in notes


def test_tests_written_for_unittest(terminal: Any, settled: Any) -> None:
    terminal.write("shop.py", SLOW)
    terminal.write("test_shop.py", "import unittest\nfrom shop import common\n\n\nclass T(unittest.TestCase):\n"
                   "    def test_it(self):\n        xs = list(range(2000))\n        "
                   "self.assertEqual(common(xs, xs), xs)\n")  # fmt: skip
    found = settled(lambda: outcome(terminal, "--tests"))
    assert found["status"] == 0 and found["cases"]["test"] == 1
    assert found["attempts"][0]["verdict"]["evidence"]["tests"]["passed"] == 1


def test_calls_are_recorded_from_a_script(terminal: Any) -> None:
    terminal.write("shop.py", PLAIN)
    terminal.write("run.py", "import sys\nfrom shop import common\n\nn = int(sys.argv[1])\n"
                   "print(len(common(list(range(n)), list(range(n)))))\n")  # fmt: skip
    before = terminal.files()
    found = outcome(terminal, "--record", "python run.py 300")
    assert found["cases"]["recorded"] == 1
    assert terminal.files() == before


def test_a_script_that_never_calls_it_says_so(terminal: Any) -> None:
    terminal.write("shop.py", PLAIN)
    terminal.write("run.py", "print('nothing')\n")
    found = outcome(terminal, "--record", "run.py")
    assert any("made no call of common to keep" in note for note in found["notes"])


def test_a_function_under_main_is_recorded_from_its_own_file(terminal: Any) -> None:
    terminal.write(
        "shop.py",
        PLAIN + "\n\nif __name__ == '__main__':\n    for n in (3, 200):\n        common(range(n), [*range(n)])\n",
    )
    assert outcome(terminal, "--record", "python shop.py")["cases"]["recorded"] == 2


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_nothing_stays_behind_when_it_is_interrupted(shop: Any, number: signal.Signals) -> None:
    shop.write("tests/test_slow.py", "import os, time, pathlib\nfrom shop import common\n\ndef test_slow():\n"
               "    common([1], [1])\n    pathlib.Path(os.environ['HOME'], 'waiting').touch()\n"
               "    time.sleep(60)\n")  # fmt: skip
    process = shop.start("optimize", "shop.py::common", "--tests")
    waiting = Path(shop.home, "waiting")
    while not waiting.exists() and process.poll() is None:
        pass
    process.send_signal(number)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130, err
    assert shop.left() == []
    assert list(shop.temporary.iterdir()) == []
