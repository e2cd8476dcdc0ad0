"""What the rules find in real projects that nobody prepared, and what comes of it with the calls of their own tests.

    python benchmarks/rules_in_projects.py --corpus PATH [--python EXE] [--most N] [--only PACKAGE …] [--markdown OUT]
                                           [--results FILE] [--again]

Each package of the corpus is taken at its earliest `version_before`, unpacked with its tests and given a venv, in a
cache outside the checkout. Every function that a rule matches by reading alone is found; for the first N of each
package, in the order of their files, a faster version is asked for as its developer would ask: twice, so that the
second answer has its calls from the cache. Answers are kept in the results file, so that a run can be continued.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import platformdirs
from _bench import below_mark, machine, table
from _suites import SUITES, Project, project
from _upstream import Row, Skipped
from real_projects import asked

from afterburner.core.facts import Facts
from afterburner.core.source import Source
from afterburner.core.target import find, functions
from afterburner.rules.source import proposals

_SKIPPED = ("tests", "test", "docs", "examples", "benchmarks", "scripts", "tasks", "tools")
_HEADER = ("package", "function", "rules", "tests", "cases", "answer", "seconds", "cached")
_LONGEST = 160


def main() -> None:
    options = _options()
    lines = options.corpus.read_text(encoding="utf-8").splitlines()
    releases = sorted({(row.package, row.before) for row in map(Row.of, map(json.loads, filter(None, lines)))})
    known = _read(options.results)
    for package in SUITES:
        version = next((before for name, before in releases if name == package), None)
        if version is None or (options.only and package not in options.only):
            continue
        try:
            place = project(package, version, options.python, options.cache)
        except Skipped as error:
            print(f"{package} {version}: {error}")
            continue
        for target, rules in list(matched(place))[: options.most]:
            key = f"{package} {version} {target}"
            if key not in known or options.again:
                work = options.cache / "work" / "rules"
                shutil.rmtree(work, ignore_errors=True)
                work.mkdir(parents=True)
                command = ["optimize", target, "--tests", "--interpreter", str(place.python)]
                told = {name: asked(command, place.root, work) for name in ("first", "cached")}
                known[key] = {"key": key, "release": f"{package} {version}", "target": target, "rules": rules, **told}
                options.results.write_text("".join(json.dumps(k) + "\n" for k in known.values()), encoding="utf-8")
            print(" | ".join(_cells(known[key])), flush=True)
    print(summary(list(known.values())))
    if options.markdown:
        rows = [_cells(found) for found in known.values()]
        text = f"{machine()}.\n\n{summary(list(known.values()))}\n\n{table(_HEADER, rows)}\n"
        below_mark(options.markdown, "benchmarks/rules_in_projects.py", text)


def matched(place: Project) -> Iterator[tuple[str, list[str]]]:
    """Each function of a project that a rule proposes something for, as FILE::NAME, and the rules."""
    for file in sorted(place.root.rglob("*.py")):
        name = file.relative_to(place.root)
        if not any(part in _SKIPPED or part.startswith(".") for part in name.parts[:-1]) and len(name.parts) > 1:
            try:
                source = Source(str(file), file.read_text(encoding="utf-8"))
                found = [(qualname, kind) for qualname, _, kind in functions(source)]
            except (SyntaxError, ValueError):
                continue
            for qualname, kind in found:
                rules = list(dict.fromkeys(r.origin for r in proposals(find(source, "m", qualname), Facts())))
                if rules and kind != "closure":
                    yield f"{name}::{qualname}", [rule.removeprefix("rule:") for rule in rules]


def summary(found: Sequence[dict[str, Any]]) -> str:
    """How many were offered, and how long it took with cached calls."""
    seconds = sorted(row["cached"]["seconds"] for row in found if "seconds" in row["cached"])
    if not seconds:
        return "Nothing was asked."
    offered = sum(bool(row["cached"].get("offered")) for row in found)
    with_cases = sum(bool(row["cached"].get("kept")) for row in found)
    return (
        f"{len(found)} functions of {len({row['release'] for row in found})} packages; {with_cases} with recorded "
        f"calls; {offered} with an offer. With cached calls: median {statistics.median(seconds):.1f} s, "
        f"p95 {seconds[min(int(len(seconds) * 0.95), len(seconds) - 1)]:.1f} s, longest {seconds[-1]:.1f} s."
    )


def _cells(row: dict[str, Any]) -> list[str]:
    first, cached = row["first"], row["cached"]
    rules = ", ".join(f"`{rule}`" for rule in row["rules"])
    seen = [str(first.get(name, "–")) for name in ("tests", "kept")]
    spent = [str(answer.get("seconds", "–")) for answer in (first, cached)]
    return [row["release"], f"`{row['target']}`", rules, *seen, _answer(cached), *spent]


def _answer(told: dict[str, Any]) -> str:
    shown = told.get("headline")
    if told.get("offered") and shown:
        return f"offered, {shown['point']:.2f}× ({shown['lower']:.2f}–{shown['upper']:.2f})"
    if "kind" in told and told["kind"] is None:
        return "with the types seen, no rule applies"
    reason = told.get("reason") or next(iter(told.get("notes") or []), "") or "no answer"
    text = " ".join(reason.split()).replace("|", "\\|")
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _read(path: Path) -> dict[str, dict[str, Any]]:
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return {found["key"]: found for found in map(json.loads, lines)}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    cache = Path(platformdirs.user_cache_dir("afterburner-benchmarks"))
    parser.add_argument("--corpus", type=Path, required=True, help="JSON lines that name packages and releases")
    parser.add_argument("--python", default=sys.executable, help="the interpreter of the projects' venvs")
    parser.add_argument("--most", type=int, default=5, help="at most so many functions a package")
    parser.add_argument("--only", nargs="+", metavar="PACKAGE", help="these packages only")
    parser.add_argument("--cache", type=Path, default=cache, help="where projects are unpacked")
    parser.add_argument("--results", type=Path, help="answers, one a line; what is in it is not asked again")
    parser.add_argument("--again", action="store_true", help="ask again what the results file holds")
    parser.add_argument("--markdown", type=Path, metavar="OUT", help="write the table here, or below the mark there")
    options = parser.parse_args()
    options.cache = options.cache.absolute()
    options.results = (options.results or options.cache / "rules-in-projects.jsonl").absolute()
    options.cache.mkdir(parents=True, exist_ok=True)
    return options


if __name__ == "__main__":
    main()
