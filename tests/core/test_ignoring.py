"""Comments that ignore slow patterns."""

from __future__ import annotations

import pytest

from afterburner.core.ignoring import ignored


@pytest.mark.parametrize(
    ("comment", "which"),
    [
        ("# afterburner: ignore", {"a", "b"}),
        ("#afterburner:ignore[a]", {"a"}),
        ("# afterburner: ignore[a, b]", {"a", "b"}),
        ("# because it is short  # afterburner: ignore[b]", {"b"}),
        ("# afterburner: ignore[c]", set()),
        ("# afterburner: please", set()),
        ("'# afterburner: ignore'", set()),
    ],
)
def test_a_comment_covers_the_rules_that_it_names_on_its_line(comment: str, which: set[str]) -> None:
    found = ignored(f"x = 1\ny = [2, {comment}\n]\n" if comment.startswith("#") else f"x = 1\ny = {comment}\n", 1)
    assert {rule for rule in ("a", "b") if found.covers(rule, 2)} == which
    assert not found.covers("a", 1)


def test_a_file_is_ignored_by_a_comment_above_its_code_only() -> None:
    assert ignored("# afterburner: ignore-file[a]\nx = 1\n", 2).covers("a", 99)
    assert not ignored("# afterburner: ignore-file[a]\nx = 1\n", 2).covers("b", 99)
    assert not ignored("x = 1\n# afterburner: ignore-file\n", 1).covers("a", 2)


def test_comments_above_a_place_that_cannot_be_read_still_count() -> None:
    assert ignored("x = 1  # afterburner: ignore\ny = (\n", 1).covers("a", 1)
