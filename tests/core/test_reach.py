"""Which module data a function reaches."""

from __future__ import annotations

import pytest

from afterburner.core.reach import private_constants, reachable_data, reachable_functions
from afterburner.core.source import Source

TEXT = """
import os
LIMIT = 3
seen, other = [], {}
unused = 1

def helper(x):
    seen.append(x)
    return x < LIMIT

def target(x):
    return helper(x)

class C:
    def method(self):
        return self.inner()

    def inner(self):
        global made
        made = other

if LIMIT:
    late = 1

def late_user():
    return late
"""


def reached(qualname: str) -> tuple[str, ...]:
    return reachable_data(Source("m.py", TEXT), qualname)


def test_data_is_reached_through_the_functions_that_are_called() -> None:
    assert reached("target") == ("LIMIT", "seen")


def test_a_method_reaches_what_the_methods_it_names_mention() -> None:
    assert reached("C.method") == ("made", "other")


def test_functions_are_reached_through_names_and_attributes() -> None:
    source = Source("m.py", TEXT)
    assert [f.name for f in reachable_functions(source, "C.method")] == ["method", "inner"]
    assert {f.name for f in reachable_functions(source, "target")} == {"target", "helper"}


def test_using_a_class_reaches_its_special_methods() -> None:
    text = "class K:\n    def __init__(self): ...\n    def other(self): ...\n\ndef f():\n    return K()\n"
    assert {f.name for f in reachable_functions(Source("m.py", text), "f")} == {"f", "__init__"}


def test_names_bound_in_a_condition_count() -> None:
    assert reached("late_user") == ("late",)


def test_modules_functions_and_unused_data_do_not() -> None:
    assert not {"os", "helper", "unused"} & set(reached("target"))


@pytest.mark.parametrize(
    ("text", "constant"),
    [
        ("_K = 3", True), ("_K: int = 3", True), ("_K = ('a', (1, None))", True), ("_K = re.compile('x')", True),
        ("_K = frozenset([[]])", True), ("K = 3", False), ("_K = []", False), ("_K = ([],)", False),
        ("_K = make()", False), ("_K = 3\n_K = 4", False), ("_K = 3\n_K += 1", False),
        ("_K = 3\ndef f():\n    global _K\n    _K = 4", False),
    ],
)  # fmt: skip
def test_private_constants(text: str, constant: bool) -> None:
    assert ("_K" in private_constants(Source("m.py", text))) is constant
