"""Which calls a main block gives."""

from __future__ import annotations

import pytest

from afterburner.core.inputs import CallText, Origin
from afterburner.core.source import Source
from afterburner.core.target import find
from afterburner.inputs import main_block

HEAD = "import random\nimport sys\n\nN = 4\n\n\ndef f(a, b=1):\n    return a\n\n\n"


def calls(block: str, more: str = "") -> list[CallText]:
    body = "".join(f"    {line}\n" for line in block.splitlines())
    text = f'{HEAD}{more}if __name__ == "__main__":\n{body}'
    cases = main_block.cases(find(Source("m.py", text), "m", "f"))
    assert all(case.origin is Origin.MAIN for case in cases)
    return [case.call for case in cases if isinstance(case.call, CallText)]


def test_literal_calls_and_plain_assignments() -> None:
    block = "f([1])\nxs = list(range(N))\nunused = 3\nprint('got', f(xs, b=2))\nassert f('x')"
    assert calls(block) == [
        CallText("f([1])"),
        CallText("f(xs, b=2)", "xs = list(range(N))"),
        CallText("f('x')"),
    ]


def test_a_result_may_go_into_the_next_call() -> None:
    assert calls("r = f([1])\nf(r)") == [CallText("f([1])"), CallText("f(r)", "r = f([1])")]


@pytest.mark.parametrize(
    "block",
    [
        "f(sys.argv[1])",
        "x = input()\nf(x)",
        "with open('x') as h:\n    text = h.read()\nf(text)",
        "if N > 3:\n    y = 1\nf(y)",
        "x = open('a').read()\ny = x.split()\nf(y)",
    ],
)
def test_calls_that_need_a_run_are_left_out(block: str) -> None:
    assert calls(block) == []


def test_a_value_from_outside_may_be_overwritten() -> None:
    assert calls("x = input()\nx = [1]\nf(x)") == [CallText("f(x)", "x = [1]")]


def test_rounds_over_written_values() -> None:
    assert calls("k = 2\nfor a, b in [(1, k), (3, 4)]:\n    print(f(a, b))") == [
        CallText("f(a, b)", "k = 2\na, b = (1, k)"),
        CallText("f(a, b)", "a, b = (3, 4)"),
    ]


def test_rounds_over_anything_else_are_left_out() -> None:
    assert calls("for a in range(3):\n    f(a)") == []


def test_a_main_function_without_arguments_is_followed() -> None:
    main = "def main():\n    data = [1, 2]\n    return f(data)\n\n\n"
    assert calls("sys.exit(main())", main) == [CallText("f(data)", "data = [1, 2]")]


def test_without_a_main_block_there_is_nothing() -> None:
    assert main_block.cases(find(Source("m.py", HEAD + "f([1])\n"), "m", "f")) == []
