"""What captures told is found again by its key, and never grows without end."""

from __future__ import annotations

import os
from pathlib import Path

from afterburner.runner import capture_cache as cache


def kept(folder: Path, text: str) -> cache.Kept:
    part = folder / "answers.jsonl"
    part.write_text(text)
    return cache.Kept((part,), ("pytest",), {"a.py": "1"}, ("t::flaky",))


def test_what_was_kept_is_found_under_its_key_only(tmp_path: Path) -> None:
    folder = tmp_path / "cache/target"
    cache.keep(folder, "one", kept(tmp_path, "line\n"))
    found = cache.find(folder, "one")
    assert found is not None and found.parts[0].read_text() == "line\n"
    assert (found.kinds, found.digests, found.flaky) == (("pytest",), {"a.py": "1"}, ("t::flaky",))
    assert cache.find(folder, "two") is None


def test_the_last_one_is_known_whatever_its_key(tmp_path: Path) -> None:
    folder = tmp_path / "cache/target"
    assert cache.latest(folder) is None
    for number in range(5):
        cache.keep(folder, f"key{number}", kept(tmp_path, f"{number}"))
        os.utime(folder / f"key{number}", (number, number))
    found = cache.latest(folder)
    assert found is not None and found.parts[0].read_text() == "4"
    assert cache.find(folder, "key0") is None


def test_a_damaged_entry_is_none(tmp_path: Path) -> None:
    folder = tmp_path / "cache/target"
    cache.keep(folder, "one", kept(tmp_path, "line\n"))
    (folder / "one/header.json").write_text("{")
    assert cache.find(folder, "one") is None and cache.latest(folder) is None


def test_nothing_half_written_stays(tmp_path: Path) -> None:
    folder = tmp_path / "cache/target"
    cache.keep(folder, "one", cache.Kept((tmp_path / "missing",), ("pytest",), {}))
    assert list(folder.iterdir()) == []


def test_keys_tell_what_they_are_made_of() -> None:
    assert cache.key("a", {"x": 1, "y": 2}) == cache.key("a", {"y": 2, "x": 1})
    assert len({cache.key("a"), cache.key("b"), cache.key("a", "b"), cache.key(["a", "b"])}) == 4
