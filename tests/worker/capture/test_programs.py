"""Calls recorded from a script, a module, and the file's own `__main__` block."""

from __future__ import annotations

from typing import Any

import pytest

MAIN = """
import sys

class Box:
    def __init__(self, value):
        self.value = value

def f(x):
    return x

if __name__ == "__main__":
    f([sys.argv, __file__, sys.path[0]])
    f(Box(3))
"""


def test_the_files_own_main_block_runs_from_the_open_text(project: Any) -> None:
    project.write({"subject.py": "raise SystemExit('the file itself ran')\n"})
    captured = project.capture("f", "script", "subject.py", "--option", text=MAIN)
    assert captured.outcomes == {"subject.py": "passed"}, captured.tests
    assert captured.calls == [
        ([[["subject.py", "--option"], "subject.py", str(project.root)]], {}),
        ([["object", "subject:Box"]], {}),
    ]
    assert captured.ended["modules"] == []


def test_a_module_runs_under_its_name_and_as_main(project: Any) -> None:
    project.write(
        {
            "package/__init__.py": "",
            "package/subject.py": MAIN,
            "package/__main__.py": "from package import subject\nsubject.f(1)\n",
        }
    )
    where = {"file": "package/subject.py", "name": "package.subject"}
    captured = project.capture("f", "module", "package.subject", "argument", **where)
    assert captured.outcomes == {"package.subject": "passed"}
    [([[argv, file, first]], _), ([box], _)] = captured.calls
    assert argv[1:] == ["argument"] and file.endswith("package/subject.py") and first == str(project.root)
    assert box == ["object", "package.subject:Box"]
    captured = project.capture("f", "module", "package", **where)
    assert captured.calls == [([1], {})]


@pytest.mark.parametrize(
    ("end", "outcome", "reason"),
    [
        ("sys.exit()", "passed", ""),
        ("sys.exit(0)", "passed", ""),
        ("sys.exit(2)", "failed", "it exited with status 2"),
        ("sys.exit('words')", "failed", "it exited with words"),
        ("raise ValueError('no')", "failed", "ValueError: no"),
        ("raise KeyboardInterrupt", "failed", "KeyboardInterrupt"),
    ],
)
def test_however_a_script_ends_its_calls_are_kept(project: Any, end: str, outcome: str, reason: str) -> None:
    project.write(
        {"subject.py": "def f(x):\n    return x\n", "run.py": f"import sys\nfrom subject import f\nf(1)\n{end}\n"}
    )
    captured = project.capture("f", "script", "run.py")
    assert (captured.tests["run.py"]["outcome"], captured.tests["run.py"]["reason"]) == (outcome, reason)
    assert captured.calls == [([1], {})] and captured.ended["status"] == "done"


def test_only_our_own_modules_are_kept_compiled(project: Any) -> None:
    project.write(
        {"subject.py": "def f(x):\n    return x\n", "run.py": "import sys, subject\nsubject.f(sys.pycache_prefix)\n"}
    )
    captured = project.capture("f", "script", "run.py")
    assert captured.calls == [([None], {})]
    kept = {path.name.partition(".")[0] for path in project.bytecode.rglob("*.pyc")}
    assert {"capture", "recording", "run_messages"} <= kept and not {"subject", "run"} & kept
    assert not list(project.root.rglob("*.pyc"))


def test_of_a_long_program_late_calls_are_kept_too(project: Any) -> None:
    project.write(
        {
            "subject.py": "def f(x):\n    return x\n",
            "run.py": "from subject import f\nfor n in range(20_000):\n    f(n)\n",
        }
    )
    captured = project.capture("f", "script", "run.py", most_cases=30)
    assert max(args[0] for args, _ in captured.calls) > 1_000 and captured.ended["calls"] == 20_000
    assert len(captured.calls) == 30
