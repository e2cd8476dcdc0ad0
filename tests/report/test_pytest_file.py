"""The written test module, text out; `pytest --update tests/report` writes the expected texts anew."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest

from afterburner.core.behaviour import Behaviour, Ending, Row, Spoken
from afterburner.core.inputs import CallText, Origin
from afterburner.core.outcome import Environment
from afterburner.core.source import Source
from afterburner.core.target import find
from afterburner.report import pytest_file

GOLDEN = Path(__file__).parent / "pytest_files"
MODULE = "class Cart:\n    def total(self, tax=0.0):\n        return 1\n\n\ndef test_sum(xs, *, k=0):\n    return 1\n"
ENVIRONMENT = Environment("/usr/bin/python3", "CPython 3.12.1", "full", "fork", "Linux", "0.1.0")
CART = "rebuilt(Cart, items=[1])"
TABLES = (
    Row(Origin.USER, "", ("[3, 1]",), (), Ending("returns", "[1, 3]"), mutable=True, lines=frozenset({7})),
    Row(Origin.GENERATED, "", ("[]",), (("k", "'it\\'s'"),), Ending("returns", "{'a': {1, 2}}")),
    Row(Origin.TEST, "", ("(0.5,)",), (), Ending("returns", "float('nan')", tolerance=1.5e-15)),
    Row(
        Origin.GENERATED, "", ("-1",), (), Ending("raises", "decimal.Overflow", "('no', 1)"),
        names=frozenset({"decimal:Overflow"}),
    ),
    Row(Origin.GENERATED, "", ("None",), (), Ending("raises", "TypeError")),
    Row(Origin.DOCTEST, "", ("2",), (), Ending("yields", "[0, 1]", printed="'2\\n'")),
    Row(Origin.GENERATED, "", (f"[{', '.join(map(str, range(1000, 1030)))}]",), (), Ending("returns", "0")),
    Row(Origin.GENERATED, "", (repr("x" * 120),), (), Ending("returns", "0")),
    Spoken(
        Origin.USER, CallText("test_sum(list(range(size)), k=LIMIT)", "size = 1000\ndef half(n):\n    return n // 2"),
        Ending("returns", "499500", printed="'done\\n'"), frozenset({"shop.sums:LIMIT", "shop.sums:test_sum"}),
    ),
    Spoken(Origin.USER, CallText("test_sum('a' * 3000)"), Ending("raises", "ValueError", "('too long',)")),
)  # fmt: skip
MADE_CLASSES = frozenset({"shop.sums:Cart"})
AFTER = (("thing", "rebuilt(Cart, items=[1, 2])"), ("args", "()"), ("kwargs", "{}"))
METHODS = (
    Row(Origin.USER, CART, (), (), Ending("returns", "1"), AFTER, made=MADE_CLASSES),
    Row(Origin.USER, CART, ("0.5",), (), Ending("returns", "1"), made=MADE_CLASSES, mutable=True),
)
MADE = {"tables": ("test_sum", TABLES), "methods": ("Cart.total", METHODS)}


def behaviour(name: str) -> Behaviour:
    where, rows = MADE[name]
    target = find(Source("sums.py", MODULE), "shop.sums", where)
    return Behaviour(target, ENVIRONMENT, rows, {"a cycle in the value": 2}, {7: 7, 8: 9})


@pytest.mark.parametrize("name", MADE)
def test_the_text(name: str, request: pytest.FixtureRequest) -> None:
    text = pytest_file.text(behaviour(name), "afterburner test sums.py::test_sum")
    if request.config.getoption("--update"):
        (GOLDEN / f"{name}.txt").write_text(text, encoding="utf-8")
    assert text == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if len(line) > 120] == []


def test_each_row_is_in_one_test_and_what_is_too_long_in_none() -> None:
    made = behaviour("tables")
    names = [name for name, rows in pytest_file.tests_of(made) for _ in rows]
    assert len(names) == len(made.rows) - 1
    assert len(set(names)) == 7 and all(f"def {name}(" in pytest_file.text(made, "") for name in names)


def test_nothing_is_written_that_nothing_needs() -> None:
    made = replace(behaviour("methods"), rows=METHODS[1:], left_out={})
    text = pytest_file.text(replace(made, rows=(replace(METHODS[1], receiver="Cart()", made=frozenset()),)), "")
    assert "rebuilt" not in text and "__slots__" not in text and "Left out" not in text


def test_what_somebody_wrote_is_code_inside_a_function_too() -> None:
    setup = 'from __future__ import annotations\ndef g():\n    """It\'s\n    odd."""\n    return 1'
    row = Spoken(Origin.USER, CallText("test_sum([g()])", setup), Ending("returns", "1"))
    text = pytest_file.text(replace(behaviour("tables"), rows=(row,)), "")
    assert "__future__" not in text and compile(text, "kept", "exec")


def test_a_module_that_only_a_text_mentions_is_not_imported() -> None:
    row = Row(Origin.USER, "", ("'we are. it'",), (), Ending("returns", "re.compile('a')"), names=frozenset({"re:"}))
    made = behaviour("tables")
    assert "\nimport re\n" in pytest_file.text(replace(made, rows=(row,)), "")
    assert "import re" not in pytest_file.text(replace(made, rows=(replace(row, ending=Ending("returns", "1")),)), "")


def test_nothing_in_the_first_lines_ends_them(tmp_path: Path) -> None:
    made = replace(behaviour("methods"), left_out={'a """ and a \\ and a\nline': 1})
    text = pytest_file.text(made, 'afterburner test """\\N')
    assert ast.get_docstring(ast.parse(text)) and len(ast.parse(text).body) == 7


def test_arrays_are_compared_by_their_kind_shape_and_every_number() -> None:
    row = Row(Origin.TEST, "", ("numpy.array([0.1])",), (), Ending("returns", "1"), names=frozenset({"numpy:"}))
    text = pytest_file.text(replace(behaviour("tables"), rows=(row,)), "")
    assert "\nimport numpy\nimport pytest\n" in text and "exact(value.tolist())" in text
    assert "tolist" not in pytest_file.text(behaviour("tables"), "")


@pytest.mark.parametrize(
    ("where", "name"),
    [("test_sum", "test_test_sum_behaviour.py"), ("Cart.total", "test_cart_total_behaviour.py")],
)
def test_the_file_is_named_after_the_function(where: str, name: str) -> None:
    assert pytest_file.file_name(find(Source("sums.py", MODULE), "shop.sums", where)) == name
