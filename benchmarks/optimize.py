"""How long `optimize` takes on the examples, and what it offers.

    python benchmarks/optimize.py [--profile balanced] [--only FILE::NAME …]

What the rules find in slow patterns, `benchmarks/rules.py` measures.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

from _asked import asked, ratio, short
from _bench import machine, table

from afterburner.core.target import functions
from afterburner.runner import project

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--profile", default="balanced")
    parser.add_argument("--only", nargs="*", default=[])
    options = parser.parse_args()
    lines, seconds = [], []
    for file, qualname in examples():
        name = f"{file.name}::{qualname}"
        if options.only and name not in options.only:
            continue
        found = asked(file, qualname, options.profile)
        lines.append([name, found.get("rule", ""), ratio(found), short(found.get("why", "")), found["seconds"]])
        seconds.append(found["seconds"])
        print(lines[-1], file=sys.stderr, flush=True)
    seconds.sort()
    print(f"{machine()}; profile {options.profile}")
    print(table(["function", "rule", "ratio", "why not", "s"], lines))
    print(f"\n{sum(bool(line[1]) for line in lines)} of {len(lines)} functions get an offer")
    print(f"seconds: median {statistics.median(seconds):.1f}, p95 {seconds[int(len(seconds) * 0.95)]:.1f}")


def examples() -> Iterator[tuple[Path, str]]:
    """The public functions of the examples, each with its file."""
    for file in sorted(EXAMPLES.glob("*.py")):
        for qualname, node, _ in functions(project.read(file)):
            if not node.name.startswith("_") and "<locals>" not in qualname and node.name != "main":
                yield file, qualname


if __name__ == "__main__":
    main()
