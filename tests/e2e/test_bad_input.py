"""Files, projects, candidates and settings that cannot be used: a sentence, a hint, an exit status, nothing else."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

TOTAL = "def total(xs):\n    t = 0\n    for x in xs:\n        t += x\n    return t\n"
CLEANLY = "must import cleanly"
REFUSES = "The sandbox refuses"
CODING = "Save it as UTF-8"
QUICK = ("--profile", "quick")
CALL = ("--call", "total([1, 2])")


class Bad(NamedTuple):
    """What is there, and what is said about it."""

    files: Mapping[str, str | bytes]
    status: int
    sentence: str
    hint: str
    """A part of the second line; '' where the sentence says it all."""
    options: tuple[str, ...] = QUICK


def problem(err: str) -> list[str]:
    """The lines of an error, after those of the progress; never a traceback."""
    assert "Traceback" not in err and "Internal error" not in err, err
    start = err.find("afterburner: ")
    assert start >= 0 and "\nafterburner: " not in err[start:], err
    return err[start:].removeprefix("afterburner: ").splitlines()


def refused(terminal: Any, command: tuple[str, ...], bad: Bad) -> None:
    """The command says what is wrong, on stderr alone, and changes nothing."""
    for name, content in bad.files.items():
        terminal.write(name, content)
    before = terminal.files()
    status, out, err = terminal.run(*command, "--json", *bad.options)
    assert (status, out) == (bad.status, ""), err
    said = problem(err)
    assert len(said) == 1 + bool(bad.hint), said
    assert re.search(bad.sentence, said[0]) and len(said[0]) < 400, said
    assert bad.hint in said[-1], said
    assert terminal.files() == before
    assert terminal.left() == [] and list(terminal.temporary.iterdir()) == []


def imports(text: str, sentence: str, hint: str = CLEANLY) -> Bad:
    """A module that begins with this and cannot be imported."""
    return Bad({"m.py": f"{text}\n{TOTAL}"}, 3, sentence, hint)


MODULES = {
    "raises": imports("raise RuntimeError('no')", r"importing m raised RuntimeError: no \(line 1 of m.py\)\.$"),
    "exits": imports("import sys\nsys.exit(3)", r"importing m raised SystemExit: 3 \(line 2 of m.py\)"),
    "exits in a forked process": imports("import os, sys\nos.fork() or sys.exit(1)\nx = y", "NameError: name 'y'"),
    "ends the process": imports("import os\nos._exit(3)", r"ended while importing m: exit status 3\.$"),
    "says a last word": imports("import os\nos.write(1, b'a\\nb')\nos._exit(3)", r"status 3; the last .* 'b'\.$"),
    "crashes": imports("import ctypes\nctypes.string_at(0)", "ended while importing m: signal SIGSEGV"),
    "forks for ever": imports("import os\nwhile True: os.fork()", r"importing m: killed: \d+ processes > 32"),
    "has an error without a text": imports(
        "class E(Exception):\n    def __str__(self): raise E\nraise E", "raised E: .its text cannot be made"
    ),
    "lacks a package": imports("import no_such_package", "no_such_package", "install the package there"),
    "imports a broken module": Bad(
        {"m.py": f"import other\n{TOTAL}", "other.py": "def (\n"}, 3, r"SyntaxError: .*\(other.py, line 1\)", CLEANLY
    ),
    "imports relatively, outside a package": imports("from .other import x", "no known parent package"),
    "starts a program": imports("import subprocess\nsubprocess.run(['ls'])", "PermissionError", REFUSES),
    "connects": imports("import socket\nsocket.socket()", r"PermissionError.*line 2 of m.py", REFUSES),
    "writes": imports("open('/tmp/afterburner-was-here', 'w')", "'/tmp/afterburner-was-here'", REFUSES),
    "reads a secret": imports("open('/etc/passwd')", "'/etc/passwd'", REFUSES),
    "has the name of a built-in module": Bad({"sys.py": TOTAL}, 3, "the name 'sys' is already taken", CLEANLY),
    "has a syntax error": Bad({"m.py": "x = 1\ndef total(xs:\n"}, 3, r"m.py, line 2: .*not valid", "Fix the syntax"),
    "mixes tabs and spaces": Bad(
        {"m.py": "def total(xs):\n\tt = 0\n        return t\n"}, 3, "line 3: .*tabs and spaces", "Fix the syntax"
    ),
    "is Latin-1 and does not say so": Bad({"m.py": f"# é\n{TOTAL}".encode("latin-1")}, 3, "not readable as", CODING),
    "has a coding that does not exist": Bad({"m.py": f"# coding: klingon\n{TOTAL}"}, 3, "encoding: klingon", CODING),
    "has another coding than it says": Bad({"m.py": f"# coding: ascii\n# é\n{TOTAL}"}, 3, "'ascii' codec", CODING),
    "is UTF-16": Bad({"m.py": TOTAL.encode("utf-16")}, 3, "not readable as Python text", CODING),
    "holds NUL": Bad({"m.py": f"{TOTAL}\0"}, 3, "holds NUL characters", CODING),
    "is binary": Bad({"m.py": bytes(range(256))}, 3, "not readable as Python text", CODING),
    "is empty": Bad({"m.py": ""}, 2, "no function 'total'", "no functions at all"),
    "has no such function": Bad({"m.py": "def totals(xs): pass\n"}, 2, "no function 'total'", "Did you mean totals?"),
    "has a class of that name": Bad({"m.py": "class total: pass\n"}, 2, "no function 'total'", "no functions at all"),
    "does not exist": Bad({}, 2, r"There is no file m\.py\.", "Check the path"),
    "is a folder": Bad({"m.py/x.py": TOTAL}, 2, r"m\.py is a folder\.", "Name one Python file"),
}  # fmt: skip


@pytest.mark.parametrize("name", MODULES)
def test_a_module_that(terminal: Any, name: str) -> None:
    file = next((file for file in MODULES[name].files if file != "other.py"), "m.py").split("/")[0]
    refused(terminal, ("optimize", f"{file}::total"), MODULES[name])


CANDIDATES = {
    "missing": Bad({}, 2, r"There is no file c\.py\.", "Check the path"),
    "a folder": Bad({"c.py/x.py": TOTAL}, 2, r"c\.py is a folder\.", "Name one Python file"),
    "empty": Bad({"c.py": ""}, 2, r"c\.py has no function 'total'", "no functions at all"),
    "without the function": Bad({"c.py": "def a(): pass\ndef b(): pass\n"}, 2, "no function 'total'", "It has: a, b."),
    "not valid Python": Bad({"c.py": "def total(\n"}, 2, r"c\.py, line 1: .* not valid Python", "Fix the candidate"),
    "binary": Bad({"c.py": "\0"}, 3, r"c\.py holds NUL", CODING),
    "Latin-1 and does not say so": Bad({"c.py": b"# \xe9\n"}, 3, r"c\.py is not readable", CODING),
}


@pytest.mark.parametrize("name", CANDIDATES)
def test_a_candidate_that_is(terminal: Any, name: str) -> None:
    terminal.write("m.py", TOTAL)
    refused(terminal, ("compare", "m.py::total", "c.py"), CANDIDATES[name])


def project(text: str, sentence: str, hint: str, *options: str) -> Bad:
    return Bad({"pyproject.toml": text, "m.py": TOTAL}, 2, f"pyproject.toml.*{sentence}", hint, options)


SETTINGS = {
    "broken TOML": project("[tool.afterburner\n", "is not valid TOML", "Settings and profiles are read from it"),
    "an unknown key": project("[tool.afterburner]\nprofil = 'x'\n", "unknown key `profil`", "Did you mean `profile`?"),
    "a value of another type": project("[tool.afterburner]\nprofiles = 3\n", "`profiles` = 3 is not accepted", ""),
    "more network than is allowed": project(
        "[tool.afterburner.profiles.fast]\nnetwork = 'any'\n", "can only tighten network", "a profile of your own",
        "--profile", "fast",
    ),
    "a weaker sandbox than is allowed": project(
        "[tool.afterburner.profiles]\na = {sandbox = 'full'}\nb = {extends = 'a', sandbox = 'jail'}\n",
        "can only tighten sandbox", "a profile of your own",
    ),
    "a source that does not exist": Bad(
        {"m.py": TOTAL, "pyproject.toml": "[tool.afterburner.profiles.q]\nsummary = 'x'\nsources = ['oracle']\n"},
        2, "rewrite source 'oracle', which does not exist", "Known are: rules.", ("--profile", "q"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SETTINGS)
def test_settings_with(terminal: Any, name: str) -> None:
    refused(terminal, ("optimize", "m.py::total"), SETTINGS[name])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("spaced out/mödule.py", b"# coding: latin-1\nNAME = '\xe9'\n" + TOTAL.encode()),
        ("not-a-name.py", b"\xef\xbb\xbf" + TOTAL.encode()),
        ("script", b"import os\nprint('x' * 1_000_000)\nos.fork()\n" + TOTAL.encode()),
    ],
    ids=["coded", "marked", "loud and forking"],
)
def test_what_is_only_unusual_works(terminal: Any, name: str, content: bytes) -> None:
    terminal.write(name, content)
    terminal.write("c.py", TOTAL.replace("t += x", "t = t + x + 1"))
    before = terminal.files()
    status, out, err = terminal.run("compare", f"{name}::total", "c.py", *QUICK, *CALL)
    assert status == 4, err
    assert "the result changes on a given input" in out
    assert terminal.files() == before


def test_texts_that_no_encoding_can_hold_are_compared(terminal: Any) -> None:
    terminal.write("m.py", "def total(text):\n    return text + chr(0xD800)\n")
    terminal.write("c.py", "def total(text):\n    return text + chr(0xD801)\n")
    calls = ("--call", r"total('\udc80')")
    status, out, err = terminal.run("compare", "m.py::total", "c.py", *QUICK, *calls, "--bundle", "run.json")
    assert status == 4, err
    assert r"original  '\ud800'" in out and r"rewrite   '\ud801'" in out
    assert terminal.run("replay", "run.json")[0] == 0


@pytest.mark.parametrize("name", ["json", "sysconfig"])
def test_nothing_of_the_project_runs_outside_the_sandbox(terminal: Any, name: str) -> None:
    mark = terminal.home / "was here"
    trap = f"try:\n    open({str(mark)!r}, 'w')\nexcept OSError:\n    pass\n"
    terminal.write(f"{name}.py", trap)
    terminal.write("m.py", trap + TOTAL)
    status, _, err = terminal.run("optimize", "m.py::total", *QUICK, *CALL)
    assert status == 1, err
    assert not mark.exists()


def test_a_file_in_no_project(terminal: Any, tmp_path: Path) -> None:
    lonely = tmp_path / "lonely"
    lonely.mkdir()
    (lonely / "m.py").write_text(f"import beside\n{TOTAL}")
    (lonely / "beside.py").write_text("")
    status, out, err = terminal.run("optimize", f"{lonely}/m.py::total", "--profile", "fast", *CALL)
    assert status == 1, err
    assert "Nothing to offer" in out
    assert sorted(path.name for path in lonely.iterdir()) == ["beside.py", "m.py"]


def test_a_file_directly_in_the_home_folder_does_not_lay_the_home_open(terminal: Any) -> None:
    (terminal.home / "m.py").write_text(f"{TOTAL}\ndef look():\n    return open('secret').read()\n")
    (terminal.home / "beside.py").write_text("")
    status, out, err = terminal.run("optimize", f"{terminal.home}/m.py::total", "--profile", "fast", *CALL)
    assert status == 1, err
    assert "Nothing to offer" in out
    (terminal.home / "m.py").write_text(f"import beside\n{TOTAL}")
    status, out, err = terminal.run("optimize", f"{terminal.home}/m.py::total", "--profile", "fast", *CALL)
    assert (status, out) == (3, "")
    assert "No module named 'beside'" in problem(err)[0]


def test_ten_thousand_lines_with_six_hundred_functions(terminal: Any, settled: Any) -> None:
    one = "def f{0}(items: list[int]) -> int:\n    seen = []\n" + "    # nothing to see here\n" * 11
    one += "    for item in items:\n        if item not in seen:\n            seen.append(item)\n"
    one += "    return len(seen)\n\n\n"
    text = "".join(one.format(number) for number in range(600))
    assert text.count("\n") > 10_000
    file = terminal.write("large.py", text)
    calls = ("--call", "f599([n % 1000 for n in range(2000)])")
    status, out, err = settled(lambda: terminal.run("optimize", "large.py::f599", "--apply", *QUICK, *calls))
    assert status == 0, out + err
    before, after = text.splitlines(), file.read_text().splitlines()
    assert before[: 599 * 18] == after[: 599 * 18] and before != after


INTERPRETERS = {
    "does not exist": ("/no/such/python", 2, "There is no interpreter at /no/such/python"),
    "is no Python": ("/bin/ls", 3, "does not answer as a Python interpreter"),
    "is no program": ("m.py", 3, "m.py does not answer as a Python interpreter"),
    "is a folder": (".", 3, "does not answer as a Python interpreter"),
    "says nothing": ("/bin/true", 3, "does not answer as a Python interpreter"),
}


@pytest.mark.parametrize("name", INTERPRETERS)
def test_an_interpreter_that(terminal: Any, name: str) -> None:
    path, status, sentence = INTERPRETERS[name]
    terminal.write("m.py", TOTAL)
    found, out, err = terminal.run("optimize", "m.py::total", *QUICK, "--json", interpreter=path)
    assert (found, out) == (status, ""), err
    said = problem(err)
    assert sentence in said[0] and "import sys" not in said[0] and len(said) == 2, said


def test_an_interpreter_that_is_too_old(terminal: Any, tmp_path: Path) -> None:
    old = tmp_path / "python3.8"
    old.write_text(f'#!{sys.executable}\nprint(\'[[3, 8, 18], "cpython", "/usr/bin/python3.8"]\')\n')
    old.chmod(0o755)
    terminal.write("m.py", TOTAL)
    status, out, err = terminal.run("optimize", "m.py::total", *QUICK, interpreter=str(old))
    assert (status, out) == (3, "")
    assert "is Python 3.8; Afterburner runs code under 3.9 and later" in problem(err)[0]
