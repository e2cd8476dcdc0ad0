"""Compiling the sketch of a module gives the very code that compiling all of it gives."""

from __future__ import annotations

import types

import pytest

from afterburner.core.sketch import sketch

FILLER = "\n".join(f"VALUE_{n} = [{n}] * 7  # é" for n in range(200))
TEXT = f'''"""Words."""
from __future__ import annotations
import functools

{FILLER}


@functools.cache
def plain(
    x: int, *, y=(1, 2)
) -> int:
    """Doc."""
    def inner(z):
        return z + x
    return inner(y[0]) if x else __name


class Outer(dict,
            metaclass=type):
    """Of it."""
    size = 3

    class Inner:
        @staticmethod
        def hidden(a):
            return a.__private

    def method(self):
        return super().__len__() + self.__secret + {{"""a
b"""}}

    def other(self): return 1
{FILLER}
'''


def code(text: str, qualname: str) -> types.CodeType:
    found = compile(text, "m.py", "exec", dont_inherit=True)
    for part in qualname.split("."):
        found = next(c for c in found.co_consts if isinstance(c, types.CodeType) and c.co_name == part)
    return found


@pytest.mark.parametrize("qualname", ["plain", "Outer.method", "Outer.Inner.hidden", "Outer.other"])
def test_the_code_is_the_same(qualname: str) -> None:
    drawn = sketch(TEXT.replace('{"""a\nb"""}', "3"), qualname)
    assert drawn and "VALUE_3" not in drawn
    first, second = code(TEXT.replace('{"""a\nb"""}', "3"), qualname), code(drawn, qualname)
    assert first == second and first.co_flags == second.co_flags
    assert list(first.co_lines()) == list(second.co_lines())


@pytest.mark.parametrize(
    "text",
    [
        "x = 1\n" * 900 + "if x:\n    def f():\n        return 1\n",
        "x = 1\n" * 900 + "def f(): return 1\ndef f(): return 2\n",
        "x = 1\n" * 900 + "def g(): return 1\n",
        "x = 1\n" * 900 + "def f(:\n",
        "def f():\n    return 1\n",
    ],
)
def test_what_cannot_be_told_or_does_not_pay_has_none(text: str) -> None:
    assert sketch(text, "f") == ""


def test_what_shares_a_line_does_not_change_the_code() -> None:
    text = "x = 1\n" * 900 + "y = 2; z = 3\ndef f():\n    return y\nw = 4\n"
    assert code(sketch(text, "f"), "f") == code(text, "f")
