"""What the rules find in slow patterns that were written as examples of them, and whether it pays.

    python benchmarks/rules.py --corpus FILE [--size small|large|both] [--only ID …] [--limit N] [--markdown OUT]

A row of the corpus holds `before` and `after` (modules that define `f`), `make_args` (an expression of n), `small_n`
and `large_n`, and the speed-ups of `after` at both on some versions of Python. For each row and size `optimize` is
asked for a faster `before` with that one call, as a user would; a plain loop in another process gives a second opinion
on what it offers, and on `after`. Answers are kept in the results file, so that a run can be continued.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import platformdirs
from _asked import asked, ratio, short
from _bench import below_mark, machine, table
from _patterns import CONTROLS, Row, plainly_timed, read

from afterburner.settings.profiles import builtin_profiles

Answer = dict[str, Any]

_NEAR = 0.7
"""An offer is near the reference when it has at least this share of its gain."""
_HEADER = ("pattern", "n", "reference, listed", "reference, here", "offered by", "ratio", "plain loop", "why not", "s")


def main() -> None:
    options = _options()
    sizes = ("small", "large") if options.size == "both" else (options.size,)
    rows = read(options.corpus, sizes, sys.version_info[:2])
    rows = [row for row in rows if not options.only or row.id in options.only][: options.limit]
    options.results.parent.mkdir(parents=True, exist_ok=True)
    known = _known(options.results)
    for number, row in enumerate(rows, 1):
        key = f"{row.key} {options.profile}"
        if key not in known or options.again:
            known[key] = {"key": key, **answer(row, options.profile)}
            options.results.write_text("".join(json.dumps(k) + "\n" for k in known.values()), encoding="utf-8")
        print(f"{number}/{len(rows)}", *cells(row, known[key]), sep=" | ", file=sys.stderr, flush=True)
    text = page([(row, known[f"{row.key} {options.profile}"]) for row in rows], options.profile)
    print(text)
    if options.markdown:
        below_mark(options.markdown, "benchmarks/rules.py", text)


def answer(row: Row, profile: str) -> Answer:
    """What `optimize` says about a row, and what a plain loop says of the offer and of the reference."""
    with tempfile.TemporaryDirectory(prefix="afterburner-bench-") as folder:
        found = asked(row.written(Path(folder)), "f", profile, [row.call])
    if "rule" in found:
        found["plain"] = plainly_timed(row, found["text"])
        found["reference"] = plainly_timed(row, row.after)
    return found


def page(answers: Sequence[tuple[Row, Answer]], profile: str) -> str:
    """The Markdown: a summary for each size, the controls, what differed, and a line for each row."""
    floor = builtin_profiles()[profile].floor_ratio
    parts = [f"{machine()}; profile `{profile}`; {_quiet([found for _, found in answers])}."]
    for size in dict.fromkeys(row.size for row, _ in answers):
        mine = [(row, found) for row, found in answers if row.size == size]
        parts.append(f"**{size.capitalize()} size.** {summary(mine)}")
    parts.append(_controls(answers, floor))
    differing = [(row, text) for row, found in answers for text in found["different"]]
    if differing:
        listed = "\n".join(f"- `{row.id}` ({row.size}): {short(text, 300)}" for row, text in differing)
        parts.append(f"Proposals whose behaviour differed, and that were refused for it:\n\n{listed}")
    parts.append(table(_HEADER, [cells(row, found) for row, found in answers]))
    return "\n\n".join(filter(None, parts)) + "\n"


def summary(answers: Sequence[tuple[Row, Answer]]) -> str:
    """How many rows of one size get an offer, how near these are to the reference, and how long it took."""
    offers = [(row, found) for row, found in answers if "rule" in found]
    compared = [(row, found) for row, found in offers if row.id not in CONTROLS]
    listed = sum(found["point"] >= _NEAR * row.listed for row, found in compared)
    here = sum(bool(f["plain"] and f["reference"]) and f["plain"][0] >= _NEAR * f["reference"][0] for _, f in compared)
    matched = sum(bool(found["proposals"]) for _, found in answers)
    seconds = sorted(found["seconds"] for _, found in answers)
    return (
        f"Patterns with a proposal: {matched} of {len(answers)}; with an offer: {len(offers)}. Offers that are no "
        f"controls: {len(compared)}; at least {_NEAR:.0%} of the reference's listed gain: {listed}; of its gain in the "
        f"same plain loop here: {here}. Seconds a pattern: median {statistics.median(seconds):.1f}, longest "
        f"{seconds[-1]:.1f}, together {sum(seconds):.0f}."
    )


def defects(answers: Sequence[tuple[Row, Answer]], floor: float) -> list[str]:
    """Controls whose offer is no gain: by its own lower bound, or by the plain loop."""
    found = []
    for row, told in answers:
        if row.id in CONTROLS and "rule" in told:
            plain = told["plain"]
            if told["lower"] <= floor or plain is None or plain[0] <= 1:
                found.append(row.key)
    return found


def cells(row: Row, found: Answer) -> list[object]:
    """A row of the table."""
    return [
        f"`{row.id}`", row.n, f"{row.listed:.3g}×", _plain(found.get("reference")),
        f"`{found['rule']}`" if "rule" in found else "", ratio(found), _plain(found.get("plain")),
        short(found.get("why", "")), found["seconds"],
    ]  # fmt: skip


def _controls(answers: Sequence[tuple[Row, Answer]], floor: float) -> str:
    mine = [(row, found) for row, found in answers if row.id in CONTROLS]
    offered = [row.key for row, found in mine if "rule" in found]
    wrong = defects(mine, floor)
    if not mine:
        return ""
    return (
        f"**Controls**: {len(mine)} runs of {len({row.id for row, _ in mine})} patterns whose reference gains nothing "
        f"on some size or version; offered: {', '.join(offered) or 'none'}; offered without a gain in the plain loop, "
        f"or with a lower bound up to {floor:.3g}×: {', '.join(wrong) or 'none'}."
    )


def _plain(measured: Sequence[float] | None) -> str:
    return f"{measured[0]:.3g}×" if measured else ""


def _quiet(found: Sequence[Answer]) -> str:
    """How noisy the machine was: the scatter of the launches."""
    scatter = [answer["scatter"] for answer in found if answer["scatter"] is not None]
    return f"launch scatter {statistics.median(scatter):.1%} (median)" if scatter else "nothing was measured"


def _known(path: Path) -> dict[str, Answer]:
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    found: Mapping[str, Answer] = {answer["key"]: answer for answer in map(json.loads, lines)}
    return dict(found)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    cache = Path(platformdirs.user_cache_dir("afterburner-benchmarks"))
    parser.add_argument("--corpus", type=Path, required=True, help="JSON lines with slow patterns")
    parser.add_argument("--size", choices=("small", "large", "both"), default="large")
    parser.add_argument("--profile", default="balanced")
    parser.add_argument("--only", nargs="+", metavar="ID", help="these patterns only")
    parser.add_argument("--limit", type=int, help="at most so many rows")
    parser.add_argument("--results", type=Path, default=cache / "rules.jsonl", help="answers, kept to continue a run")
    parser.add_argument("--again", action="store_true", help="ask again what the results file holds")
    parser.add_argument("--markdown", type=Path, metavar="OUT", help="write the tables here, or below the mark there")
    return parser.parse_args()


if __name__ == "__main__":
    main()
