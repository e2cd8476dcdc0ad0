"""Which calls docstrings give, with what setup."""

from __future__ import annotations

from afterburner.core.inputs import CallText, Origin
from afterburner.core.source import Source
from afterburner.core.target import find
from afterburner.inputs import doctests


def calls(text: str, where: str = "f") -> list[CallText]:
    cases = doctests.cases(find(Source("m.py", text), "m", where))
    assert all(case.origin is Origin.DOCTEST for case in cases)
    return [case.call for case in cases if isinstance(case.call, CallText)]


def function(doc: str) -> str:
    body = "\n".join(f"    {line}" if line else "" for line in doc.splitlines())
    return f'def f(a, b=1):\n    """Does.\n\n{body}\n    """\n    return a\n'


def test_each_call_is_a_case() -> None:
    assert calls(function(">>> f([1], b=2)\n[1]\n>>> f((3,))\n(3,)")) == [CallText("f([1], b=2)"), CallText("f((3,))")]


def test_calls_come_without_what_only_shows_them() -> None:
    assert calls(function(">>> print(sorted(f([2, 1])))\n[1, 2]\n>>> r = f('x')\n>>> assert f(3) == f(4)")) == [
        CallText("f([2, 1])"),
        CallText("f('x')"),
        CallText("f(3)"),
        CallText("f(4)"),
    ]


def test_only_the_earlier_examples_that_a_call_needs_are_setup() -> None:
    doc = ">>> import math\n>>> n = 3\n>>> other = n + 1\n>>> xs = [n]\n>>> xs.append(4)\n>>> f(xs, b=math.pi)\n[3]"
    assert calls(function(doc)) == [CallText("f(xs, b=math.pi)", "import math\nn = 3\nxs = [n]\nxs.append(4)")]


def test_a_call_inside_a_comprehension_is_reached_through_it() -> None:
    assert calls(function(">>> [f(n) for n in range(3)]\n[0, 1, 2]")) == [CallText("[f(n) for n in range(3)]")]


def test_an_example_that_raises_is_a_case_but_no_setup() -> None:
    doc = ">>> a = f(None)\nTraceback (most recent call last):\nTypeError: no\n>>> f(a)\n1"
    assert calls(function(doc)) == [CallText("f(None)"), CallText("f(a)")]


def test_calls_in_prose_count_when_their_arguments_are_written_out() -> None:
    assert calls(function("f([1, 2]) == 3 and f('(') but not f(x), nor g.f(2) or of(3)")) == [
        CallText("f([1, 2])"),
        CallText("f('(')"),
    ]


def test_methods_with_the_docstrings_around_them() -> None:
    text = (
        '"""Module.\n\n>>> C(9).m()\n9\n"""\nclass C:\n    """Class.\n\n    >>> c = C(1)\n    >>> c.add(2)\n'
        '    >>> c.m()\n    3\n    """\n    def add(self, n): self.n += n\n    def m(self):\n'
        '        """\n        >>> C(5).m()\n        5\n        """\n        return self.n\n'
    )
    assert calls(text, "C.m") == [
        CallText("C(5).m()"),
        CallText("c.m()", "c = C(1)\nc.add(2)"),
        CallText("C(9).m()"),
    ]


def test_no_docstring_or_a_broken_one_gives_nothing() -> None:
    assert calls("def f(a):\n    return a\n") == []
    assert calls(function(">>>f(1)\n1")) == []
    assert calls(function(">>> f(1\n1")) == []
