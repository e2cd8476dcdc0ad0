"""Upstream's own speed-ups of real packages, judged in their projects, with their own tests and no call given by hand.

    python benchmarks/real_projects.py --corpus PATH [--python EXE] [--only ID …] [--limit N] [--markdown OUT]
                                       [--results FILE] [--again]

Each line of the corpus is a JSON object: `package`, `version_before`, `version_after`, `file`, `function`, and what was
measured of the change. The release before is unpacked with its tests, and gets a venv, in a cache outside the checkout.
Then the command line is asked as a developer of that project would ask it: for a faster version of the function, twice,
so that the second answer has its calls from the cache; for a verdict on the whole later file; and for one on the later
function alone. Answers are kept in the results file, so that a run can be continued.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import platformdirs
from _bench import below_mark, machine, table
from _suites import developer, project, release
from _upstream import Row, Skipped, alone, checked

from afterburner.core.errors import AfterburnerError

TIMEOUT_S = 300
_LONGEST = 220
_FORMS = {"whole": "whole file", "alone": "function alone"}
_HEADER = (
    "release", "function", "tests", "cases", "seconds", "cached", "`optimize`", "`compare`, whole file",
    "`compare`, function alone", "corpus",
)  # fmt: skip


def main() -> None:
    options = _options()
    lines = options.corpus.read_text(encoding="utf-8").splitlines()
    rows = [Row.of(json.loads(line)) for line in lines if line.strip()]
    chosen = [row for row in rows if not options.only or row.id in options.only][: options.limit]
    options.cache.mkdir(parents=True, exist_ok=True)
    known = _read(options.results)
    for row in chosen:
        if row.id not in known or options.again:
            known[row.id] = answers(row, options.cache, options.profile, options.python)
            options.results.write_text("".join(json.dumps(k) + "\n" for k in known.values()), encoding="utf-8")
        print(" | ".join([*_cells(row, known[row.id]), *_reasons(known[row.id])]), flush=True)
    found = [(row, known[row.id]) for row in rows if row.id in known]
    print(judged(found))
    if options.markdown:
        below_mark(options.markdown, "benchmarks/real_projects.py", page(found))


def answers(row: Row, cache: Path, profile: str, python: str) -> dict[str, Any]:
    """What the command line said about a row, or why it was not asked."""
    try:
        later = release(row.package, row.after, cache)
        place = project(row.package, row.before, python, cache)
        checked(row, place.file(row.file))
    except Skipped as error:
        return {"id": row.id, "skipped": str(error)}
    work = cache / "work" / row.id
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    whole = found if (found := later / "src" / row.file).is_file() else later / row.file
    target = f"{place.file(row.file).relative_to(place.root)}::{row.qualname}"
    common = ["--tests", "--profile", profile, "--interpreter", str(place.python)]
    told = {name: asked(["optimize", target, *common], place.root, work) for name in ("optimize", "cached")}
    for name, candidate in (("whole", whole), ("alone", _alone(row, place.file(row.file), whole, work))):
        if not candidate.is_file():
            told[name] = {"exit": None, "reason": f"{row.qualname} of the release after cannot be cut out"}
        else:
            told[name] = asked(["compare", target, str(candidate), *common], place.root, work)
    return {"id": row.id, **told}


def _alone(row: Row, before: Path, after: Path, work: Path) -> Path:
    """The file of the later function alone; not written when there is no such function."""
    path = work / "alone.py"
    with contextlib.suppress(OSError, AfterburnerError):
        path.write_text(alone(row, *(file.read_text(encoding="utf-8") for file in (before, after))), encoding="utf-8")
    return path


def asked(arguments: Sequence[str], root: Path, work: Path) -> dict[str, Any]:
    """One run of the command line, by a user whose home is `work`, cut down to what the table needs."""
    program = shutil.which("afterburner", path=str(Path(sys.executable).parent)) or "afterburner"
    began = time.monotonic()
    try:
        done = subprocess.run(
            [program, *arguments, "--json"], cwd=root, env=developer() | {"HOME": str(work)}, capture_output=True,
            text=True, timeout=TIMEOUT_S, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return {"exit": None, "seconds": TIMEOUT_S, "reason": f"no answer within {TIMEOUT_S} s"}
    seconds = round(time.monotonic() - began, 1)
    if not done.stdout.strip():
        last = done.stderr.rpartition("afterburner: ")[2] or done.stderr
        return {"exit": done.returncode, "seconds": seconds, "reason": last[-600:].replace(str(root), "")}
    outcome = json.loads(done.stdout.replace(f"{root}/", "").replace(str(work), "~"))
    captured = outcome["captured"]
    told = {
        "exit": done.returncode, "seconds": seconds, "tests": len(captured["tests"]), "calls": captured["calls"],
        "kept": captured["kept"], "left_out": captured["left_out"], "capture_s": captured["seconds"],
        "cases": outcome["cases"], "notes": outcome["notes"],
    }  # fmt: skip
    first = next(iter(outcome["attempts"]), None)
    return told | (_attempt(first) if first else {"kind": None, "reason": "", "headline": None})


def _attempt(first: dict[str, Any]) -> dict[str, Any]:
    comparison = first["comparison"]
    return {
        "measured": comparison and comparison["reason"], "offered": first["offered"], "origin": first["origin"],
        "kind": first["verdict"]["kind"].replace("_", " "), "headline": comparison and comparison["headline"],
        "answer": comparison and comparison["answer"].replace("_", " "), "reason": first["refusal"],
        "example": next(iter(first["verdict"]["counterexamples"]), None),
        "own_tests": (first["verdict"]["evidence"] or {}).get("tests"),
    }  # fmt: skip


def judged(results: Sequence[tuple[Row, dict[str, Any]]]) -> str:
    """How many of upstream's changes with equal results were not called different, in a sentence for each form."""
    sentences = []
    for name, words in _FORMS.items():
        rows = [found[name] for row, found in results if row.equal and name in found]
        asked_of = [answer for answer in rows if answer.get("kind")]
        kept = [answer for answer in asked_of if answer["kind"] != "different"]
        share = f"{len(kept) / max(len(asked_of), 1):.0%}"
        kinds = {kind: sum(a["kind"] == kind for a in asked_of) for kind in dict.fromkeys(a["kind"] for a in asked_of)}
        listed = ", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items()))
        without = f"; {len(rows) - len(asked_of)} without a verdict" if len(rows) > len(asked_of) else ""
        sentences.append(f"{words}: not rejected in {len(kept)} of {len(asked_of)} ({share}): {listed}{without}.")
    return "\n".join(f"- {sentence}" for sentence in sentences)


def page(results: Sequence[tuple[Row, dict[str, Any]]]) -> str:
    """The Markdown: the tally, the table of what ran, the reasons for what was refused, then what was left out."""
    ran = [(row, found) for row, found in results if "skipped" not in found]
    left = [(_release(row), found["skipped"]) for row, found in results if "skipped" in found]
    packages = len({row.package for row, _ in ran})
    head = f"{machine()}; {packages} packages, {_timing([found for _, found in ran])}."
    text = f"{head}\n\nUpstream's changes whose results the corpus found equal:\n\n{judged(ran)}\n\n"
    text += f"{table(_HEADER, [_cells(*entry) for entry in ran])}\n"
    text += "\nWhy, where the answer is no plain “faster”:\n\n"
    for row, found in ran:
        text += "".join(f"- {row.package} {row.after}, `{row.qualname}`, {reason}\n" for reason in _reasons(found))
    return text + (f"\nLeft out:\n\n{table(('release', 'why'), left)}\n" if left else "")


def _timing(found: Sequence[dict[str, Any]]) -> str:
    def middle_and_longest(name: str) -> str:
        seconds = sorted(told[name]["seconds"] for told in found if "seconds" in told.get(name, {}))
        p95 = seconds[int(len(seconds) * 0.95)] if seconds else 0
        return f"median {seconds[len(seconds) // 2] if seconds else 0} s, p95 {p95} s"

    return f"`optimize`: {middle_and_longest('optimize')}; with cached calls: {middle_and_longest('cached')}"


def _cells(row: Row, found: dict[str, Any]) -> list[str]:
    head = [_release(row), f"`{row.qualname}`"]
    if "skipped" in found:
        return [*head, found["skipped"]]
    first, cached = found["optimize"], found["cached"]
    seen = [str(first.get(name, "–")) for name in ("tests", "kept")]
    spent = [str(answer.get("seconds", "–")) for answer in (first, cached)]
    gain = "not measured" if row.ratio is None else f"{row.ratio:.2f}×"
    gain = f"no gain ({gain})" if row.status == "no_gain_measured" else gain
    return [*head, *seen, *spent, *(_cell(name, found[name]) for name in ("optimize", *_FORMS)), gain]


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
    return f"{words}{ratio}"


def _reasons(found: dict[str, Any]) -> list[str]:
    """A sentence for each answer that is not “faster”; the two comparisons share one where they agree."""
    if "skipped" in found:
        return []
    sentences: dict[str, list[str]] = {}
    for name in ("optimize", *_FORMS):
        answer = found[name]
        reason = _why(answer)
        if reason and answer["exit"] != 0:
            sentences.setdefault(reason, []).append(_FORMS.get(name, name))
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
    parser.add_argument("--corpus", type=Path, required=True, help="JSON lines that name releases and functions")
    parser.add_argument("--python", default=sys.executable, help="the CPython of the projects' venvs")
    parser.add_argument("--only", nargs="+", metavar="ID", help="these rows only")
    parser.add_argument("--limit", type=int, help="at most so many rows")
    parser.add_argument("--profile", default="balanced")
    parser.add_argument("--cache", type=Path, default=cache, help="where projects and venvs are made")
    parser.add_argument("--results", type=Path, help="answers, one a line; rows in it are not asked again")
    parser.add_argument("--again", action="store_true", help="ask again what the results file holds")
    parser.add_argument("--markdown", type=Path, metavar="OUT", help="write the tables here, or below the mark there")
    options = parser.parse_args()
    options.cache = options.cache.absolute()
    options.results = (options.results or options.cache / "results.jsonl").absolute()
    return options


if __name__ == "__main__":
    main()
