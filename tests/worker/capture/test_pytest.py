"""The project's own pytest: all of it keeps working, the calls are seen, and nothing of the user's is touched."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SUBJECT = "def f(x):\n    return x\n"
TESTS = """
import pytest
from subject import f

@pytest.fixture
def made(given):
    return f(given)

@pytest.mark.parametrize("n", [1, 2])
def test_parameters(n, made):
    assert f(n) == n and made == "given"

class TestClass:
    @classmethod
    def setup_class(cls):
        f("class")

    def test_method(self):
        assert f(3) == 4

def test_setup(broken):
    pass

def test_teardown(broken_later):
    pass

@pytest.mark.xfail
def test_expected():
    assert f(5) == 6

@pytest.mark.skipif(True, reason="never")
def test_skipped():
    f("skipped")
"""
CONFTEST = """
import pytest

@pytest.fixture
def given():
    return "given"

@pytest.fixture
def broken():
    raise RuntimeError("in the setup")

@pytest.fixture
def broken_later():
    yield
    raise RuntimeError("in the teardown")
"""
ONE = "from subject import f\n\ndef test_it():\n    assert f(1) == 1\n"
State = Callable[..., Any]


def test_fixtures_parameters_and_classes_and_how_each_test_ended(project: Any) -> None:
    project.write({"subject.py": SUBJECT, "tests/test_f.py": TESTS, "tests/conftest.py": CONFTEST})
    captured = project.capture("f", "pytest", "tests/test_f.py")
    assert {name.partition("::")[2]: (t["outcome"], t["calls"]) for name, t in captured.tests.items()} == {
        "test_parameters[1]": ("passed", 2),
        "test_parameters[2]": ("passed", 2),
        "TestClass::test_method": ("failed", 2),
        "test_setup": ("error", 0),
        "test_teardown": ("error", 0),
        "test_expected": ("skipped", 1),
        "test_skipped": ("skipped", 0),
    }
    reasons = {name.rpartition("::")[2]: test["reason"] for name, test in captured.tests.items()}
    assert "assert 3 == 4" in reasons["test_method"] and "in the setup" in reasons["test_setup"]
    assert "in the teardown" in reasons["test_teardown"] and "never" in reasons["test_skipped"]
    assert sorted(str(args[0]) for args, _ in captured.calls) == ["1", "2", "3", "5", "class", "given"]
    ended = captured.ended
    assert (ended["status"], ended["tests"], ended["calls"]) == ("done", 7, 7)
    assert str(project.root / "tests") in ended["path"]


def test_the_names_that_come_back_can_be_asked_for(project: Any) -> None:
    project.write(
        {"subject.py": SUBJECT, "tests/test_f.py": TESTS, "tests/conftest.py": CONFTEST, "tests/test_other.py": ONE}
    )
    asked = ("tests/test_other.py", "tests/test_f.py::test_parameters[2]", "tests/test_f.py::TestClass")
    captured = project.capture("f", "pytest", *asked)
    assert list(captured.tests) == [asked[1], asked[2] + "::test_method", asked[0] + "::test_it"]
    missing = project.capture("f", "pytest", "tests/test_f.py::test_parameters", "tests/test_f.py::test_gone")
    assert missing.outcomes == {"test_parameters[1]": "passed", "test_parameters[2]": "passed", "test_gone": "error"}


CONFIGURATIONS = {
    "ini": {"pytest.ini": "[pytest]\naddopts = -x --lf --junitxml=report.xml --basetemp=temp -q\nlog_file = run.log\n"},
    "cache": {"pytest.ini": "[pytest]\naddopts = -p no:cacheprovider\n"},
    "importlib": {"pytest.ini": "[pytest]\naddopts = --import-mode=importlib\npythonpath = .\n"},
    "sub": {"tests/pytest.ini": "[pytest]\n", "tests/__init__.py": ""},
    "plugin": {
        "pytest.ini": "[pytest]\naddopts = -p helpers.plugin --shout\n",
        "helpers/plugin.py": "def pytest_addoption(parser):\n    parser.addoption('--shout', action='store_true')\n\n"
        "def pytest_collection_modifyitems(items):\n    items.reverse()\n",
    },
}


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_the_users_configuration_keeps_working_and_nothing_is_written(project: Any, state: State, name: str) -> None:
    tests = "from subject import f\n\ndef test_a(tmp_path):\n    assert f(1) == 2\n\ndef test_b():\n    f(2)\n"
    project.write({"subject.py": SUBJECT, "tests/test_f.py": tests})
    project.write(CONFIGURATIONS[name])
    before = state(project.root)
    captured = project.capture("f", "pytest", "tests/test_f.py")
    assert captured.outcomes == {"test_a": "failed", "test_b": "passed"}, captured.output
    assert sorted(args for args, _ in captured.calls) == [[1], [2]]
    assert state(project.root) == before


def test_temporary_files_and_caches_lie_in_the_scratch_folder(project: Any) -> None:
    tests = (
        "import os, subprocess, sys, tempfile\nfrom subject import f\n\ndef test_it(tmp_path):\n"
        "    f([str(tmp_path), tempfile.mkdtemp(), os.environ['XDG_CACHE_HOME']])\n"
        "    asked = 'import sys; sys.exit(not sys.dont_write_bytecode)'\n"
        "    subprocess.run([sys.executable, '-c', asked], check=True)\n"
    )
    project.write({"subject.py": SUBJECT, "test_f.py": tests})
    captured = project.capture("f", "pytest", "test_f.py")
    assert captured.outcomes == {"test_it": "passed"}, captured.output
    [([paths], _)] = captured.calls
    assert all(Path(path).is_relative_to(project.scratch) for path in paths)


def test_a_src_layout_and_a_namespace_without_init_are_the_same_file(project: Any) -> None:
    project.write(
        {
            "pytest.ini": "[pytest]\npythonpath = src\n",
            "src/package/__init__.py": "",
            "src/package/subject.py": SUBJECT,
            "test_src.py": "from package.subject import f\n\ndef test_a():\n    f(1)\n",
            "loose/subject.py": "class Box:\n    pass\n\n" + SUBJECT,
            "test_loose.py": "from loose.subject import f, Box\n\ndef test_b():\n    f(Box())\n",
        }
    )
    captured = project.capture("f", "pytest", "test_src.py", file="src/package/subject.py", name="package.subject")
    assert captured.calls == [([1], {})] and str(project.root / "src") in captured.ended["path"]
    captured = project.capture("f", "pytest", "test_loose.py", file="loose/subject.py", name="subject")
    assert captured.calls == [([["object", "subject:Box"]], {})]


def test_another_module_of_that_name_is_left_alone_and_named(project: Any) -> None:
    other = "def f(x):\n    return 'other'\n"
    test = "from subject import f\n\ndef test_it():\n    assert f(1) == 'other'\n"
    project.write({"subject.py": SUBJECT, "tests/subject.py": other, "tests/test_f.py": test})
    captured = project.capture("f", "pytest", "tests/test_f.py")
    assert captured.outcomes == {"test_it": "passed"} and not captured.recorded
    assert "not to the open file" in captured.ended["notes"][0]


def test_classes_of_test_modules_are_named_with_their_modules(project: Any) -> None:
    test = "from subject import f\n\nclass Point:\n    pass\n\ndef test_it():\n    f(Point())\n"
    project.write({"subject.py": SUBJECT, "tests/test_f.py": test})
    captured = project.capture("f", "pytest", "tests/test_f.py")
    assert captured.calls == [([["object", "test_f:Point"]], {})]
    assert captured.ended["modules"] == ["test_f"]


def test_no_further_test_starts_when_the_time_is_over(project: Any) -> None:
    test = (
        "import time\nfrom subject import f\n\ndef test_a():\n    f(1)\n    time.sleep(1)\n\ndef test_b():\n    f(2)\n"
    )
    project.write({"subject.py": SUBJECT, "test_f.py": test})
    captured = project.capture("f", "pytest", "test_f.py", seconds=0.9)
    assert captured.ended["status"] == "out of time"
    assert "test_b" not in captured.outcomes


LEANING = {
    "state.py": "SEEN = []\n",
    "tests/a/test_first.py": "from state import SEEN\nfrom subject import f\n\ndef test_a():\n    SEEN.append(f(1))\n",
    "tests/test_b.py": "from state import SEEN\nfrom subject import f\n\ndef test_b():\n"
    "    assert SEEN == [1]\n    SEEN.append(f(2))\n",
    "tests/test_c.py": "from state import SEEN\nfrom subject import f\n\ndef test_c():\n    assert SEEN == [1, f(2)]\n",
}


def test_tests_that_lean_on_those_before_them_pass_whatever_is_likeliest(project: Any) -> None:
    project.write({"subject.py": SUBJECT, **LEANING})
    captured = project.capture("f", "pytest", "tests/test_c.py", "tests/test_b.py", "tests/a/test_first.py")
    assert captured.outcomes == {"test_a": "passed", "test_b": "passed", "test_c": "passed"}


def test_from_half_of_the_time_on_the_likeliest_files_come_first(project: Any) -> None:
    slow = (
        "import time\nfrom subject import f\n\ndef test_0():\n    f(0)\n    time.sleep(2.1)\n\n"
        "def test_1():\n    f(1)\n"
    )
    others = {f"test_{n}.py": f"from subject import f\n\ndef test_{n}():\n    f({n})\n" for n in range(2, 9)}
    project.write({"subject.py": SUBJECT, "test_0.py": slow, **others})
    captured = project.capture("f", "pytest", *sorted(others, reverse=True), "test_0.py", seconds=4.0)
    assert [args[0] for args, _ in captured.calls] == [0, 1, 4, 5, 6, 7, 8, 2, 3]
    assert captured.ended["status"] == "done"


def test_a_run_that_fails_as_a_whole_says_why(project: Any) -> None:
    project.write({"subject.py": SUBJECT, "test_f.py": ONE, "conftest.py": "import nothing_of_this_name\n"})
    captured = project.capture("f", "pytest", "test_f.py")
    assert captured.ended["status"] == "error" and "nothing_of_this_name" in captured.ended["notes"][0]


def test_files_that_cannot_be_imported_are_named_and_the_rest_runs(project: Any) -> None:
    skips = "import pytest\npytest.skip('not here', allow_module_level=True)\n"
    project.write(
        {
            "subject.py": SUBJECT,
            "test_bad.py": "import nothing_of_this_name\n",
            "test_skips.py": skips,
            "test_good.py": ONE,
        }
    )
    captured = project.capture("f", "pytest", "test_bad.py", "test_skips.py", "test_good.py")
    assert {name: test["outcome"] for name, test in captured.tests.items()} == {
        "test_bad.py": "error",
        "test_skips.py": "skipped",
        "test_good.py::test_it": "passed",
    }
    assert "nothing_of_this_name" in captured.tests["test_bad.py"]["reason"]


def test_without_tests_or_after_exit_there_is_a_last_line(project: Any) -> None:
    exits = (
        "import pytest, sys\nfrom subject import f\n\ndef test_a():\n    f(1)\n    sys.exit(3)\n\n"
        "def test_b():\n    pytest.exit('enough')\n"
    )
    project.write({"subject.py": SUBJECT, "test_none.py": "", "test_exits.py": exits})
    assert project.capture("f", "pytest", "test_none.py").ended["status"] == "no tests"
    captured = project.capture("f", "pytest", "test_exits.py")
    assert captured.calls == [([1], {})] and captured.ended["status"] == "error"


def test_what_was_written_before_a_kill_can_be_read(project: Any) -> None:
    project.write(
        {
            "subject.py": SUBJECT,
            "test_f.py": "import os\nfrom subject import f\n\ndef test_it():\n    f(1)\n    os.kill(os.getpid(), 9)\n",
        }
    )
    captured = project.capture("f", "pytest", "test_f.py")
    assert captured.calls == [([1], {})] and not captured.ended


def test_the_plain_run_and_the_captured_one_end_alike(project: Any) -> None:
    project.write({"subject.py": SUBJECT, "tests/test_f.py": TESTS, "tests/conftest.py": CONFTEST})
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    command = [sys.executable, "-B", "-m", "pytest", "-p", "no:cacheprovider", "-q", "-rA", "tests"]
    plain = subprocess.run(command, cwd=project.root, env=environment, capture_output=True, text=True, check=False)
    captured = project.capture("f", "pytest", "tests")
    assert "passed" in plain.stdout and plain.stdout.splitlines()[-1].partition(" in ")[0] in captured.output
