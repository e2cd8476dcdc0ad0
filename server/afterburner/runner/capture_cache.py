"""Keeps what captures told, outside the project: by content, so that an edit makes what is kept of no use by itself."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

FORMAT = 1
_KEPT_PER_TARGET = 3
_MOST_BYTES = 512 << 20
_HEADER = "header.json"


@dataclass(frozen=True, slots=True)
class Kept:
    """The answers of a capture's runs, and what the project's files were."""

    parts: tuple[Path, ...]
    kinds: tuple[str, ...]
    digests: Mapping[str, str]
    flaky: tuple[str, ...] = ()
    """Tests that ended otherwise when they were run again."""


def key(*parts: object) -> str:
    """A name for what these texts and mappings say."""
    text = json.dumps([FORMAT, *parts], sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def find(folder: Path, key: str) -> Kept | None:
    """What was kept under a key; None when there is nothing, or it cannot be read."""
    try:
        header = json.loads((folder / key / _HEADER).read_text(encoding="utf-8"))
        kinds = tuple(map(str, header["kinds"]))
        parts = tuple(folder / key / f"{number}.jsonl" for number in range(len(kinds)))
        kept = Kept(parts, kinds, dict(header["digests"]), tuple(map(str, header["flaky"])))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if not all(part.is_file() for part in parts):
        return None
    with contextlib.suppress(OSError):
        os.utime(folder / key)
    return kept


def latest(folder: Path) -> Kept | None:
    """What was kept last for a target, whatever its project was then."""
    found = sorted(_entries(folder), key=lambda entry: entry.stat().st_mtime, reverse=True)
    return next((kept for entry in found if (kept := find(folder, entry.name))), None)


def keep(folder: Path, key: str, kept: Kept) -> None:
    """Copy a capture's answers into the cache, whole or not at all; a full disk only means that nothing is kept."""
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=".partial-", dir=folder))
        try:
            for number, part in enumerate(kept.parts):
                shutil.copyfile(part, partial / f"{number}.jsonl")
            header = {"kinds": kept.kinds, "digests": dict(kept.digests), "flaky": kept.flaky}
            (partial / _HEADER).write_text(json.dumps(header), encoding="utf-8")
            shutil.rmtree(folder / key, ignore_errors=True)
            partial.rename(folder / key)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
        _drop(sorted(_entries(folder), key=lambda entry: entry.stat().st_mtime)[:-_KEPT_PER_TARGET])
        _shrink(folder.parent)


def _shrink(base: Path) -> None:
    """Drop the entries used longest ago while all of them together are too large."""
    entries = sorted((e for folder in base.iterdir() for e in _entries(folder)), key=lambda e: e.stat().st_mtime)
    sizes = {entry: sum(file.stat().st_size for file in entry.iterdir()) for entry in entries}
    while entries and sum(sizes[entry] for entry in entries) > _MOST_BYTES:
        _drop([entries.pop(0)])


def _entries(folder: Path) -> list[Path]:
    with contextlib.suppress(OSError):
        return [entry for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith(".")]
    return []


def _drop(entries: Sequence[Path]) -> None:
    for entry in entries:
        shutil.rmtree(entry, ignore_errors=True)
