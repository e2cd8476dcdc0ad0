"""The outline of a module: where functions stand, and what makes their keys change."""

from __future__ import annotations

import pytest

from afterburner.core import target as targets
from afterburner.core.errors import EnvironmentProblem
from afterburner.core.outline import Outline, outline
from afterburner.core.source import Source

MODULE = '''\
"""Text."""
import re
from math import *

LIMIT = 3
TABLE = {}
TABLE["a"] = 1


def used(x):
    return x + LIMIT


def unrelated(x):
    return -x


class Base:
    size = 1

    def __init__(self, n):
        self.n = n

    def shared(self):
        return self.n


class Child(Base):
    """A child."""

    def run(self, xs):
        return [used(x) for x in xs if re.match("a", x)] + [self.size]


def top(xs):
    def inner(x):
        return used(x)

    return [inner(x) for x in xs]


def makes():
    return Child(1)


def reads():
    return TABLE
'''


def read(text: str) -> Outline:
    return outline(Source("m.py", text))


def changed(old: str, new: str) -> set[str]:
    """The functions whose `reach_key` is another one after an edit."""
    assert MODULE.count(old) == 1
    before, after = read(MODULE), read(MODULE.replace(old, new))
    known = {item.qualname: item.reach_key for item in after.functions}
    return {item.qualname for item in before.functions if known.get(item.qualname) != item.reach_key}


CALLERS = {"Child.run", "top", "top.<locals>.inner"}


@pytest.mark.parametrize(
    ("old", "new", "whose"),
    [
        ("return x + LIMIT", "return LIMIT + x", {"used", *CALLERS}),
        ("LIMIT = 3", "LIMIT = 4", {"used", *CALLERS}),
        ("return -x", "return 0 - x", {"unrelated"}),
        ("import re\n", "import regex as re\n", {"Child.run"}),
        ("self.n = n", "self.n = n + 1", {"Base.__init__", "makes", "Child.run"}),
        ("return self.n\n", "return self.n + 0\n", {"Base.shared"}),
        ("size = 1", "size = 2", {"Child.run", "makes"}),
        ("class Child(Base)", "class Child(object)", {"Child.run", "makes"}),
        ('TABLE["a"] = 1', 'TABLE["a"] = 2', {"reads"}),
        ('"""A child."""', '"""Another child."""', set()),
        ('"""Text."""\n', '"""Text."""\n\n# a comment\n', set()),
    ],
)
def test_a_result_is_withdrawn_where_something_that_it_rests_on_changed(old: str, new: str, whose: set[str]) -> None:
    assert changed(old, new) == whose


def test_what_an_import_of_everything_brings_is_not_known_so_it_counts_for_all() -> None:
    assert changed("from math import *", "from cmath import *") == {item.qualname for item in read(MODULE).functions}


def test_a_new_definition_of_a_builtin_counts_for_whoever_calls_it() -> None:
    before = "def f(xs):\n    return len(xs)\n\n\ndef g(xs):\n    return sum(xs)\n"
    keys = [
        {item.qualname: item.reach_key for item in read(text).functions} for text in (before, before + "len = sum\n")
    ]
    assert keys[0]["f"] != keys[1]["f"] and keys[0]["g"] == keys[1]["g"]


def test_functions_that_call_each_other_both_change() -> None:
    text = "def even(n):\n    return n == 0 or odd(n - 1)\n\n\ndef odd(n):\n    return n != 0 and even(n - 1)\n"
    before, after = read(text), read(text.replace("n != 0", "0 != n"))
    assert all(old.reach_key != new.reach_key for old, new in zip(before.functions, after.functions, strict=True))


def test_a_long_chain_of_calls_is_followed_to_its_end() -> None:
    lines = [f"def f{n}(x):\n    return f{(n + 7) % 50}(x)\n" for n in range(50)]
    before, after = read("\n".join(lines)), read("\n".join(lines).replace("def f3(x)", "def f3(x, y=0)"))
    assert all(old.reach_key != new.reach_key for old, new in zip(before.functions, after.functions, strict=True))


def test_keys_are_those_of_targets_and_places_are_where_names_stand() -> None:
    text = "@staticmethod\n@cache\nasync  def go(a,\n  b):\n    return a\n\n\n"
    text += "if True:\n    def \\\n        late(x): return x\n"
    go, late = read(text).functions
    assert (go.first, go.name_line, go.name_column, go.last, go.name) == (1, 3, 11, 5, "go")
    assert (late.name_line, late.name_column) == (9, 0)
    assert go.key == targets.find(Source("m.py", text), "m", "go").key


def test_the_innermost_function_is_around_a_line_and_the_last_of_a_name_counts() -> None:
    found = read(MODULE + "\n\ndef used(x):\n    return x\n")
    line = MODULE[: MODULE.index("return used(x)\n")].count("\n") + 1
    innermost, used = found.at(line), found.of("used")
    assert innermost is not None and innermost.qualname == "top.<locals>.inner"
    assert used is not None and used.first > MODULE.count("\n")
    assert found.at(1) is None and found.of("absent") is None


def test_a_text_that_does_not_parse_is_said_so() -> None:
    with pytest.raises(EnvironmentProblem, match=r"m\.py, line 1: this is not valid Python"):
        read("def f(:\n")
