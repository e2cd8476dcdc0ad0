"""Expressions are laid out as `ruff format` lays them out; ruff itself is the judge."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from afterburner.report.layout import WIDTH, laid_out, spelled

NUMBERS = list(range(1000, 1040))
EXPRESSIONS = {
    "short": "f([1, 2], k='a')",
    "a long list": repr(NUMBERS),
    "a long tuple": repr(tuple(NUMBERS)),
    "a long dict": repr({f"key {n}": n for n in NUMBERS}),
    "a long set": "{" + ", ".join(map(str, NUMBERS)) + "}",
    "nested": repr({"one": [NUMBERS[:30], NUMBERS], "two": ({"three": (1,)},)}),
    "arguments that fit on one line": f"function_with_a_name({NUMBERS[:10]}, [], {{'k': 2}}, 'text', keyword=None)",
    "arguments that do not": f"function_with_a_name({NUMBERS[:20]}, {NUMBERS[:18]}, key={NUMBERS[:18]}, **{{'k': 2}})",
    "one long argument": f"frozenset({{{', '.join(map(str, NUMBERS))}}})",
    "one call as argument": f"total(function_with_a_name({NUMBERS[:10]}, {NUMBERS[:8]}, 'x'))",
    "one keyword": f"total(xs={NUMBERS})",
    "a method of a call": f"Cart({NUMBERS}).total(tax=0.5)",
    "a call in a list": f"[frozenset({NUMBERS[:20]}), Item(name='a', price=Decimal('0.25'), sizes={NUMBERS[:12]})]",
    "texts": repr(["plain", "it's", 'said "no"', "both ' and \"", "\\ \n\t\x00 é 😀", "", "'", '"']),
    "bytes": repr([b"plain", b"it's", b'"', b"\x00\xff"]),
    "numbers": "[1e+16, -1e-07, 1.5e+300, 31, 2j, -0.0, float('nan')]",
    "a quoted key in an f-string": "f([f\"{x['a']}\" for x in xs])",
    "an f-string": "f([f'c{i}' for i in range(3)], f'{1}')",
}


def ruff(text: str) -> str:
    """The text as ruff formats it."""
    command = [Path(sys.executable).with_name("ruff"), "format", "--isolated", f"--line-length={WIDTH}", "-"]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("text", EXPRESSIONS.values(), ids=EXPRESSIONS)
def test_it_is_what_ruff_makes_of_the_same_line(text: str) -> None:
    assert f"found = {laid_out(text, 0, 8)}\n" == ruff(f"found = {text}\n")
    inside = f"if True:\n    found = {text}\n"
    assert f"if True:\n    found = {laid_out(text, 4, 12)}\n" == ruff(inside)


def test_what_cannot_be_split_stays_one_line() -> None:
    text = '"' + "x" * 200 + '"'
    assert laid_out(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [("'a'", '"a"'), ("'\"'", "'\"'"), ("'it\\'s \"'", '"it\'s \\""'), ("x['a'] + '''b'''", "x[\"a\"] + '''b'''")],
)
def test_texts_get_double_quotes_where_that_takes_no_more_escapes(text: str, expected: str) -> None:
    assert spelled(text) == expected
