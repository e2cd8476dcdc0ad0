"""How honest the timing is: null rewrites that must never be offered, and true speed-ups that must be found.

    python benchmarks/timing.py [--runs 100] [--quick]

Each run compares two versions of one function with the default profile's floors. Null rewrites differ in a
variable's name or a dead branch. True ones do 1.05, 1.10 and 1.25 times less work. Everything is asked with the
machine as it is, and again with one other core kept busy.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import time
from collections.abc import Iterator

from _bench import load, machine, runner_on, table

from afterburner.core.comparison import Answer, Comparison
from afterburner.core.inputs import CallText, Case, Origin
from afterburner.core.observation import Version
from afterburner.measure import timing
from afterburner.settings.load import load_settings

SHAPES = {
    "loop": "    total = 0\n    for i in range(n):\n        total += i & 7\n    return total\n",
    "strings": "    total = 0\n    for i in range(n // 4):\n        total += len(str(i) + 'x')\n    return total\n",
    "dicts": "    total = {}\n    for i in range(n // 4):\n        total[str(i)] = [i, i]\n    return len(total)\n",
}


def subject(shape: str) -> str:
    return "def subject(n):\n" + SHAPES[shape]


def renamed(shape: str) -> str:
    return subject(shape).replace("total", "outcome")


def dead_branch(shape: str) -> str:
    return subject(shape).replace("def subject(n):\n", "def subject(n):\n    if n is None:\n        return None\n")


def faster(ratio: float, shape: str) -> str:
    return subject(shape).replace("range(n", f"range(int(n / {ratio})")


def rewrites() -> Iterator[tuple[str, bool]]:
    yield from (("renamed variable", True), ("dead branch", True), ("1.05×", False), ("1.10×", False), ("1.25×", False))


def text_of(kind: str, shape: str) -> str:
    if kind == "renamed variable":
        return renamed(shape)
    return dead_branch(shape) if kind == "dead branch" else faster(float(kind[:-1]), shape)


async def one(shape: str, kind: str, seed: int) -> Comparison:
    """One comparison in processes of its own."""
    size = random.Random(seed).randrange(4_000, 12_000)
    case = Case(Origin.USER, CallText(f"subject({size})"), f"subject({size})")
    with runner_on(subject(shape), "subject") as runner:
        versions = (Version(subject(shape)), Version(text_of(kind, shape)))
        return await timing.compare(runner, versions, [case], load_settings().profile("balanced"), seed=seed)


def row(kind: str, busy: int, runs: int) -> list[object]:
    """One line of the table: offers, detections, launches, scatter, seconds."""
    started = time.monotonic()
    with load(busy):
        shapes = list(SHAPES)
        seen = [asyncio.run(one(shapes[run % len(shapes)], kind, run)) for run in range(runs)]
    offered = sum(c.answer is Answer.FASTER for c in seen)
    detected = sum(c.headline is not None and c.headline.lower > 1.0 for c in seen)
    slower = sum(c.answer is Answer.SLOWER for c in seen)
    noisy = sum(c.answer is Answer.TOO_NOISY for c in seen)
    ratios = [c.headline.point for c in seen if c.headline]
    return [
        kind, "one core busy" if busy else "as it is", f"{offered} of {runs}", f"{detected} of {runs}", slower, noisy,
        f"{statistics.median(ratios):.3f}", f"{statistics.median(c.launch_scatter for c in seen):.2%}",
        f"{statistics.fmean(c.launches for c in seen):.1f}", f"{(time.monotonic() - started) / runs:.2f}",
    ]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--quick", action="store_true", help="10 runs each")
    options = parser.parse_args()
    runs = 10 if options.quick else options.runs
    header = ["rewrite", "load", "offered", "lower bound > 1", "called slower", "too noisy", "median ratio",
              "launch scatter", "launches", "s a run"]  # fmt: skip
    rows = [row(kind, busy, runs) for busy in (0, 1) for kind, _ in rewrites()]
    print(machine())
    print(table(header, rows))


if __name__ == "__main__":
    main()
