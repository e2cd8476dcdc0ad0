"""Changed lines count as run when a compared call runs them, also one on which the versions differ."""

from __future__ import annotations

from collections.abc import Callable

from afterburner.core.outcome import Outcome
from afterburner.core.verdict import EquivalentExcept

RANK = """\
def rank(element, pool):
    for position, x in enumerate(pool):
        if x == element:
            break
    else:
        raise ValueError("element is not in the replacment")
    return sum([1 for _ in range(position)])
"""


def test_a_changed_message_is_an_exception_and_no_line_that_never_ran(judged: Callable[..., Outcome]) -> None:
    after = RANK.replace("replacment", "pool").replace("sum([1 for _ in range(position)])", "position")
    verdict = judged(RANK, after, "rank", "rank(3, [1, 2, 3, 4])").attempts[0].verdict
    assert isinstance(verdict, EquivalentExcept)
    assert {example.channel for example in verdict.counterexamples} == {"exception at .args[0]"}
    assert verdict.evidence.changed_lines_run == verdict.evidence.changed_lines == 2
