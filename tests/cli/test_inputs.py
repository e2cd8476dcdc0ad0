"""The command `inputs`: what a function has, and the file that it begins."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

MODULE = '''\
def total(xs, tax=0.0):
    """
    >>> total([1, 2])
    3
    """
    return sum(xs) * (1 + tax)


if __name__ == "__main__":
    total(list(range(100)))
'''
SHOWN = """\
total  shop.py, line 1

User  1 call
  total([9], tax=0.5)

Doctest  1 call
  total([1, 2])

Main block  1 call
  total(list(range(100)))

Generated  near the calls above; without any, from these types
  xs            list[int] or list[float]
  tax           float or int

Notes
  - afterburner_inputs.py, line 2: nothing tells what `totl` is; did you mean
    `total`?
"""


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in the current folder."""
    (tmp_path / "shop.py").write_text(MODULE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_it_shows_the_given_calls_by_origin(call: Callable[..., Result], shop: Path) -> None:
    (shop / "afterburner_inputs.py").write_text("total([9], tax=0.5)\ntotl([1])\n", encoding="utf-8")
    result = call("inputs", "shop.py::total")
    assert (result.exit_code, result.stdout) == (0, SHOWN)


def test_it_says_when_nobody_gave_a_call(call: Callable[..., Result], shop: Path) -> None:
    (shop / "other.py").write_text("def f(n):\n    return n + 1\n", encoding="utf-8")
    assert "Nobody gave a call of it" in call("inputs", "other.py::f").stdout


def test_write_begins_the_file_and_then_leaves_it_alone(call: Callable[..., Result], shop: Path) -> None:
    file = shop / "afterburner_inputs.py"
    first = call("inputs", "shop.py::total", "--write")
    text = file.read_text(encoding="utf-8")
    assert first.exit_code == 0 and "afterburner_inputs.py has a commented section for total" in first.stdout
    assert text.endswith("# from shop import total\n# total([3, 1, 2])\n")
    again = call("inputs", "shop.py::total", "--write")
    assert again.exit_code == 0 and "nothing was written" in again.stdout
    assert file.read_text(encoding="utf-8") == text


def test_write_adds_to_the_shared_file_where_there_is_none_beside_the_module(
    call: Callable[..., Result], shop: Path
) -> None:
    shared = shop / ".afterburner" / "afterburner_inputs.py"
    shared.parent.mkdir()
    shared.write_text("# ours\n", encoding="utf-8")
    call("inputs", "shop.py::total", "--write")
    assert shared.read_text(encoding="utf-8").startswith("# ours\n\n# ---- shop: total ----\n")
    assert not (shop / "afterburner_inputs.py").exists()


def test_a_file_that_cannot_be_written_is_a_sentence(call: Callable[..., Result], shop: Path) -> None:
    (shop / "afterburner_inputs.py").symlink_to(shop / "no-folder" / "file.py")
    result = call("inputs", "shop.py::total", "--write")
    assert result.exit_code == 3 and "cannot be written" in result.stderr
