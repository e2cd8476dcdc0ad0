"""Calls that a project keeps in afterburner_inputs.py: which are taken, with what they need, and what is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from afterburner.core.errors import AfterburnerError
from afterburner.core.inputs import CallText, Given, Origin
from afterburner.core.source import Source
from afterburner.core.target import Target, find
from afterburner.inputs import own
from afterburner.runner import project

MODULE = """import math


def total(xs, tax=0.0):
    return sum(xs) * (1 + tax)


class Cart:
    def __init__(self, items):
        self.items = items

    def total(self, tax=0.0):
        return total(self.items, tax)

    def add(self, item):
        self.items.append(item)

    @property
    def size(self):
        return len(self.items)


class Order:
    def total(self):
        return 3
"""


@pytest.fixture
def kept(tmp_path: Path):
    """`kept(text, "total")` gives what the file beside the module holds for the function."""

    def ask(text: str, where: str = "total", place: str = own.FILE) -> Given:
        path = tmp_path / place
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return own.kept(*asked(tmp_path, where))

    return ask


def asked(folder: Path, where: str = "total") -> tuple[Target, project.Project]:
    file = folder / "shop.py"
    file.write_text(MODULE, encoding="utf-8")
    (folder / "pyproject.toml").touch()
    return find(Source(str(file), MODULE), "shop", where), project.locate(file)


def texts(given: Given) -> list[CallText]:
    assert all(case.origin is Origin.USER for case in given.cases)
    return [case.call for case in given.cases if isinstance(case.call, CallText)]


def test_a_line_is_a_call_with_only_what_it_needs(kept) -> None:
    found = kept(
        "from shop import total\nimport json\nrates = json.loads('[1]')\nxs = [3]\nxs.append(4)\ntotal(xs)\ntotal([])\n"
    )
    assert texts(found) == [
        CallText("total(xs)", "from shop import total\nxs = [3]\nxs.append(4)"),
        CallText("total([])", "from shop import total"),
    ]


@pytest.mark.parametrize(
    ("where", "line"),
    [
        ("total", "total([1])"),
        ("total", "import shop\nshop.total([1])"),
        ("total", "import shop as s\ns.total([1])"),
        ("total", "from shop import total as t\nt([1])"),
        ("total", "assert total([1]) == 1"),
        ("total", "print(sorted([total([1])]))"),
        ("Cart.total", "Cart([1]).total(tax=0.5)"),
        ("Cart.total", "from shop import Cart as C\nC([1]).total()"),
        ("Cart.total", "cart = Cart([1])\ncart.total()"),
        ("Cart.add", "def filled():\n    return Cart([1])\nfilled().add(2)"),
        ("Cart.size", "Cart([1]).size"),
        ("Cart.__init__", "Cart([1])"),
        ("Order.total", "Order().total()"),
    ],
)
def test_a_call_belongs_to_the_function_that_it_names(kept, where: str, line: str) -> None:
    assert len(kept(line, where).cases) == 1


@pytest.mark.parametrize(
    ("where", "line"),
    [
        ("total", "Cart([1]).total()"),
        ("total", "cart = Cart([1])\ncart.total()"),
        ("total", "from other import total\ntotal([1])"),
        ("total", "def total(x):\n    return x\ntotal([1])"),
        ("total", "def helper(xs):\n    total(xs)"),
        ("total", "t = total([1])"),
        ("Cart.total", "total([1])"),
        ("Cart.total", "import shop\nshop.total([1], tax=2.0)"),
        ("Cart.total", "Order().total()"),
        ("Cart.total", "o = Order()\no.total()"),
        ("Order.total", "Cart([1]).total(tax=0.5)"),
    ],
)
def test_calls_of_others_are_left_to_them(kept, where: str, line: str) -> None:
    assert kept(line, where) == Given(files=kept(line, where).files)


def test_a_loop_gives_its_calls_for_each_value(kept) -> None:
    found = kept("def big(n):\n    return list(range(n))\n\nfor size in (10, 1_000):\n    total(big(size))\n")
    setups = [call.setup.splitlines()[-1] for call in texts(found)]
    assert setups == ["size = 10", "size = 1000"]
    assert [case.label for case in found.cases] == ["total(big(size)), size = 10", "total(big(size)), size = 1000"]


@pytest.mark.parametrize(
    ("values", "rounds"),
    [("[[1], [2]]", 2), ("range(3)", 3), ("range(10, 2, -4)", 2), ("range(10 ** 9)", None), ("range(1000)", 50)],
)
def test_values_of_a_loop_may_be_written_out_or_a_range(kept, values: str, rounds: int | None) -> None:
    text = f"sizes = {values}\nfor n in sizes:\n    total([n])\n"
    if rounds is None:
        with pytest.raises(AfterburnerError, match="line 2: the values of this loop are not written out"):
            kept(text)
    else:
        assert len(kept(text).cases) == rounds


def test_a_function_that_takes_and_returns_nothing_holds_calls(kept) -> None:
    found = kept(
        "def refunds():\n    cart = Cart(some())\n    cart.add(-3)\n    cart.total()\n\ndef some():\n    return [1]\n",
        "Cart.total",
    )
    assert texts(found) == [
        CallText("cart.total()", "def some():\n    return [1]\ncart = Cart(some())\ncart.add(-3)"),
    ]


def test_both_places_are_read_the_one_beside_the_module_first(kept) -> None:
    kept("total([2])", place=f"{own.FOLDER}/{own.FILE}")
    found = kept("total([1])")
    assert [call.expression for call in texts(found)] == ["total([1])", "total([2])"]
    assert [Path(file).parent.name for file in found.files][1] == own.FOLDER


def test_without_a_file_there_is_nothing(tmp_path: Path) -> None:
    assert own.kept(*asked(tmp_path)) == Given()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1\ntotal(\n", "afterburner_inputs.py, line 2: this is not valid Python"),
        ("\ntotal([1], 2, 3)\n", "line 2 `total([1], 2, 3)` does not fit total(xs, tax=0.0)"),
        ("total(data)\n", "line 1 `total(data)` uses `data`"),
        ("if True:\n    total([1])\n", "line 2: a call inside `if` cannot be told"),
        ("for x in make():\n    total(x)\n", "line 1: the values of this loop are not written out"),
    ],
)
def test_a_mistake_is_a_sentence_with_its_line(kept, text: str, said: str) -> None:
    with pytest.raises(AfterburnerError) as caught:
        kept(text)
    assert said in str(caught.value) and caught.value.hint


def test_a_call_of_nothing_that_is_known_is_named(kept) -> None:
    [note] = kept("import other\ntotl([1])\nother.f()\nprint(2)\ntotal([1])\n").notes
    assert note.endswith("line 2: nothing tells what `totl` is; did you mean `total`?")


def test_the_template_has_an_example_that_is_taken_once_its_comment_is_gone(kept, tmp_path: Path) -> None:
    target, _ = asked(tmp_path, "Cart.total")
    text = own.with_section(target, None)
    assert text and kept(text, "Cart.total").cases == ()
    filled = text.replace("# from", "from").replace("# Cart", "Cart")
    assert [call.expression for call in texts(kept(filled, "Cart.total"))] == ["Cart([3, 1, 2]).total(tax=2.5)"]


def test_the_guide_shows_a_file_that_works(kept, root: Path) -> None:
    text = (root / "docs/inputs.md").read_text(encoding="utf-8").split("```python\n")[1].split("```")[0]
    found = kept(text)
    assert [case.label or call.expression for case, call in zip(found.cases, texts(found), strict=True)] == [
        "total([])", "total([3, 1, 2], tax=0.5)", "total([1, 2])", "total(prices(size)), size = 10",
        "total(prices(size)), size = 1000", "total(prices(size)), size = 100000",
    ]  # fmt: skip
    assert [call.expression for call in texts(kept(text, "Cart.total"))] == ["cart.total(tax=0.2)"]
    assert found.notes == ()


def test_a_section_is_added_once_and_nothing_else_is_touched(tmp_path: Path) -> None:
    first, second = asked(tmp_path)[0], asked(tmp_path, "Cart.add")[0]
    text = "# mine\r\nx = 1"
    once = own.with_section(first, text)
    assert once and once.startswith(text + "\r\n") and "\n" not in once.replace("\r\n", "")
    assert own.with_section(first, once) is None
    twice = own.with_section(second, once)
    assert twice and twice.startswith(once) and twice.count("# ---- ") == 2
