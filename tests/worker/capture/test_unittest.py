"""The project's own unittest suites, by file, dotted name or id."""

from __future__ import annotations

from typing import Any

SUBJECT = "def f(x):\n    return x\n"
TESTS = """
import unittest
from subject import f

def setUpModule():
    f("module")

class Test(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        f("class")

    def setUp(self):
        f("setup")

    def test_right(self):
        self.assertEqual(f(1), 1)

    def test_wrong(self):
        self.assertEqual(f(2), 3)

    def test_error(self):
        f(3 / 0)

    def test_parts(self):
        for n in (1, 2):
            with self.subTest(n=n):
                self.assertEqual(f(n), 1)

    @unittest.skip("not now")
    def test_skipped(self):
        f(4)

    @unittest.expectedFailure
    def test_expected(self):
        self.assertEqual(f(5), 6)

    @unittest.expectedFailure
    def test_unexpected(self):
        f(7)

class Async(unittest.IsolatedAsyncioTestCase):
    async def test_later(self):
        f(8)

class Broken(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        raise RuntimeError("of the class")

    def test_never(self):
        pass
"""
ONE = "import unittest\nfrom subject import f\n\nclass One(unittest.TestCase):\n    def test_it(self):\n        f(9)"


def test_all_ways_in_which_a_test_can_end(project: Any) -> None:
    project.write({"subject.py": SUBJECT, "tests/test_f.py": TESTS})
    captured = project.capture("f", "unittest", "tests/test_f.py")
    assert {name.partition("::")[2] or name: (t["outcome"], t["calls"]) for name, t in captured.tests.items()} == {
        "Test.test_right": ("passed", 2),
        "Test.test_wrong": ("failed", 2),
        "Test.test_error": ("error", 1),
        "Test.test_parts": ("failed", 3),
        "Test.test_skipped": ("skipped", 0),
        "Test.test_expected": ("skipped", 2),
        "Test.test_unexpected": ("failed", 2),
        "Async.test_later": ("passed", 1),
        "setUpClass (test_f.Broken)": ("error", 0),
    }
    tests = {name.partition("::")[2]: test["reason"] for name, test in captured.tests.items()}
    assert "2 != 3" in tests["Test.test_wrong"] and "ZeroDivisionError" in tests["Test.test_error"]
    assert tests["Test.test_skipped"] == "not now"
    arguments = [args[0] for args, _ in captured.calls]
    assert arguments[0] == "module" and {"class", "setup", 1, 2, 5, 7, 8} == set(arguments[1:])
    assert captured.ended["status"] == "done"


def test_files_names_and_ids_can_be_asked_for(project: Any) -> None:
    project.write({"subject.py": SUBJECT, "tests/test_f.py": TESTS, "pack/__init__.py": "", "pack/test_one.py": ONE})
    asked = ("pack/test_one.py", "pack.test_one", "pack.test_one.One.test_it", "tests/test_f.py::Test.test_right")
    captured = project.capture("f", "unittest", *asked)
    assert {name: test["outcome"] for name, test in captured.tests.items()} == {
        "pack/test_one.py::One.test_it": "passed",
        "pack.test_one.One.test_it": "passed",
        "tests/test_f.py::Test.test_right": "passed",
    }


def test_what_cannot_be_loaded_is_named_and_the_rest_runs(project: Any) -> None:
    project.write({"subject.py": SUBJECT, "test_one.py": ONE, "test_bad.py": "import nothing_of_this_name\n"})
    captured = project.capture("f", "unittest", "test_bad.py", "test_gone", "test_one.py::One.test_no", "test_one.py")
    assert captured.tests["test_bad.py"]["outcome"] == "error"
    assert "nothing_of_this_name" in captured.tests["test_bad.py"]["reason"]
    assert captured.tests["test_one.py::One.test_it"]["outcome"] == "passed"
    assert sum(test["outcome"] == "error" for test in captured.tests.values()) == 3


def test_no_further_test_starts_when_the_time_is_over(project: Any) -> None:
    project.write(
        {
            "subject.py": SUBJECT,
            "test_f.py": "import time, unittest\nfrom subject import f\n\nclass Test(unittest.TestCase):\n"
            "    def test_a(self):\n        f(1)\n        time.sleep(0.6)\n\n    def test_b(self):\n        f(2)\n",
        }
    )
    captured = project.capture("f", "unittest", "test_f.py", "test_f", seconds=0.5)
    assert captured.ended["status"] == "out of time" and len(captured.tests) == 1
