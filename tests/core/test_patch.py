"""Edits of text: what is replaced, what stays, and how imports come in."""

from __future__ import annotations

import ast

import pytest

from afterburner.core.patch import (
    NotEditable,
    apply,
    bound_names,
    changed_lines,
    delete_statement,
    diff,
    ensure_import,
    fresh_name,
    insert_after,
    insert_before,
    replace,
    replace_statements,
    wrap_statements,
)
from afterburner.core.source import Source

CODE = """\
def f(a):
    # about the sum
    total = 0  # start
    for x in a:  # every item
        # one by one
        total += x
    return total  # done
"""


def source(text: str) -> Source:
    return Source("m.py", text)


def body(code: Source) -> list[ast.stmt]:
    function = code.tree.body[-1]
    assert isinstance(function, ast.FunctionDef)
    return function.body


def imported(text: str, module: str, name: str = "", taken: frozenset[str] = frozenset()) -> tuple[str, str]:
    after, spelling = ensure_import(source(text), module, name, taken)
    ast.parse(after.text)
    return after.text, spelling


def test_an_expression_is_replaced_where_it_stands_after_wide_characters() -> None:
    code = source("def f(a):\n    return 'größe→' + a  # why\n")
    node = body(code)[0].value.right  # type: ignore[attr-defined]
    assert apply(code, [replace(code, node, "b")]).text == "def f(a):\n    return 'größe→' + b  # why\n"


def test_replaced_statements_keep_their_comments_above() -> None:
    code = source(CODE)
    after = apply(code, [replace_statements(code, body(code)[0], body(code)[1], "total = sum(a)")])
    assert after.text == (
        "def f(a):\n    # about the sum\n    # start\n    # every item\n    # one by one\n"
        "    total = sum(a)\n    return total  # done\n"
    )


def test_new_lines_take_the_units_of_the_text() -> None:
    code = source("def f(a):\r\n\treturn a\r\n")
    after = apply(code, [replace_statements(code, body(code)[0], body(code)[0], "if a:\n    return 1\nreturn 2")])
    assert after.text == "def f(a):\r\n\tif a:\r\n\t\treturn 1\r\n\treturn 2\r\n"


def test_text_inside_a_string_is_not_indented() -> None:
    code = source("def f(a):\n    return a\n")
    after = apply(code, [replace_statements(code, body(code)[0], body(code)[0], 'x = """p\nq"""\nreturn x')])
    assert after.text == 'def f(a):\n    x = """p\nq"""\n    return x\n'


def test_a_line_goes_above_the_comment_of_its_statement() -> None:
    code = source(CODE)
    after = apply(code, [insert_before(code, body(code)[0], "b = set(a)")])
    assert after.text.splitlines()[1:3] == ["    b = set(a)", "    # about the sum"]


def test_a_line_goes_below_a_block_and_its_trailing_comment() -> None:
    code = source("def f(a):\n    return a  # end")
    assert apply(code, [insert_after(code, body(code)[0], "b = 1")]).text == "def f(a):\n    return a  # end\n    b = 1"


def test_statements_move_one_step_deeper_with_their_comments() -> None:
    code = source('def f(a):\n  """Doc."""\n  # first\n  x = """p\nq"""\n\n  return x  # end\n')
    after = apply(code, [wrap_statements(code, body(code)[1], body(code)[2], "def g():", "return g()")])
    assert after.text == (
        'def f(a):\n  """Doc."""\n  def g():\n    # first\n    x = """p\nq"""\n\n    return x  # end\n  return g()\n'
    )


def test_deleting_a_statement_keeps_its_comment() -> None:
    code = source(CODE)
    after = apply(code, [delete_statement(code, body(code)[0])])
    assert after.text.splitlines()[1:4] == ["    # about the sum", "    # start", "    for x in a:  # every item"]


@pytest.mark.parametrize(
    "line", ["x = 1; return x", "if a: return 1", "if a:\n        pass\n    elif a > 1:\n        pass"]
)
def test_statements_that_share_a_line_are_not_edited(line: str) -> None:
    code = source(f"def f(a):\n    {line}\n")
    statement = [n for n in ast.walk(code.tree) if isinstance(n, ast.Return | ast.If)][-1]
    with pytest.raises(NotEditable):
        insert_before(code, statement, "y = 2")


def test_overlapping_edits_are_refused() -> None:
    code = source(CODE)
    loop = body(code)[1]
    with pytest.raises(NotEditable):
        apply(code, [replace(code, loop, "pass"), replace(code, loop.iter, "b")])  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("before", "after", "spelling"),
    [
        ("def f(): pass\n", "from collections import deque\n\n\ndef f(): pass\n", "deque"),
        ("x = 1\n", "from collections import deque\n\nx = 1\n", "deque"),
        ('"""Doc."""\n\nx = 1\n', '"""Doc."""\n\nfrom collections import deque\n\nx = 1\n', "deque"),
        (
            "from __future__ import annotations\n\nx = 1\n",
            "from __future__ import annotations\n\nfrom collections import deque\n\nx = 1\n",
            "deque",
        ),
        ("#!/py\n# coding: u8\nx = 1\n", "#!/py\n# coding: u8\nfrom collections import deque\n\nx = 1\n", "deque"),
        ("# about f\ndef f(): pass\n", "from collections import deque\n\n\n# about f\ndef f(): pass\n", "deque"),
        ("# licence\n\nx = 1\n", "# licence\n\nfrom collections import deque\n\nx = 1\n", "deque"),
        ("import os\nimport re  # re\n", "import os\nimport re  # re\nfrom collections import deque\n", "deque"),
        ("import os\nfrom re import X\n", "import os\nfrom collections import deque\nfrom re import X\n", "deque"),
        ("import numpy\n", "from collections import deque\n\nimport numpy\n", "deque"),
        ("from collections import Counter\n", "from collections import Counter, deque\n", "deque"),
        ("from collections import abc, namedtuple\n", "from collections import abc, deque, namedtuple\n", "deque"),
        (
            "from collections import (\n    Counter,\n    abc,\n)\n",
            "from collections import (\n    Counter,\n    abc,\n    deque,\n)\n",
            "deque",
        ),
        ("from collections import deque\n", "from collections import deque\n", "deque"),
        ("from collections import deque as dq\n", "from collections import deque as dq\n", "dq"),
        ("import collections as c\n", "import collections as c\n", "c.deque"),
        ("deque = 1\n", "import collections\n\ndeque = 1\n", "collections.deque"),
        (
            "try:\n    from collections import deque\nexcept ImportError: pass\n",
            "import collections\n\ntry:\n    from collections import deque\nexcept ImportError: pass\n",
            "collections.deque",
        ),
        (
            "deque = collections = 1\n",
            "from collections import deque as _deque\n\ndeque = collections = 1\n",
            "_deque",
        ),
    ],
)
def test_an_import_is_added_once_in_the_right_place(before: str, after: str, spelling: str) -> None:
    assert imported(before, "collections", "deque") == (after, spelling)
    assert imported(after, "collections", "deque") == (after, spelling)


def test_a_name_that_the_function_uses_itself_is_spelt_another_way() -> None:
    text, spelling = imported("from collections import deque\n", "collections", "deque", frozenset({"deque"}))
    assert (text, spelling) == ("import collections\nfrom collections import deque\n", "collections.deque")


def test_a_module_is_imported_as_a_whole_when_no_name_is_wanted() -> None:
    assert imported("import sys\n", "heapq") == ("import heapq\nimport sys\n", "heapq")
    assert imported("import heapq as h\n", "heapq") == ("import heapq as h\n", "h")


def test_fresh_names_avoid_taken_names_builtins_and_keywords() -> None:
    assert fresh_name("seen", {"seen", "seen2"}) == "seen3"
    assert fresh_name("set", set()) == "set2"
    assert fresh_name("match", set()) == "match2"


def test_bound_names_are_found_in_every_form() -> None:
    text = "import a.b, c as d\ndef f(g, *h, **i):\n    with j as k: (l := 1)\n    for m in n: pass\n    global o\n"
    assert bound_names(ast.parse(text)) == set("adfghiklmo")


def test_the_difference_is_shown_by_lines() -> None:
    before, after = source("a\nb\nc"), source("a\nx\ny\nc")
    assert diff(before, after).splitlines()[2:] == [
        "@@ -1,3 +1,4 @@", " a", "-b", "+x", "+y", " c", "\\ No newline at end of file"]  # fmt: skip
    assert changed_lines(before, after) == {2, 3}
    assert (diff(before, before), changed_lines(before, before)) == ("", frozenset())
