"""Which rewrites can be put in place by their code alone, and what is named as changed elsewhere."""

from __future__ import annotations

import pytest

from afterburner.core.errors import UsageError
from afterburner.core.placement import Placement, Unplaceable, place
from afterburner.core.source import Source
from afterburner.core.target import find

MODULE = '''"""Doc."""
import re

LIMIT = 3


def helper(x):
    return x


def f(a, b=1):
    """Adds."""
    return helper(a) + b


class C:
    def m(self):
        return 1

    def n(self):
        return super().n()
'''


def placed(new: str, where: str = "f", old: str = MODULE) -> Placement:
    result = place(find(Source("m.py", old), "m", where), Source("m.py", new))
    assert isinstance(result, Placement)
    return result


def edited(old: str, new: str) -> str:
    assert old in MODULE
    return MODULE.replace(old, new)


def test_a_changed_body_is_code_alone() -> None:
    assert placed(edited("helper(a) + b", "a + b")) == Placement("code")


def test_unchanged_text_is_code_alone() -> None:
    assert placed(MODULE) == Placement("code")


def test_additions_are_listed_in_order_with_their_lines() -> None:
    new = edited("import re\n", "import re\nfrom heapq import heappush\n")
    new = new.replace("def f(", "_P = re.compile('x')\n\n\n@staticmethod\ndef _g(x):\n    return x\n\n\ndef f(")
    result = placed(new)
    assert result.kind == "code"
    assert result.additions == (
        "from heapq import heappush",
        "_P = re.compile('x')",
        "@staticmethod\ndef _g(x):\n    return x",
    )
    lines = new.splitlines()
    assert [lines[line - 1] for line in result.lines] == [
        "from heapq import heappush",
        "_P = re.compile('x')",
        "@staticmethod",
    ]


def test_an_import_that_gains_a_name_is_an_addition() -> None:
    old = "from math import pi\n\n\ndef f():\n    return pi\n"
    new = "from math import pi, tau\n\n\ndef f():\n    return tau / 2\n"
    assert placed(new, old=old).additions == ("from math import tau",)


def test_an_added_class_is_one_addition() -> None:
    new = edited("def f(", "class D:\n    class E:\n        y = 1\n\n    def x(self):\n        return 1\n\n\ndef f(")
    result = placed(new)
    assert result.kind == "code"
    assert len(result.additions) == 1
    assert result.additions[0].startswith("class D:")


def test_a_method_body_is_code_alone() -> None:
    assert placed(edited("return 1", "return 2"), "C.m").kind == "code"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    return x\n", "    return x + 0\n", "function `helper` was changed"),
        ("LIMIT = 3", "LIMIT = 4", "`LIMIT` was changed"),
        ("LIMIT = 3\n", "", "`LIMIT` was removed"),
        ("import re\n", "", "`import re` was removed"),
        ("class C:", "class C(dict):", "class `C` was changed"),
        ("return super().n()", "return 0", "method `C.n` was changed"),
        ("    def m(self)", "    z = 1\n\n    def m(self)", "class `C` has a new member `z`"),
        ("def f(a", "def helper(x):\n    return 0\n\n\ndef f(a", "`helper` is defined a second time (line 11)"),
        ("import re\n", "from __future__ import annotations\nimport re\n", "a top-level statement was added (line 2)"),
        ("import re\n", "import re\nprint(1)\n", "a top-level statement was added (line 3)"),
        ("import re\n", "import re\nre.x = 1\n", "a top-level statement was added (line 3)"),
        ("import re\n", "import re\nif LIMIT:\n    y = 1\n", "a top-level statement was added (line 3)"),
        ("import re\n", "import re\nsuper = 1\n", "`super`, which the module already uses, is defined anew (line 3)"),
        ('"""Doc."""\nimport re\n', 'import re\n"""Doc."""\n', "the order of statements was changed"),
        ('"""Doc."""\n', 'import os\n"""Doc."""\n', "the module's docstring was lost"),
    ],
)
def test_what_else_changed_is_named_and_needs_the_whole_module(old: str, new: str, said: str) -> None:
    result = placed(edited(old, new))
    assert result.kind == "module"
    assert said in result.changed_elsewhere
    assert result.reason == result.changed_elsewhere[0]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("(a, b=1)", "(a, b=2)", "the signature of `f` was changed"),
        ("(a, b=1)", "(a: int, b=1)", "the annotations of `f` were changed"),
        ("def f(a", "@print\ndef f(a", "the decorators of `f` were changed"),
        ("def f(a", "async def f(a", "`f` changed between `def` and `async def`"),
    ],
)
def test_a_changed_head_of_the_target_needs_the_whole_module_too(old: str, new: str, said: str) -> None:
    assert placed(edited(old, new)) == Placement("module", reason=said)


def test_free_variables_must_match() -> None:
    result = placed(edited("return super().n()", "return dict.n(self)"), "C.n")
    assert (result.kind, result.reason) == ("module", "the free variables of `C.n` were changed")


def test_a_function_behind_an_unknown_decorator_needs_the_whole_module() -> None:
    old = "@wrap\ndef f():\n    return 1\n"
    result = placed(old.replace("1", "2"), old=old)
    assert (result.kind, result.reason) == ("module", "`f` is decorated by `@wrap`")


def test_a_name_that_is_defined_twice_needs_the_whole_module() -> None:
    old = "def f():\n    return 1\n\n\ndef f():\n    return 2\n"
    assert placed(old.replace("2", "3"), old=old).reason == "`f` is defined more than once"


def test_a_statement_that_leaves_its_block_is_noticed() -> None:
    old = "if x:\n    z = 1\n    y = 1\n\n\ndef f():\n    return 1\n"
    new = "if x:\n    z = 1\ny = 1\n\n\ndef f():\n    return 1\n"
    assert placed(new, old=old).changed_elsewhere == ("the order of statements was changed",)


def test_a_function_inside_a_block_can_be_swapped() -> None:
    old = "if x:\n    def f():\n        return 1\n"
    assert placed(old.replace("1", "2"), old=old).kind == "code"


def test_a_closure_is_refused_with_its_maker() -> None:
    old = "def make():\n    def f():\n        return 1\n    return f\n"
    result = place(find(Source("m.py", old), "m", "make.<locals>.f"), Source("m.py", old))
    assert isinstance(result, Unplaceable)
    assert "Ask about `make`" in result.reason


def test_a_missing_target_is_a_sentence() -> None:
    with pytest.raises(UsageError, match=r"m\.py has no function 'f'"):
        placed(MODULE.replace("def f(", "def g("))
