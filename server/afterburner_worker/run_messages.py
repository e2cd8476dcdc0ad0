"""What a run of the user's own tests or program is told, and tells: dataclasses, one JSON object a line.

Apart from the other messages, since making a dataclass takes time, and the user's tests wait for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, List


@dataclass
class Module:
    """The module to import: the buffer's text stands in for the file's."""

    name: str
    file: str
    text: str
    path: List[str] = field(default_factory=list)
    """Put in front of `sys.path`, in this order."""
    also: List[str] = field(default_factory=list)
    """Further modules to import after it, as far as they can be: captured arguments name what they hold."""
    also_path: List[str] = field(default_factory=list)
    """Put at the end of `sys.path` for these."""


@dataclass
class Capture:
    """Run the user's own tests or program, not confined, and record the target's calls (what `capture` reads)."""

    module: Module
    """Its text stands in for the file's wherever the module is imported; `path` is not used."""
    qualname: str
    runner: str
    """pytest | unittest | script | module"""
    arguments: List[str]
    """pytest: files or node ids, the likeliest first; unittest: files, dotted names, or FILE::Class.test; script: path
    and its arguments; module: name and its arguments."""
    root: str
    """The working directory; in front of `sys.path` as the runner itself would put it."""
    out: str
    """A file; JSON lines are added to its end as they come."""
    scratch: str
    """A private folder for everything temporary."""
    seconds: float
    """No further test starts after so long."""
    most_cases: int = 200
    most_bytes: int = 16_000_000
    """Of the graphs that are kept, in all."""
    most_nodes: int = 40_000
    """Of one case."""
    share: float = 0.04
    """Of the run's time, for snapshots; a small constant comes on top."""
    seed: int = 0


@dataclass
class Recorded:
    """A call's arguments before the body ran; a later one of the same slot replaces it."""

    slot: int
    test: str
    graph: Dict[str, Any]
    """Roots args and kwargs, for methods receiver."""


@dataclass
class Unrecorded:
    """A call that could not be kept; said once for each test and reason."""

    test: str
    reason: str


@dataclass
class TestEnded:
    """How one test of the project's, or its script, ended."""

    name: str
    outcome: str
    """passed | failed | skipped | error"""
    calls: int
    """That reached the target; of very many the first ones only."""
    seconds: float
    reason: str = ""
    """One line for what did not pass."""


@dataclass
class CaptureEnded:
    """The last line of a capture."""

    status: str
    """done | out of time | no tests | error"""
    calls: int
    tests: int
    seconds: float
    capturing_s: float
    """Of these seconds, what taking snapshots took."""
    modules: List[str]
    """Importable modules, beside the target's, whose classes and functions the graphs name."""
    path: List[str]
    """Entries of `sys.path` below the root that were there when tests ran."""
    notes: List[str]
