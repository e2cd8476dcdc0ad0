"""Excerpts: what a function's text mentions, as a module that parses, with the lines that it had."""

from __future__ import annotations

import ast

from afterburner.core.excerpt import Excerpt, excerpt
from afterburner.core.pieces import cut
from afterburner.core.source import Source

MODULE = """\
import re
import os

PATTERN = re.compile("a")


class Empty(Exception):
    pass


class Holder:
    '''Only text.'''

    def other(self):
        return 1

    def wanted(self, xs):
        if not xs:
            raise Empty
        return [x for x in xs if PATTERN.match(x)]


class Documented:
    '''Nothing but this.'''


def outside():
    return os, Holder, Documented, _last
_last = 1"""


def part(text: str, line: int) -> Excerpt:
    pieces = cut(Source("m.py", text))
    return excerpt(pieces, pieces.at(line))


def test_a_method_stands_in_its_class_with_what_it_mentions_and_nothing_else() -> None:
    found = part(MODULE, 18)
    assert found.text == (
        'PATTERN = re.compile("a")\nclass Empty(Exception):\n    pass\nclass Holder:\n    def wanted(self, xs):\n'
        "        if not xs:\n            raise Empty\n        return [x for x in xs if PATTERN.match(x)]\n"
    )
    assert found.lines == (4, 7, 8, 11, 17, 18, 19, 20)


def test_a_class_of_which_nothing_is_needed_still_parses() -> None:
    found = part(MODULE, 28)
    assert "class Documented:\n    pass\n" in found.text and found.text.endswith("_last = 1\n")
    assert 0 in found.lines and len(found.lines) == found.text.count("\n")
    ast.parse(found.text)


def test_a_function_in_a_compound_statement_comes_with_all_of_it() -> None:
    text = "try:\n    import x\nexcept ImportError:\n    def f():\n        return 1\nelse:\n    y = 2\n"
    assert part(text, 4).text == text
