"""How long `optimize` takes, and what it offers: on the examples, and on slow patterns that a rule matches.

    python benchmarks/optimize.py [--corpus rewrites.jsonl] [--profile balanced] [--only ID …]

A row of the corpus holds `before` (a module that defines `f`), `make_args` (an expression of n) and `large_n`.
Rows for which no rule has a proposal are counted, not run.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from _bench import machine, table

from afterburner import app
from afterburner.core.errors import AfterburnerError
from afterburner.core.facts import Facts
from afterburner.core.source import Source
from afterburner.core.target import find, functions
from afterburner.pipeline.events import silent
from afterburner.rules import discover
from afterburner.runner import project

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


class Subject(NamedTuple):
    """One function to optimise."""

    name: str
    file: Path
    where: str
    calls: tuple[str, ...] = ()


def examples() -> Iterator[Subject]:
    for file in sorted(EXAMPLES.glob("*.py")):
        for qualname, node, _ in functions(project.read(file)):
            if not node.name.startswith("_") and "<locals>" not in qualname and node.name != "main":
                yield Subject(f"{file.name}::{qualname}", file, qualname)


def rows(corpus: Path, folder: Path, only: list[str]) -> Iterator[Subject]:
    for line in corpus.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if only and row["id"] not in only:
            continue
        home = folder / row["id"]
        home.mkdir()
        (home / "pyproject.toml").touch()
        (home / "subject.py").write_text(row["before"], encoding="utf-8")
        call = f"f(*(lambda n: {row['make_args']})({row['large_n']}))"
        yield Subject(row["id"], home / "subject.py", "f", (call,))


def has_proposal(subject: Subject) -> bool:
    """Whether any rule proposes something, by reading alone."""
    target = find(Source(str(subject.file), subject.file.read_text(encoding="utf-8")), "subject", subject.where)
    return any(True for rule in discover().values() for _ in rule.find(target, Facts(python=sys.version_info[:2])))


def run(subject: Subject, profile: str) -> tuple[list[object], float]:
    """A line of the table, and the seconds that it took."""
    started = time.monotonic()
    request = app.Request(subject.file, subject.where, profile, subject.calls, interpreter=sys.executable)
    try:
        outcome = asyncio.run(app.optimize(request, silent))
    except AfterburnerError as error:
        seconds = time.monotonic() - started
        return [subject.name, "", "", f"{error}"[:90], f"{seconds:.1f}"], seconds
    seconds = time.monotonic() - started
    if outcome.offers:
        best = outcome.offers[0]
        assert best.comparison is not None and best.comparison.headline is not None
        shown = best.comparison.headline
        line = [subject.name, best.rewrite.origin, f"{shown.point:.3g}× (≥ {shown.lower:.3g}×)", ""]
    else:
        reasons = [attempt.refusal for attempt in outcome.attempts] or ["no rule has a proposal"]
        line = [subject.name, "", "", reasons[0].replace("|", "/").replace("\n", " ")[:90]]
    return [*line, f"{seconds:.1f}"], seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--profile", default="balanced")
    parser.add_argument("--only", nargs="*", default=[])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="afterburner-bench-") as folder:
        subjects = [] if options.only else list(examples())
        corpus = list(rows(options.corpus, Path(folder), options.only)) if options.corpus else []
        matched = [subject for subject in corpus if has_proposal(subject)]
        lines, seconds = [], []
        for subject in [*subjects, *matched]:
            line, spent = run(subject, options.profile)
            lines.append(line)
            seconds.append(spent)
            print(line, file=sys.stderr, flush=True)
    seconds.sort()
    offered = sum(bool(line[1]) for line in lines)
    print(f"{machine()}; profile {options.profile}")
    print(table(["function", "rule", "ratio", "why not", "s"], lines))
    print(f"\n{len(corpus)} rows, a rule proposes in {len(matched)}; {offered} of {len(lines)} functions get an offer")
    print(f"seconds: median {statistics.median(seconds):.1f}, p95 {seconds[int(len(seconds) * 0.95)]:.1f}")


if __name__ == "__main__":
    main()
