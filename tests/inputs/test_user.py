"""Calls that users type or keep in files, and the sentences for what is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from afterburner.core.errors import UsageError
from afterburner.core.inputs import CallText, Case, Origin
from afterburner.core.source import Source
from afterburner.core.target import Target, find
from afterburner.inputs import user

MODULE = """import math


def f(nums, k=2):
    return [x * k for x in nums]


class C:
    def __init__(self, n):
        self.n = n

    def m(self, text):
        return text.upper()

    @staticmethod
    def s(a):
        return a

    @property
    def p(self):
        return self.n
"""


def target(where: str = "f") -> Target:
    return find(Source("m.py", MODULE), "m", where)


@pytest.mark.parametrize(
    ("where", "call"),
    [
        ("f", "f([3, 1, 2], k=2)"),
        ("f", "f([math.pi], *[1])"),
        ("f", "sorted(f(range(3)))"),
        ("f", "[f([n]) for n in range(3)]"),
        ("f", "(lambda q: f(q))([1])"),
        ("C.m", "C(1).m('a')"),
        ("C.m", "C.m(C(1), 'a')"),
        ("C.s", "C.s(2)"),
        ("C.p", "C(1).p"),
    ],
)
def test_calls_are_taken_as_they_are(where: str, call: str) -> None:
    assert user.case(target(where), f" {call} ") == Case(Origin.USER, CallText(call))


@pytest.mark.parametrize(
    ("where", "call", "said"),
    [
        ("f", "f([1]", "is not one Python expression"),
        ("f", "x = f([1])", "is not one Python expression"),
        ("f", "", "is not one Python expression"),
        ("f", "[1, 2]", "calls nothing"),
        ("f", "g([1])", "uses `g`, which m.py does not know"),
        ("f", "f(data)", "uses `data`, which m.py does not know"),
        ("f", "f()", "does not fit f(nums, k=2): `nums` is missing"),
        ("f", "f([1], 2, 3)", "it takes 2 positional arguments, not 3"),
        ("f", "f([1], j=2)", "it has no parameter `j`"),
        ("C.m", "C(1).m()", "does not fit C.m(self, text): `text` is missing"),
        ("C.s", "C.s()", "`a` is missing"),
    ],
)
def test_what_is_no_call_is_a_sentence_with_an_example(where: str, call: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        user.case(target(where), call)
    assert said in str(caught.value)
    example = {"f": "f([3, 1, 2])", "C.m": "C(3).m('abc')", "C.s": "C.s("}[where]
    assert f"Write it as {example}" in caught.value.hint


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def calls(cases: list[Case]) -> list[CallText]:
    assert all(case.origin is Origin.USER for case in cases)
    return [case.call for case in cases if isinstance(case.call, CallText)]


def test_a_file_of_lines(tmp_path: Path) -> None:
    path = written(tmp_path, "calls.txt", "# calls\nf([1])\n\n  f([2], k=3)  # second\n")
    assert calls(user.cases_from_file(target(), path)) == [CallText("f([1])"), CallText("f([2], k=3)")]


def test_a_python_file_has_setup_and_calls(tmp_path: Path) -> None:
    text = '"""Calls."""\nimport os\nN = [1]\nN.append(2)\nf(N)\ndef g():\n    return N\nf(g(), k=len(os.sep))\n'
    first, second = calls(user.cases_from_file(target(), written(tmp_path, "calls.py", text)))
    assert first.expression == "f(N)"
    assert first.setup == ("import os\nN = [1]\nN.append(2)")
    assert second.expression == "f(g(), k=len(os.sep))"
    assert second.setup.endswith("N.append(2)\ndef g():\n    return N")


def test_a_python_file_may_reach_the_target_indirectly(tmp_path: Path) -> None:
    path = written(tmp_path, "calls.py", "import package\nS = 'x'\npackage.parse(S)\n")
    assert calls(user.cases_from_file(target(), path)) == [CallText("package.parse(S)", "import package\nS = 'x'")]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("c.py", "x = 1\nf(\n", "line 2: this is not valid Python"),
        ("c.py", "x = 1\n", "holds no call"),
        ("c.py", "x = 1\nf(y)\n", "line 2 `f(y)` uses `y`"),
        ("c.txt", "f([1])\nf(]\n", "line 2 `f(]` is not one Python expression"),
        ("c.txt", "# nothing\n", "holds no call"),
    ],
)
def test_files_that_do_not_work_are_told_by_line(tmp_path: Path, name: str, text: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        user.cases_from_file(target(), written(tmp_path, name, text))
    assert said in str(caught.value)


def test_files_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no file"):
        user.cases_from_file(target(), tmp_path / "none.txt")
    with pytest.raises(UsageError, match="is a folder"):
        user.cases_from_file(target(), tmp_path)
    (tmp_path / "latin.txt").write_bytes(b"f('\xe9')\n")
    with pytest.raises(UsageError, match="is not UTF-8 text"):
        user.cases_from_file(target(), tmp_path / "latin.txt")
