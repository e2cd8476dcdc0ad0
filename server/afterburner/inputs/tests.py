"""The project's own tests that can reach the target: found by imports and names, without running anything."""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from afterburner.core.target import Target
from afterburner.inputs._testfiles import Sources, read_sources, suite_root
from afterburner.runner.project import Project

name = "tests"
_LEVELS = 3
"""So many callers, one above the other, are followed by name."""
_MOST_CALLERS = 200
_MOST_LIKELY = 40
_MOST_OTHERS = 60


@dataclass(frozen=True, slots=True)
class Plan:
    """Which tests are worth running to see calls of a target."""

    runner: Literal["pytest", "unittest"]
    """What they are written for; pytest runs both kinds where it is installed."""
    root: Path
    likely: tuple[str, ...]
    """Files, relative to the root, that name the target or a caller of it; the likeliest first."""
    others: tuple[str, ...]
    """Files that only import its package."""
    digests: Mapping[str, str]
    """File → digest of its text, for every Python file of the project."""

    @property
    def files(self) -> tuple[str, ...]:
        return (*self.likely, *self.others)


def plan(target: Target, place: Project) -> Plan | None:
    """The tests that can reach the target, or None where the project has none that do."""
    sources = _sources(place) if place.has_root else read_sources(place.root, deep=False)
    likely, others = _ranked(target, sources)
    if not likely and not others:
        return None
    chosen = [*likely, *others]
    runner: Literal["pytest", "unittest"] = "pytest" if _for_pytest(sources, chosen) else "unittest"
    digests = {file: _digest(text) for file, text in (*sources.tests.items(), *sources.others.items())}
    return Plan(runner, sources.root, tuple(likely[:_MOST_LIKELY]), tuple(others[:_MOST_OTHERS]), digests)


def _sources(place: Project) -> Sources:
    """The project's sources; those of the repository around it where the project itself holds no test."""
    sources = read_sources(suite_root(place.root))
    if sources.tests:
        return sources
    around = next((folder for folder in place.root.parents if (folder / ".git").exists()), None)
    return read_sources(around) if around is not None else sources


def _ranked(target: Target, sources: Sources) -> tuple[list[str], list[str]]:
    """Test files that name the target or its callers, and those that only import its package."""
    package = target.module.partition(".")[0]
    names = [_mentions({_said(target)}), *map(_mentions, _callers(target, sources))]
    likely: list[tuple[int, int, int, str]] = []
    others: list[tuple[int, str]] = []
    for file, text in sources.tests.items():
        if not _imports(text, package):
            continue
        level = next((n for n, pattern in enumerate(names) if pattern and pattern.search(text)), None)
        if level is None:
            others.append((len(text), file))
        else:
            pattern = names[level]
            assert pattern is not None
            likely.append((level, -len(pattern.findall(text)), len(text), file))
    return [file for *_, file in sorted(likely)], [file for _, file in sorted(others)]


def _said(target: Target) -> str:
    """The name by which a test speaks of the target: the class for `__init__` and its like."""
    special = target.name.startswith("__") and target.name.endswith("__")
    return target.class_name.rpartition(".")[2] if special and target.class_name else target.name


def _callers(target: Target, sources: Sources) -> Iterator[set[str]]:
    """Names of functions and classes of the project that mention the target, then of those that mention these."""
    wanted, seen = {_said(target)}, {_said(target)}
    for _ in range(_LEVELS):
        pattern = _mentions(wanted)
        if pattern is None:
            return
        found = {
            caller for text in sources.others.values() if pattern.search(text) for caller in _mentioning(text, pattern)
        }
        wanted = set(sorted(found - seen)[:_MOST_CALLERS])
        seen |= wanted
        yield wanted


def _mentioning(text: str, pattern: re.Pattern[str]) -> Iterator[str]:
    """Functions whose text mentions the pattern, by the names under which tests can call them."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return
    lines = text.splitlines()
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            body = "\n".join(lines[node.body[0].lineno - 1 : node.end_lineno])
            if pattern.search(body) and not (node.name.startswith("__") and node.name.endswith("__")):
                yield node.name


def _mentions(names: set[str]) -> re.Pattern[str] | None:
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(names)))})\b") if names else None


def _imports(text: str, package: str) -> bool:
    return re.search(rf"^\s*(?:from|import)\s+(?:{re.escape(package)}\b|\.)", text, re.MULTILINE) is not None


def _for_pytest(sources: Sources, files: list[str]) -> bool:
    """Whether any of the files needs pytest: one that holds no unittest, or that imports pytest."""
    texts = [sources.tests[file] for file in files]
    return any("pytest" in text or "unittest" not in text for text in texts)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
