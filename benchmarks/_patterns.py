"""The corpus of slow patterns: its rows at a size, and what a plain loop in another process says of two versions."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CONTROLS = (
    "group-defaultdict", "running-max", "most-common", "isinstance-tuple", "product-prod", "map-builtin",
    "int-parse-map", "min-max-builtin",
)  # fmt: skip
"""Rows whose reference gains nothing on some version or size: an offer there must be a gain that is real."""

_TIMEOUT_S = 120
_TIMER = """\
import json, sys, time
before, after, call, sample_s = json.load(sys.stdin)
scopes = [{"__name__": "subject"}, {"__name__": "subject"}]
for scope, text in zip(scopes, (before, after)):
    exec(compile(text, "subject.py", "exec"), scope)
arguments = eval("lambda: " + call)

def spent(function, calls):
    sets = [arguments() for _ in range(calls)]
    start = time.perf_counter()
    for given in sets:
        function(*given)
    return (time.perf_counter() - start) / calls

functions = [scope["f"] for scope in scopes]
calls = [max(1, min(2_000, int(sample_s / min(spent(f, 3), spent(f, 3))))) for f in functions]
pairs = [[spent(f, n) for f, n in zip(functions, calls)] for _ in range(9)]
print(json.dumps([slow / quick for slow, quick in pairs]))
"""


@dataclass(frozen=True, slots=True)
class Row:
    """A slow pattern and its reference at one size."""

    id: str
    group: str
    size: str
    """"small" or "large"."""
    n: int
    before: str
    after: str
    arguments: str
    """An expression that gives the argument tuple."""
    listed: float
    """The reference's speed-up at this size on the Python nearest to the one asked for."""

    @classmethod
    def of(cls, data: dict[str, Any], size: str, python: tuple[int, int]) -> Row:
        """A row of the corpus for a version of Python such as (3, 11)."""
        n = data[f"{size}_n"]
        versions = {int(key.removeprefix("speedup_3")): gains for key, gains in data.items() if "speedup_3" in key}
        nearest = min(versions, key=lambda minor: abs(minor - python[1]))
        arguments = f"(lambda n: {data['make_args']})({n})"
        return cls(
            data["id"], data["group"], size, n, data["before"], data["after"], arguments, versions[nearest][size]
        )

    @property
    def key(self) -> str:
        return f"{self.id} {self.size}"

    @property
    def call(self) -> str:
        return f"f(*{self.arguments})"

    def written(self, folder: Path) -> Path:
        """The module with the slow version, in a project of its own."""
        home = folder / self.key.replace(" ", "-")
        home.mkdir()
        (home / "pyproject.toml").touch()
        file = home / "subject.py"
        file.write_text(self.before, encoding="utf-8")
        return file


def read(corpus: Path, sizes: tuple[str, ...], python: tuple[int, int]) -> list[Row]:
    """Every row of the corpus at each of these sizes."""
    lines = corpus.read_text(encoding="utf-8").splitlines()
    return [Row.of(data, size, python) for data in map(json.loads, filter(str.strip, lines)) for size in sizes]


def plainly_timed(row: Row, after: str) -> tuple[float, float, float] | None:
    """How much faster another text of the module is: median, least and largest of nine interleaved pairs of samples.

    By the wall clock, in one process, with nothing of Afterburner's: the second opinion on an offer. None when it does
    not end.
    """
    message = json.dumps([row.before, after, row.arguments, 0.02])
    try:
        done = subprocess.run(
            [sys.executable, "-c", _TIMER],
            input=message,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_S,
            check=True,
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
        return None
    ratios = json.loads(done.stdout)
    return statistics.median(ratios), min(ratios), max(ratios)
