"""The rules as a source of rewrites: what comes first, what is built upon, what is not repeated."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

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


def brief(text: str, hot_lines: Mapping[int, float]) -> Brief:
    target = find(Source("m.py", text), "m", "f")
    return Brief(target, Facts(hot_lines=hot_lines), builtin_profiles()["balanced"])


def collect(
    history: list[Attempt], judge: Callable[[Rewrite], float], hot_lines: Mapping[int, float] | None = None
) -> list[Rewrite]:
    """What the source yields when every rewrite is tried at once; `judge` gives its speed-up, 0 for a refusal."""

    async def run() -> list[Rewrite]:
        found = []
        async for rewrite in RuleSource().rewrites(brief(TEXT, hot_lines or {}), history):
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


def test_an_import_that_is_no_longer_used_stays_and_is_named() -> None:
    text = "import re\n\n\ndef f(text):\n    return re.sub(',', '', text)\n"

    async def ideas(text: str) -> list[str]:
        return [rewrite.idea async for rewrite in RuleSource().rewrites(brief(text, {}), [])]

    remark = "; the import of `re` is no longer used here"
    assert asyncio.run(ideas(text)) == ["fixed strings are searched as strings, not as patterns" + remark]
    assert remark not in asyncio.run(ideas(text + "\n\ndef g(text):\n    return re.match('a', text)\n"))[0]


def origins(rewrites: list[Rewrite]) -> list[str]:
    return [rewrite.origin for rewrite in rewrites]


def test_without_measured_lines_the_order_is_that_of_the_rules() -> None:
    assert origins(collect([], lambda rewrite: 0)) == ["rule:concat-append", "rule:membership-set"]


def test_hot_lines_come_first() -> None:
    hot = {2: 0.7, 5: 0.29, 3: 0.01}
    assert origins(collect([], lambda rewrite: 0, hot)) == ["rule:membership-set", "rule:concat-append"]
    hot = {2: 0.29, 5: 0.7, 3: 0.01}
    assert origins(collect([], lambda rewrite: 0, hot)) == ["rule:concat-append", "rule:membership-set"]


def test_cold_lines_come_when_all_else_was_tried() -> None:
    ratios = {"rule:membership-set": 9.0}
    found = origins(collect([], lambda rewrite: ratios.get(rewrite.origin, 0), {2: 0.99, 5: 0.002}))
    assert found == ["rule:membership-set", "rule:concat-append", "rule:membership-set+concat-append"]


def test_few_measured_lines_do_not_make_the_others_cold() -> None:
    ratios = {"rule:membership-set": 9.0}
    found = origins(collect([], lambda rewrite: ratios.get(rewrite.origin, 0), {2: 0.5}))
    assert found == ["rule:membership-set", "rule:concat-append", "rule:membership-set+concat-append"]
    assert origins(collect([], lambda rewrite: 0, {5: 0.5})) == ["rule:concat-append", "rule:membership-set"]


def test_a_rewrite_that_only_adds_a_line_is_not_cold() -> None:
    text = (
        "def f(a):\n    found = False\n    for x in a:\n        if x > 1:\n            found = True\n    return found\n"
    )

    async def run() -> list[Rewrite]:
        return [rewrite async for rewrite in RuleSource().rewrites(brief(text, {3: 0.5, 4: 0.5}), [])]

    assert origins(asyncio.run(run())) == ["rule:flag-break"]
