"""A rewrite is carried to a text that was edited elsewhere: exactly as if it had been applied first, or not at all."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from afterburner.core.carry import carried
from afterburner.core.patch import apply
from afterburner.core.source import Source

SLOW = """\
def slow(old, new):
    found = []
    for one in new:
        if one in old:
            found.append(one)
    return found
"""
FAST = SLOW.replace("    found = []\n", "    found = []\n    known = set(old)\n").replace("in old:", "in known:")
SHORT = "def slow(old, new):\n    return list(filter(set(old).__contains__, new))\n"
BEFORE = '"""Module."""\n\nimport os\nimport sys\n\nLIMIT = 3\n\n\n'
AFTER = "\n\ndef other(xs):\n    found = []\n    return found\n\n\nclass Thing:\n    pass\n"
HEAD, TAIL = BEFORE.splitlines(keepends=True), AFTER.splitlines(keepends=True)


def result(before: str, after: str, now: str) -> str | None:
    """The text after applying the carried edits."""
    edits = carried(Source("m.py", before), Source("m.py", after), Source("m.py", now), "slow")
    return None if edits is None else apply(Source("m.py", now), edits).text


@st.composite
def edited(draw: st.DrawFn, lines: list[str]) -> str:
    """Some lines with whole lines inserted, changed and deleted."""
    lines = list(lines)
    fresh = st.sampled_from(
        [
            "\n",
            "x = 1\n",
            "import os\n",
            "# note\n",
            "    found = []\n",
            "def slower(old, new):\n    return 1\n",
            "y = '''\n'''\n",
        ]
    )
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(lines)))
        match draw(st.sampled_from(["insert", "delete", "change"])):
            case "insert":
                lines.insert(at, draw(fresh))
            case "delete":
                del lines[at : at + draw(st.integers(1, 3))]
            case _:
                lines[at : at + 1] = [draw(fresh)]
    return "".join(lines)


ENDS = st.sampled_from(["\n", "\r\n", "\r"])


@settings(max_examples=400)
@given(edited(HEAD), edited(TAIL), st.sampled_from([FAST, SHORT]), ENDS, st.booleans())
def test_carrying_equals_applying_first_and_editing_afterwards(
    head: str, tail: str, rewrite: str, end: str, is_open: bool
) -> None:
    before, after = BEFORE + SLOW + AFTER, BEFORE + rewrite + AFTER
    now, expected = head + SLOW + tail, head + rewrite + tail
    if is_open:
        now, expected = now.rstrip("\n"), expected.rstrip("\n")
    before, after, now, expected = (text.replace("\n", end) for text in (before, after, now, expected))
    assert result(before, after, now) in (None, expected)


@settings(max_examples=400)
@given(edited(HEAD), edited(TAIL), ENDS)
def test_an_import_that_the_rewrite_needs_comes_once_above_the_function_and_nothing_else_changes(
    head: str, tail: str, end: str
) -> None:
    rewrite = FAST.replace("set(old)", "collections.Counter(old)")
    before, now = BEFORE + SLOW + AFTER, head + SLOW + tail
    after = BEFORE.replace("import os\n", "import collections\nimport os\n") + rewrite + AFTER
    found = result(*(text.replace("\n", end) for text in (before, after, now)))
    if found is not None:
        lines = found.split(end)
        at = lines.index("import collections")
        assert lines[:at] + lines[at + 1 :] == (head + rewrite + tail).split("\n")
        assert at < lines.index("def slow(old, new):")
        assert any(isinstance(node, ast.Import) and node.lineno == at + 1 for node in ast.parse(found).body)


@pytest.mark.parametrize(
    ("head", "tail"),
    [
        (BEFORE, AFTER),
        ("", ""),
        ("# new\n" + BEFORE, AFTER),
        (BEFORE.replace("LIMIT = 3", "LIMIT = 4\n\n\ndef new():\n    found = []\n    return found"), AFTER),
        (BEFORE, "\n\nx = slow([], [])\n" + AFTER),
        (BEFORE, ""),
    ],
)
@pytest.mark.parametrize("rewrite", [FAST, SHORT])
@pytest.mark.parametrize("is_open", [False, True])
def test_edits_elsewhere_do_not_withdraw_a_rewrite(head: str, tail: str, rewrite: str, is_open: bool) -> None:
    now, expected = head + SLOW + tail, head + rewrite + tail
    if is_open:
        now, expected = now.rstrip("\n"), expected.rstrip("\n")
    assert result(BEFORE + SLOW + AFTER, BEFORE + rewrite + AFTER, now) == expected


def test_a_text_without_an_end_stays_without_one_and_a_new_end_is_kept() -> None:
    before, after = (BEFORE + text.rstrip("\n") for text in (SLOW, SHORT))
    assert result(before, after, before) == after
    assert result(before, after, before + "\n") == after + "\n"
    assert result(before + "\n", after + "\n", before) == after


def test_lines_elsewhere_may_end_as_they_like() -> None:
    head = BEFORE.replace("import os\n", "import os\r\n").replace("LIMIT = 3\n", "LIMIT = 3\r")
    assert result(BEFORE + SLOW, BEFORE + FAST, head + SLOW) in (None, head + FAST)


@pytest.mark.parametrize(
    "now",
    [
        SLOW.replace("found", "seen"),
        SLOW.replace("    return found", "    found.sort()\n    return found"),
        SLOW.replace("slow", "renamed"),
        SLOW + SLOW.replace("return found", "return sorted(found)"),
        f"if True:\n{SLOW}",
        "class C:\n" + "".join(f"    {line}" for line in SLOW.splitlines(keepends=True)),
        "",
        "def slow(:\n",
    ],
)
@pytest.mark.parametrize("rewrite", [FAST, SHORT])
def test_where_the_function_is_not_what_it_was_nothing_is_carried(now: str, rewrite: str) -> None:
    assert result(BEFORE + SLOW + AFTER, BEFORE + rewrite + AFTER, BEFORE + now + AFTER) is None
