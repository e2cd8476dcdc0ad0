"""Verdicts on wrong and on equivalent rewrites that other people wrote.

    python benchmarks/trust.py --corpus impostors.jsonl [--corpus equivalents.jsonl] [--given tasks.jsonl] [--limit N]
                               [--workers 2] [--list]

A row holds `entry_point`, `original` and `impostor` or `rewrite` (texts of whole modules). Only these are read: no
witness, no tests, no input generator. With --given, only rows whose `group` is in that file are judged, and the first
of its `tests` are given calls, as a project's tests would be. Prints the confusion matrix by source, time per verdict,
and with --list each impostor that was called equivalent and each equivalent that was called different.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from _bench import machine, table

from afterburner import app
from afterburner.core.errors import AfterburnerError
from afterburner.core.inputs import CallText, Case, Origin
from afterburner.pipeline.events import silent
from afterburner.report.document import verdict_kind

_GIVEN = 12
KINDS = ("equivalent", "equivalent except", "different", "inconclusive", "error")


def judged(row: dict[str, Any], given: tuple[Case, ...] = ()) -> dict[str, Any]:
    """The verdict on one row, with its reason and the seconds that it took."""
    wrong = "impostor" in row
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="afterburner-bench-") as folder:
        project = Path(folder, "project")
        project.mkdir()
        (project / "pyproject.toml").touch()
        subject, candidate = project / "subject.py", Path(folder, "candidate.py")
        subject.write_text(row["original"], encoding="utf-8")
        candidate.write_text(row["impostor" if wrong else "rewrite"], encoding="utf-8")
        request = app.Request(subject, row["entry_point"], interpreter=sys.executable, cases=given)
        try:
            attempt = asyncio.run(app.verify(request, candidate, silent)).attempts[0]
            verdict, reason = verdict_kind(attempt.verdict), attempt.refusal
        except AfterburnerError as error:
            verdict, reason = "error", str(error)
    kind = "impostor" if wrong else row["equivalence"]
    seconds = time.monotonic() - started
    told = {"verdict": verdict.replace("_", " "), "reason": reason, "seconds": seconds}
    return {"id": row["id"], "kind": kind, "source": row["source"], **told}


def calls(task: dict[str, Any], entry_point: str) -> tuple[Case, ...]:
    """The first tests of a task as given calls."""
    setup = f"import math, random, string\n{task['input_generator'] or ''}"
    texts = [f"{entry_point}(*{arguments})" for arguments in task["tests"][:_GIVEN]]
    return tuple(Case(Origin.USER, CallText(text, setup), f"test {n}") for n, text in enumerate(texts, 1))


def matrix(rows: list[dict[str, Any]]) -> str:
    """Verdicts counted by kind of row and by source."""
    counted: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in rows:
        counted[row["kind"], row["source"]][row["verdict"]] += 1
        counted[row["kind"], "all"][row["verdict"]] += 1
    lines = [
        [kind, source, sum(counts.values()), *(counts[verdict] for verdict in KINDS)]
        for (kind, source), counts in sorted(counted.items())
    ]
    return table(["rows", "source", "n", *KINDS], lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, action="append", required=True)
    parser.add_argument("--given", type=Path, help="tasks whose tests are given calls")
    parser.add_argument("--limit", type=int, default=0, help="only every k-th row, so that about this many are left")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--out", type=Path, help="write every row's verdict as JSON lines")
    options = parser.parse_args()
    rows = [json.loads(line) for path in options.corpus for line in path.read_text(encoding="utf-8").splitlines()]
    tasks = {task["group"]: task for task in map(json.loads, options.given.open())} if options.given else {}
    given = {row["id"]: calls(tasks[row["group"]], row["entry_point"]) for row in rows if row["group"] in tasks}
    rows = [row for row in rows if not options.given or given.get(row["id"])]
    if options.limit:
        rows = rows[:: max(1, len(rows) // options.limit)]
    seen = []
    with ProcessPoolExecutor(options.workers) as pool, open(options.out or os.devnull, "w", encoding="utf-8") as out:
        for done in as_completed([pool.submit(judged, row, given.get(row["id"], ())) for row in rows]):
            seen.append(done.result())
            out.write(json.dumps(seen[-1]) + "\n")
            out.flush()
    seconds = sorted(row["seconds"] for row in seen)
    print(machine())
    print(matrix(seen))
    p95 = seconds[int(len(seconds) * 0.95)]
    print(f"seconds a verdict: median {statistics.median(seconds):.2f}, p95 {p95:.2f}, longest {seconds[-1]:.2f}")
    if options.list:
        for row in seen:
            expected = (
                row["verdict"] == "different" if row["kind"] == "impostor" else row["verdict"].startswith("equivalent")
            )
            if not expected:
                print(f"- {row['id']} ({row['kind']}): {row['verdict']}: {row['reason'][:300]}")


if __name__ == "__main__":
    main()
