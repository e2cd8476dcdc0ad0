"""Candidate files of every shape, and the module text that they become."""

from __future__ import annotations

import re

import pytest

from afterburner.core.candidate import read_candidate
from afterburner.core.errors import UsageError
from afterburner.core.source import Source
from afterburner.core.target import find

MODULE = '''"""Doc."""

import re

LIMIT = 3


def helper(x):
    return x


# About f.
def f(a: list, b=1) -> int:
    """Adds.

    More.
    """
    total = 0  # slow
    for x in a:
        total += x
    return total + b  # done


class C:
    """Holds."""

    k = 1

    @staticmethod
    def s(a):
        return a

    def m(self, n):
        return [n for _ in range(n)]
'''


def result(text: str, where: str = "f", name: str | None = None, module: str = MODULE) -> str:
    return read_candidate(find(Source("m.py", module), "m", where), text, name, "file:c.py").source.text


def replaced(old: str, new: str) -> str:
    assert old in MODULE
    return MODULE.replace(old, new)


BODY = """    total = 0  # slow
    for x in a:
        total += x
    return total + b  # done
"""


def test_a_bare_function_keeps_head_docstring_and_everything_around() -> None:
    text = "def f(a, b=1):\n    # fast\n    return sum(a) + b  # now\n"
    expected = "    # fast\n    return sum(a) + b  # now\n"
    assert result(text) == replaced(BODY, expected)


def test_its_own_docstring_wins() -> None:
    new = result('def f(a, b=1):\n    """New."""\n    return sum(a) + b\n')
    assert '"""New."""' in new
    assert "Adds." not in new


def test_its_own_head_stands_where_the_parameters_differ() -> None:
    assert "def f(items, b=1):\n" in result("def f(items, b=1):\n    return sum(items) + b\n")
    assert "async def f(a, b=1):\n" in result("async def f(a, b=1):\n    return sum(a) + b\n")


def test_imports_constants_and_helpers_come_to_their_places() -> None:
    text = (
        "import re\nfrom heapq import heappush\nimport numpy as np\n\n_A = 1\n# Two.\n_B = 2\n\n"
        "def _g(x):\n    return x\n\ndef f(a, b=1):\n    return _g(a)\n\ndef _h():\n    pass\n"
    )
    new = result(text)
    assert new.startswith('"""Doc."""\n\nimport re\n')
    assert new.count("import re\n") == 1
    assert new.index("heappush") < new.index("LIMIT") and new.index("import numpy as np") < new.index("LIMIT")
    assert "_A = 1\n# Two.\n_B = 2\n\n\ndef _g(x):\n    return x\n\n\n# About f.\ndef f(" in new
    assert "    return _g(a)\n\n\ndef _h():\n    pass\n\n\nclass C:" in new
    compile(new, "m.py", "exec")


def test_a_method_without_its_class() -> None:
    expected = replaced("return [n for _ in range(n)]", "return [n] * n")
    assert result("def m(self, n):\n    return [n] * n\n", "C.m") == expected
    assert result("    def m(self, n):\n        return [n] * n\n", "C.m") == expected


def test_a_method_in_its_class_brings_new_members() -> None:
    text = "class C:\n    def _new(self):\n        return 1\n\n    def m(self, n):\n        return [n] * n\n"
    new = result(text, "C.m")
    assert "    def _new(self):\n        return 1\n\n    def m(self, n):\n        return [n] * n\n" in new
    assert new.count("class C") == 1


def test_decorators_stay_unless_there_are_others() -> None:
    assert result("def s(a):\n    return +a\n", "C.s") == replaced("return a\n\n    def m", "return +a\n\n    def m")
    assert "    @classmethod\n    def s(a):\n" in result("@classmethod\ndef s(a):\n    return a\n", "C.s")


def test_text_inside_strings_is_not_moved() -> None:
    text = 'def m(self, n):\n    s = """x\n  y\n"""\n    return [\n        n,\n    ]\n'
    new = result(text, "C.m")
    assert '        s = """x\n  y\n"""\n        return [\n            n,\n        ]\n' in new


def test_another_name_is_changed_everywhere() -> None:
    text = "def _go(a):\n    return fast(a)\n\ndef fast(a, b=1):\n    return fast(a[1:]) if a else _go(a)\n"
    new = result(text, name="fast")
    assert "fast" not in new
    assert "def _go(a):\n    return f(a)\n" in new
    assert "return f(a[1:]) if a else _go(a)\n" in new


def test_another_name_of_a_method() -> None:
    new = result("def fast(self, n):\n    return self.fast(n - 1) if n else []\n", "C.m", "fast")
    assert "def m(self, n):\n        return self.m(n - 1) if n else []\n" in new


def test_the_only_function_needs_no_name() -> None:
    assert result("def quick(a, b=1):\n    return sum(a) + b\n") == replaced(BODY, "    return sum(a) + b\n")


def test_a_copy_of_the_module_with_a_new_function_beside() -> None:
    text = MODULE + "\n\ndef fast(a, b=1):\n    return sum(a) + b\n"
    assert result(text, name="fast") == replaced(BODY, "    return sum(a) + b\n")


def test_a_whole_module_is_taken_as_it_is() -> None:
    text = replaced("return x\n", "return +x\n").replace(BODY, "    return sum(a) + b\n").replace("import re\n", "")
    assert result(text) == text


def test_a_function_of_a_module_that_has_nothing_else() -> None:
    module = "import re\n\n\ndef f(x):\n    return re.sub('a', 'b', x)\n"
    assert result("def f(x):\n    return x.replace('a', 'b')\n", module=module).startswith("import re\n\n\ndef f(x):\n")


def test_a_main_block_is_left_behind() -> None:
    text = "def f(a, b=1):\n    return sum(a) + b\n\n\nif __name__ == '__main__':\n    print(f([1]))\n"
    assert result(text) == replaced(BODY, "    return sum(a) + b\n")


def test_a_function_made_by_an_assignment_is_put_in_place_for_the_checks_to_judge() -> None:
    text = "def _mk():\n    def f(a, b=1):\n        return b\n    return f\nf = _mk()\n"
    new = result(text)
    assert text in new
    assert "total" not in new


def test_future_imports_come_first() -> None:
    new = result("from __future__ import annotations\ndef f(a, b=1):\n    return sum(a) + b\n")
    assert new.startswith('"""Doc."""\nfrom __future__ import annotations\n')
    compile(new, "m.py", "exec")


def test_line_ends_are_those_of_the_module() -> None:
    new = result("def f(a, b=1):\n    return sum(a) + b\n", module=MODULE.replace("\n", "\r\n"))
    assert new == replaced(BODY, "    return sum(a) + b\n").replace("\n", "\r\n")


def test_the_rewrite_says_where_it_comes_from() -> None:
    target = find(Source("m.py", MODULE), "m", "f")
    rewrite = read_candidate(target, "def f(a, b=1): return 1\n", None, "file:c.py")
    assert (rewrite.origin, rewrite.idea, rewrite.source.path) == ("file:c.py", "as it is written there", "m.py")


@pytest.mark.parametrize(
    ("text", "name", "said", "hint"),
    [
        ("def f(:\n", None, r"c\.py, line 1: this is not valid Python", "Fix the candidate"),
        ("x = 1\n", None, r"c\.py has no function 'f'", "no functions at all"),
        ("def g(): pass\ndef h(): pass\n", None, r"has no function 'f'", r"It has: g, h\. Name one as c\.py::NAME"),
        ("def f(): pass\n", "g", r"has no function 'g'", "It has: f"),
        ("def helper(x):\n    return 0\ndef f(a): pass\n", None, r"line 1: `helper` exists in m\.py", "another name"),
        ("def fast(a, b=1):\n    return f(a)\n", "fast", r"`fast` in c\.py uses `f`", "without the original"),
    ],
)
def test_what_cannot_be_used_is_a_sentence(text: str, name: str | None, said: str, hint: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        result(text, name=name)
    assert re.search(hint, caught.value.hint)
