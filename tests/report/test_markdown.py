"""Markdown for editors: the figures are there, and nothing of the user's code becomes markup."""

from __future__ import annotations

import re
from dataclasses import replace
from types import SimpleNamespace

import pytest

from afterburner.core import target as targets
from afterburner.core.comparison import Comparison
from afterburner.core.source import Source
from afterburner.core.verdict import Equivalent
from afterburner.report import markdown

EVIL = (
    "<script>x</script> [a](http://evil) ![i](x) **b** `c` | # h\n\n---\n- item\n1. one\n```\n~~~\n"
    "&lt;&amp; http://evil www.evil a@evil.org\n\n    code"
)
FENCE = re.compile(r"^(`{3,})\w*$", re.M)


def outside_of_code(text: str) -> str:
    """What a renderer takes for Markdown: without fenced blocks, code spans and escaped characters."""
    lines, fence = [], ""
    for line in text.split("\n"):
        if fence:
            fence = "" if line == fence else fence
        elif found := FENCE.fullmatch(line):
            fence = found[1]
        else:
            lines.append(line)
    assert not fence, "a block that was not closed"
    bare = re.sub(r"\\[^\w\s]", "", "\n".join(lines))
    return re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", bare)


def evil(made: SimpleNamespace):
    """An offer all of whose texts are what an attacker would like them to be."""
    cases = tuple(replace(case, label=EVIL) for case in made.FASTER.cases)
    evidence = replace(made.EVIDENCE, channels=(EVIL,), not_verified=(EVIL,), notes=(EVIL,))
    attempt = made.attempt(Equivalent(evidence), replace(made.FASTER, cases=cases), idea=EVIL, origin=EVIL)
    return attempt, made.outcome(attempt)


@pytest.mark.parametrize("page", ["summary", "evidence", "report", "difference"])
def test_nothing_of_the_users_code_becomes_markup(made: SimpleNamespace, page: str) -> None:
    attempt, outcome = evil(made)
    text = {
        "summary": lambda: markdown.summary(outcome), "evidence": lambda: markdown.evidence(attempt),
        "report": lambda: markdown.report(outcome), "difference": lambda: markdown.difference(outcome.target, attempt),
    }[page]()  # fmt: skip
    live = outside_of_code(text)
    for markup in (
        "<script",
        "](",
        "![",
        "`",
        "&lt;",
        "http://",
        "www.evil",
        "a@evil",
        "\n- item",
        "\n1. one",
        "\n# h",
        "~~~",
    ):
        assert markup not in live, (markup, live)
    assert not re.search(r"^\s*(---|===)\s*$", live, re.M)


@pytest.mark.parametrize("idea", ["- item", "+ item", "1. one", "12) twelve", "=== x", "# h", "    code", "> quote"])
def test_what_begins_an_item_is_no_markup_either(made: SimpleNamespace, idea: str) -> None:
    text = markdown.evidence(made.attempt(Equivalent(replace(made.EVIDENCE, not_verified=(idea,)))))
    assert idea.strip() in markdown.plain(text)
    assert f"- {idea}" not in text


def test_a_summary_has_the_figures_and_the_evidence(made: SimpleNamespace) -> None:
    text = markdown.summary(made.outcomes()["offer"][1])
    assert text.startswith("**Equivalent, and 12.4× faster")
    assert ("evidence strong" in text and "| ratio |" in text and "11.9–13.0" in text) or "interval" in text


@pytest.mark.parametrize("name", ["nothing-offered", "no-rewrite"])
def test_without_an_offer_the_reason_is_a_sentence(made: SimpleNamespace, name: str) -> None:
    outcome = made.outcomes()[name][1]
    plain = markdown.nothing(outcome)
    assert "repeat_customers" in plain and "\n" not in plain and markdown.plain(markdown.summary(outcome)) == plain


def test_a_report_is_the_whole_page_in_one_block(made: SimpleNamespace) -> None:
    text = markdown.report(made.outcomes()["offer"][1])
    assert text.startswith("# repeat\\_customers\n") and len(FENCE.findall(text)) == 2
    assert "Not verified" in text


@pytest.mark.parametrize("inside", ["```", "````", "  `````", "a ``` b", "~~~"])
def test_a_fence_in_the_code_does_not_end_the_block(made: SimpleNamespace, inside: str) -> None:
    text = made.MODULE.replace("Customers of", f"\n{inside}\n")
    target = targets.find(Source("orders.py", text), "orders", "repeat_customers")
    block = markdown.difference(
        target, made.attempt(Equivalent(made.EVIDENCE), text=text.replace("in old:", "in set(old):"))
    )
    first, *_, last = block.split("\n")
    assert first.endswith("diff") and last == first.removesuffix("diff")
    assert last not in block.split("\n")[1:-1] and outside_of_code(block) == ""


def test_plain_text_has_neither_escapes_nor_stars(made: SimpleNamespace) -> None:
    text = markdown.plain(markdown.summary(made.outcomes()["offer"][1]))
    assert "\\" not in text and "**" not in text and "repeat_customers" in text


def test_a_gain_is_short_and_honest_where_nothing_was_measured(made: SimpleNamespace) -> None:
    assert markdown.gain(made.FASTER).startswith("12.4× faster (")
    assert markdown.gain(None) == "not measured"
    assert markdown.gain(Comparison(made.FASTER.answer, "", None)) == "not measured"
