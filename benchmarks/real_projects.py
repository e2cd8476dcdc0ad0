"""Upstream's own speed-ups of real packages, judged: `optimize` on the release before, `compare` with the one after.

    python benchmarks/real_projects.py --corpus PATH [--only ID …] [--limit N] [--markdown OUT] [--results FILE]

Each line of the corpus is a JSON object: `package`, `version_before`, `version_after`, `file`, `function`, and `drive`
with `setup`, `stmt` and `result_expr`, which say how to call it. Both releases are installed into a cache outside the
checkout. Then the command line is asked as a user would ask it: for a faster version of the earlier function, for a
verdict on the later file as a whole, and for a verdict on the later function alone. Answers are kept in the results
file, so that a run can be continued.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import platformdirs
from _bench import machine, table
from _upstream import Row, Skipped, alone, checked, install

from afterburner.core.errors import AfterburnerError

TIMEOUT_S = 240
_LONGEST = 220
_MARK = "<!-- what follows is written by benchmarks/real_projects.py -->\n\n"
"""In a file that has this, only what follows it is replaced."""
_ASKED = ("optimize", "whole", "alone")
_HEADER = ("release", "function", "corpus’ ratio", "`optimize`", "`compare`, whole file", "`compare`, function alone")


def main() -> None:
    options = _options()
    lines = options.corpus.read_text(encoding="utf-8").splitlines()
    rows = [Row.of(json.loads(line)) for line in lines if line.strip()]
    chosen = [row for row in rows if not options.only or row.id in options.only][: options.limit]
    options.cache.mkdir(parents=True, exist_ok=True)
    known = _read(options.results)
    for row in chosen:
        if row.id not in known or options.again:
            known[row.id] = answers(row, options.cache, options.profile)
            options.results.write_text("".join(json.dumps(k) + "\n" for k in known.values()), encoding="utf-8")
        print(" | ".join([*_cells(row, known[row.id]), *_reasons(known[row.id])]), flush=True)
    if options.markdown:
        before = options.markdown.read_text(encoding="utf-8") if options.markdown.exists() else ""
        words = before.partition(_MARK)[0] + _MARK if _MARK in before else ""
        text = page([(row, known[row.id]) for row in rows if row.id in known])
        options.markdown.write_text(words + text, encoding="utf-8")


def answers(row: Row, cache: Path, profile: str) -> dict[str, Any]:
    """What the command line said about a row, or why it was not asked."""
    try:
        before, after = (install(row.package, version, cache) for version in (row.before, row.after))
        checked(row, before / row.file)
        work = cache / "work" / row.id
        work.mkdir(parents=True, exist_ok=True)
        inputs, target = work / "inputs.py", f"{(before / row.file).relative_to(cache)}::{row.qualname}"
        inputs.write_text(row.inputs, encoding="utf-8")
        common = ["--inputs", str(inputs.relative_to(cache)), "--profile", profile, "--interpreter", sys.executable]
        found = {"id": row.id, "optimize": asked(["optimize", target, *common], cache)}
        for name, candidate in (("whole", after / row.file), ("alone", _alone(row, before, after, work))):
            if not candidate.is_file():
                found[name] = {"exit": None, "reason": f"the release after has no {row.qualname} in {row.file}"}
            else:
                found[name] = asked(["compare", target, str(candidate.relative_to(cache)), *common], cache)
    except (Skipped, subprocess.TimeoutExpired) as error:
        return {"id": row.id, "skipped": str(error)}
    return found


def _alone(row: Row, before: Path, after: Path, work: Path) -> Path:
    """The file of the later function alone; not written when there is no such function."""
    path = work / "alone.py"
    path.unlink(missing_ok=True)
    try:
        texts = [(folder / row.file).read_text(encoding="utf-8") for folder in (before, after)]
        path.write_text(alone(row, *texts), encoding="utf-8")
    except (OSError, AfterburnerError):
        pass
    return path


def asked(arguments: Sequence[str], cache: Path) -> dict[str, Any]:
    """One run of the command line, cut down to what the table needs."""
    program = shutil.which("afterburner", path=str(Path(sys.executable).parent)) or "afterburner"
    began = time.monotonic()
    try:
        done = subprocess.run(
            [program, *arguments, "--json"], cwd=cache, capture_output=True, text=True, timeout=TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired:
        return {"exit": None, "seconds": TIMEOUT_S, "reason": f"no answer within {TIMEOUT_S} s"}
    seconds = round(time.monotonic() - began, 1)
    if not done.stdout.strip():
        last = " ".join(line for line in done.stderr.splitlines() if not line.startswith(("start:", "inputs:")))
        return {"exit": done.returncode, "seconds": seconds, "reason": last[-600:].replace(str(cache), "")}
    outcome = json.loads(done.stdout.replace(f"{cache}/", ""))
    first = next(iter(outcome["attempts"]), None)
    comparison = first["comparison"] if first else None
    own = next((case["ratio"]["point"] for case in comparison["cases"]), None) if comparison else None
    return {
        "exit": done.returncode, "seconds": seconds,
        "own": own, "measured": comparison and comparison["reason"],
        "cases": outcome["cases"], "notes": outcome["notes"],
        "offered": bool(first and first["offered"]), "origin": first and first["origin"],
        "kind": first and first["verdict"]["kind"], "headline": comparison and comparison["headline"],
        "answer": comparison and comparison["answer"], "reason": first["refusal"] if first else "",
        "example": next(iter(first["verdict"]["counterexamples"]), None) if first else None,
    }  # fmt: skip


def page(results: Sequence[tuple[Row, dict[str, Any]]]) -> str:
    """The Markdown: the table of what ran, the reasons for what was refused, then what was left out."""
    ran = [(row, found) for row, found in results if "skipped" not in found]
    left = [(_release(row), found["skipped"]) for row, found in results if "skipped" in found]
    head = f"{machine()}; {_timing([found for _, found in ran])}."
    text = f"{head}\n\n{table(_HEADER, [_cells(*entry) for entry in ran])}\n"
    text += "\nWhy, where the answer is no plain “faster”:\n\n"
    for row, found in ran:
        text += "".join(f"- {row.package} {row.after}, `{row.qualname}`, {reason}\n" for reason in _reasons(found))
    return text + (f"\nLeft out:\n\n{table(('release', 'why'), left)}\n" if left else "")


def _timing(found: Sequence[dict[str, Any]]) -> str:
    seconds = sorted(told[name]["seconds"] for told in found for name in _ASKED if "seconds" in told[name])
    middle = seconds[len(seconds) // 2] if seconds else 0
    return f"{len(seconds)} runs, median {middle} s, longest {max(seconds, default=0)} s"


def _cells(row: Row, found: dict[str, Any]) -> list[str]:
    gain = "not measured" if row.ratio is None else f"{row.ratio:.2f}×"
    if row.status == "no_gain_measured":
        gain = f"none ({gain})"
    head = [_release(row), f"`{row.qualname}`", gain]
    return [*head, found["skipped"]] if "skipped" in found else [*head, *(_cell(name, found[name]) for name in _ASKED)]


def _release(row: Row) -> str:
    return f"{row.package} {row.before} → {row.after}"


def _cell(name: str, answer: dict[str, Any]) -> str:
    if answer["exit"] is None:
        return "not asked" if "seconds" not in answer else "no answer"
    if "kind" not in answer:
        return f"exit {answer['exit']}"
    if answer["kind"] is None:
        return "no rule applies"
    if name == "optimize":
        words = f"offered by `{answer['origin'].removeprefix('rule:')}`" if answer["offered"] else "nothing to offer"
    else:
        words = ", ".join(filter(None, (answer["kind"], answer["answer"])))
    shown = answer["headline"]
    ratio = f" {shown['point']:.2f}× ({shown['lower']:.2f}–{shown['upper']:.2f})" if shown else ""
    ratio += f", the corpus’ call {answer['own']:.2f}×" if shown and answer.get("own") else ""
    return f"{words}{ratio}, exit {answer['exit']}"


def _reasons(found: dict[str, Any]) -> list[str]:
    """A sentence for each answer that is not “faster”; the two comparisons share one where they agree."""
    if "skipped" in found:
        return []
    sentences: dict[str, list[str]] = {}
    for name in _ASKED:
        answer = found[name]
        reason = _why(answer)
        if reason and answer["exit"] != 0:
            sentences.setdefault(reason, []).append({"whole": "whole file", "alone": "alone"}.get(name, name))
    return [f"{' and '.join(names)}: {sentence}" for sentence, names in sentences.items()]


def _why(answer: dict[str, Any]) -> str:
    """A counterexample without the set-up of its call, else the refusal, else the first note."""
    example = answer.get("example")
    if not example:
        return _short(answer["reason"] or next(iter(answer.get("notes") or []), ""))
    call = example["call"].splitlines()[-1].replace("`", "'").encode("ascii", "backslashreplace").decode()
    was, now = _short(example["original"], 90), _short(example["rewrite"], 170)
    measured = f". {answer['measured']}" if answer["headline"] and answer["answer"] != "faster" else ""
    return f"`{_short(call, 90)}`: {example['channel']} was `{was}`, then `{now}`{measured}"


def _short(text: str, longest: int = _LONGEST) -> str:
    text = " ".join(text.split()).replace("|", "\\|")
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _read(path: Path) -> dict[str, dict[str, Any]]:
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return {found["id"]: found for found in map(json.loads, lines)}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    cache = Path(platformdirs.user_cache_dir("afterburner-benchmarks"))
    parser.add_argument("--corpus", type=Path, required=True, help="JSON lines that name releases and calls")
    parser.add_argument("--only", nargs="+", metavar="ID", help="these rows only")
    parser.add_argument("--limit", type=int, help="at most so many rows")
    parser.add_argument("--profile", default="balanced")
    parser.add_argument("--cache", type=Path, default=cache, help="where releases are installed")
    parser.add_argument("--results", type=Path, help="answers, one a line; rows in it are not asked again")
    parser.add_argument("--again", action="store_true", help="ask again what the results file holds")
    parser.add_argument("--markdown", type=Path, metavar="OUT", help="write the tables here, or below the mark there")
    options = parser.parse_args()
    options.cache = options.cache.absolute()
    options.results = (options.results or options.cache / "results.jsonl").absolute()
    return options


if __name__ == "__main__":
    main()
