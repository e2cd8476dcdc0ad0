"""The program as it is typed: functions, calls and inputs that are wrong, and what --apply does to a file's bytes."""

from __future__ import annotations

import json
import re
import shlex
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

TOTAL = "def total(xs):\n    t = 0\n    for x in xs:\n        t += x\n    return t\n"
OUTER = "X = 1\n\n\ndef outer():\n    def inner(x):\n        return x\n\n    return inner\n"
QUICK = ("--profile", "quick")
CALL = ("--call", "total([1, 2])")


class Wrong(NamedTuple):
    """What is typed after `optimize`, and what is said."""

    arguments: tuple[str, ...]
    sentence: str
    hint: str


def call(text: str, sentence: str, hint: str = "Write it as total(") -> Wrong:
    return Wrong(("m.py::total", "--call", text), sentence, hint)


def inputs(text: str, sentence: str, hint: str = "Write it as total(") -> Wrong:
    return Wrong(("m.py::total", "--inputs", text), sentence, hint)


WRONG = {
    "nothing is named": Wrong(("m.py",), "'m.py' does not name a function", "Give it as FILE::NAME"),
    "an unknown function": Wrong(("m.py::totl",), "m.py has no function 'totl'", "Did you mean total?"),
    "an unknown method": Wrong(("m.py::Sum.total",), "m.py has no function 'Sum.total'", "Did you mean total?"),
    "a line outside every function": Wrong(("outer.py:1",), "No function stands at line 1", "Give a line inside"),
    "a line far behind the end": Wrong(
        ("outer.py:99999999999999",), "No function stands at line", "Give a line inside"
    ),
    "a closure": Wrong(("outer.py::outer.<locals>.inner",), "built anew by each call of outer", "Ask about outer"),
    "the line of a closure": Wrong(("outer.py:6",), "built anew by each call of outer", "Ask about outer"),
    "a folder": Wrong((".::total",), ". is a folder", "Name one Python file"),
    "no such file": Wrong(("n.py::total",), "There is no file n.py", "Check the path"),
    "an unknown profile": Wrong(("m.py::total", "--profile", "fats"), "no profile 'fats'", "Did you mean `fast`?"),
    "a call that does not end": call("total(", r"`total\(` is not one Python expression: '\(' was never closed"),
    "a statement": call("x = total([1])", "is not one Python expression"),
    "an empty call": call("", "is not one Python expression"),
    "a call with NUL and bytes": call("total(['\udcff'])", "is not one Python expression"),
    "a call of nothing": call("[1, 2]", "calls nothing"),
    "a call with too many arguments": call("total(1, 2, 3)", r"does not fit total\(xs\): it takes 1 positional"),
    "a call with an unknown parameter": call("total([1], key=2)", "it has no parameter `key`"),
    "a call with an unknown name": call("total(data)", "uses `data`, which m.py does not know"),
    "inputs with a syntax error": inputs("broken.txt", "broken.txt, line 2 .* is not one Python expression"),
    "inputs in Python with a syntax error": inputs("broken.py", "broken.py, line 1: this is not valid Python", ""),
    "inputs without a call": inputs("empty.txt", "empty.txt holds no call", "Write one a line, such as total("),
    "inputs that are no text": inputs("binary.txt", "binary.txt is not UTF-8 text", "Save it as UTF-8"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_usage(terminal: Any, name: str) -> None:
    wrong = WRONG[name]
    terminal.write("m.py", TOTAL)
    terminal.write("outer.py", OUTER)
    terminal.write("broken.txt", "total([1])\ntotal(\n")
    terminal.write("broken.py", "total(\n")
    terminal.write("empty.txt", "# nothing\n")
    terminal.write("binary.txt", b"\xff\xfe\0")
    before = terminal.files()
    status, out, err = terminal.run("optimize", *wrong.arguments, "--json", "--apply")
    assert (status, out) == (2, ""), err
    assert err.startswith("afterburner: ") and "Traceback" not in err
    said = err.removeprefix("afterburner: ").splitlines()
    assert len(said) == 1 + bool(wrong.hint) and re.search(wrong.sentence, said[0]) and wrong.hint in said[-1], said
    assert terminal.files() == before and list(terminal.temporary.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--inputs", "absent.txt"), "File 'absent.txt' does not exist"),
        (("--budget", "-1"), "-1.0 is not in the range"),
        (("--bundle", "."), "File '.' is a directory"),
        (("--nonsense",), "No such option"),
    ],
    ids=["inputs", "budget", "bundle", "option"],
)
def test_wrong_options_are_answered_with_the_usage(terminal: Any, arguments: tuple[str, ...], sentence: str) -> None:
    terminal.write("m.py", TOTAL)
    status, out, err = terminal.run("optimize", "m.py::total", "--json", *arguments)
    assert (status, out) == (2, "")
    assert sentence in err and "afterburner optimize --help" in err and "Traceback" not in err


def test_given_calls_that_cannot_be_used_are_named(terminal: Any) -> None:
    terminal.write("m.py", TOTAL)
    calls = ("--call", "total(1 / 0)", "--call", "sum([1])", "--call", "total([2])")
    status, out, _ = terminal.run("optimize", "m.py::total", *QUICK, *calls, "--json")
    assert status == 1
    notes = json.loads(out)["notes"]
    assert any("total(1 / 0)" in note and "division by zero" in note for note in notes), notes
    assert any("sum([1])" in note and "never reaches total" in note for note in notes), notes
    assert not any("total([2])" in note for note in notes), notes


def test_a_bundle_that_cannot_be_written_is_refused_before_anything_runs(terminal: Any) -> None:
    terminal.write("m.py", TOTAL)
    status, out, err = terminal.run("optimize", "m.py::total", *QUICK, *CALL, "--bundle", "no/such.json", "--json")
    assert (status, out) == (2, "")
    assert err == "afterburner: The bundle no/such.json cannot be written: there is no folder no.\n"


STREAMS = {
    "stdout is closed": (">&-", 0, ""),
    "stderr is closed": ("2>&-", 0, ""),
    "both are closed": (">&- 2>&-", 0, ""),
    "stdin is closed": ("<&-", 0, ""),
    "the disk is full": (">/dev/full", 3, "afterburner: The system refused something that is needed: No space left"),
}


@pytest.mark.parametrize("name", STREAMS)
def test_when(terminal: Any, name: str) -> None:
    streams, status, sentence = STREAMS[name]
    terminal.write("m.py", TOTAL)
    line = f"{shlex.quote(str(Path(sys.executable).with_name('afterburner')))} profiles {streams}"
    shell = ["/bin/sh", "-c", line]
    ended = subprocess.run(
        shell, cwd=terminal.project, env=terminal.environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == status, ended.stderr
    assert sentence in ended.stderr and "Internal error" not in ended.stderr and "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("head", "why"),
    [
        (
            "import threading, time\nthreading.Thread(target=time.sleep, args=(600,), daemon=True).start()",
            "2 threads run",
        ),
        ("import polars", "polars"),
    ],
    ids=["a thread", "polars"],
)
def test_a_module_that_must_not_be_forked_runs_afresh_each_time(terminal: Any, head: str, why: str) -> None:
    terminal.write("polars.py", "")
    terminal.write("m.py", f"{head}\n{TOTAL}")
    terminal.write("c.py", TOTAL.replace("+= x", "+= x + 1"))
    status, out, err = terminal.run("compare", "m.py::total", "c.py", *QUICK, "--call", "total([1])", "--json")
    assert status == 4, err
    assert json.loads(out)["environment"]["runner"] == "spawn"
    assert f"start: a fresh process for each run, because {why}" in err
    assert terminal.left() == []


LOOP = "def total(xs):\n{0}t = 0\n{0}for x in xs:\n{0}{0}t += xs.count(x) and x\n{0}return t\n"
SUM = "def total(xs):\n    return sum(xs)\n"
SLOW = "def total(xs):\n    return len([x for x in xs if xs.count(x)])\n"
LENGTH = "def total(xs):\n    return len(xs)\n"
PLAINLY = ("--call", "total(list(range(400)))")
"""Hundreds of times faster: on a busy machine too."""
BEFORE, AFTER = "# before: é\nX   =  1   \n\n\n", "\n\nY = {'z':1 ,\n  'w' : 2}  # after"


def written(margin: str, end: str, mark: bytes = b"", coding: str = "utf-8") -> tuple[bytes, bytes, bytes]:
    """A file in three parts: what stands before the function, the function, what stands after it."""
    head = f"# coding: {coding}\n{BEFORE}" if coding != "utf-8" else BEFORE
    before, text, after = (part.replace("\n", end).encode(coding) for part in (head, LOOP.format(margin), AFTER))
    return mark + before, text, after


FORMS = {
    "Windows line ends, tabs and a byte order mark": written("\t", "\r\n", b"\xef\xbb\xbf"),
    "two spaces and Latin-1": written("  ", "\n", coding="latin-1"),
}


@pytest.mark.parametrize("form", FORMS)
def test_apply_leaves_every_other_byte_as_it_is(terminal: Any, tmp_path: Path, settled: Any, form: str) -> None:
    before, text, after = FORMS[form]
    file = tmp_path / "elsewhere.py"
    file.write_bytes(before + text + after)
    file.chmod(0o640)
    (terminal.project / "m.py").symlink_to(file)
    terminal.write("c.py", SUM)
    status, out, err = settled(lambda: terminal.run("compare", "m.py::total", "c.py", "--apply", *QUICK, *PLAINLY))
    assert status == 0, out + err
    assert "Applied" in out
    found = file.read_bytes()
    assert found.startswith(before) and found.endswith(after)
    changed = found[len(before) : len(found) - len(after)]
    assert b"sum(xs)" in changed and changed != text
    ends = set(re.findall(rb"\r?\n", changed))
    assert ends == set(re.findall(rb"\r?\n", text)), "the file's own line ends"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert (terminal.project / "m.py").is_symlink()
    assert sorted(terminal.files()) == ["c.py", "m.py", "pyproject.toml"]


def overtaken(terminal: Any, other: str) -> tuple[int, str, str]:
    """How a comparison ends that would be applied, where the file gets another text while it measures."""
    terminal.write("m.py", SLOW)
    process = terminal.start("compare", "m.py::total", "c.py", "--apply", *QUICK, *PLAINLY)
    for line in process.stderr:
        if line.startswith("measure:"):
            break
    process.send_signal(signal.SIGSTOP)
    terminal.write("m.py", other)
    process.send_signal(signal.SIGCONT)
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def test_a_file_that_changed_meanwhile_is_left_alone(terminal: Any, settled: Any) -> None:
    terminal.write("c.py", LENGTH)
    other = f"{SLOW}\nMORE = 1\n"
    status, out, err = settled(lambda: overtaken(terminal, other))
    assert status == 3, out + err
    assert "Equivalent, and" in out and "Applied" not in out
    assert "m.py was changed since it was read: nothing was written." in err
    assert sorted(terminal.files()) == ["c.py", "m.py", "pyproject.toml"]
    assert terminal.files()["m.py"] == other.encode()


def test_a_read_only_file_is_not_replaced(terminal: Any, settled: Any) -> None:
    file = terminal.write("m.py", SLOW)
    file.chmod(0o444)
    terminal.write("c.py", LENGTH)
    before = terminal.files()
    status, out, err = settled(lambda: terminal.run("compare", "m.py::total", "c.py", "--apply", *QUICK, *PLAINLY))
    assert status == 3, out
    assert "m.py cannot be written: it is read-only. It is as it was." in err
    assert terminal.files() == before
