"""The rules as a source of rewrites: what comes first, what is built upon, what is not repeated."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from afterburner.core.comparison import Answer, Comparison, Interval
from afterburner.core.facts import Facts
from afterburner.core.ports import Brief
from afterburner.core.rewrite import Rewrite
from afterburner.core.source import Source
from afterburner.core.suggestion import Attempt
from afterburner.core.target import find
from afterburner.core.verdict import Inconclusive
from afterburner.rules.source import RuleSource
from afterburner.settings.profiles import builtin_profiles

TEXT = """\
def f(left, right, rows):
    common = [x for x in left if x in right]
    out = []
    for row in rows:
        out = out + [row]
    return common, out
"""


def brief(text: str) -> Brief:
    target = find(Source("m.py", text), "m", "f")
    return Brief(target, Facts(), builtin_profiles()["balanced"])


def collect(history: list[Attempt], judge: Callable[[Rewrite], float]) -> list[Rewrite]:
    """What the source yields when every rewrite is tried at once; `judge` gives its speed-up, 0 for a refusal."""

    async def run() -> list[Rewrite]:
        found = []
        async for rewrite in RuleSource().rewrites(brief(TEXT), history):
            found.append(rewrite)
            history.append(attempt(rewrite, judge(rewrite)))
        return found

    return asyncio.run(run())


def attempt(rewrite: Rewrite, ratio: float) -> Attempt:
    comparison = Comparison(Answer.FASTER, "", Interval(ratio, ratio, ratio)) if ratio else None
    return Attempt(rewrite, Inconclusive("made up"), comparison, "" if ratio else "refused")


def test_refused_rewrites_are_not_built_upon() -> None:
    found = collect([], lambda rewrite: 0)
    assert {r.origin for r in found} >= {"rule:concat-append", "rule:membership-set"}
    assert all("+" not in rewrite.origin for rewrite in found)


def test_the_best_is_built_upon_and_what_improves_it_again() -> None:
    ratios = {"rule:membership-set": 9.0, "rule:concat-append": 2.0, "rule:membership-set+concat-append": 12.0}
    found = collect([], lambda rewrite: ratios.get(rewrite.origin, 0))
    both = next(rewrite for rewrite in found if rewrite.origin == "rule:membership-set+concat-append")
    assert "right_set = set(right)" in both.source.text and "out.append(row)" in both.source.text
    assert both.idea.count(";") == 1
    assert not any(rewrite.origin.startswith("rule:concat-append+") for rewrite in found)


def test_no_text_comes_twice() -> None:
    first = collect([], lambda rewrite: 2)
    texts = [rewrite.source.text for rewrite in first]
    assert len(set(texts)) == len(texts)
    history = [attempt(rewrite, 0) for rewrite in first]
    assert collect(history, lambda rewrite: 0) == []
