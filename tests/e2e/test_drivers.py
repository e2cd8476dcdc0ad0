"""Calls that reach the target only on the way: they count when they do, and are left out by name when they do not."""

from __future__ import annotations

from collections.abc import Callable

from afterburner.core.outcome import Outcome
from afterburner.core.verdict import Different, Equivalent, Inconclusive

READ = "def first(handle):\n    return handle.read().splitlines()\n"
CUT = "def first(handle):\n    return handle.read().splitlines()[:1]\n"
AROUND = (
    "\n\nclass Paper:\n    def read(self):\n        return 'a\\nb'\n"
    "\n\ndef through():\n    return first(Paper())\n"
    "\n\ndef beside():\n    return sorted('ba')\n"
)


def test_an_expression_that_never_reaches_the_target_proves_nothing(judged: Callable[..., Outcome]) -> None:
    outcome = judged(READ + AROUND, CUT + AROUND, "first", "beside()")
    assert isinstance(outcome.attempts[0].verdict, Inconclusive)
    assert "user call beside() was left out: it never reaches first" in outcome.notes
    assert outcome.given == ()


def test_an_expression_that_reaches_the_target_through_others_is_a_case(judged: Callable[..., Outcome]) -> None:
    outcome = judged(READ + AROUND, CUT + AROUND, "first", "beside()", "through()")
    assert isinstance(outcome.attempts[0].verdict, Different)
    assert [case.label for case in outcome.given] == ["through()"]


def test_a_whole_module_is_put_in_place_for_expressions_that_go_through_it(judged: Callable[..., Outcome]) -> None:
    after = CUT + AROUND.replace("'ba'", "'abc'")
    verdict = judged(READ + AROUND, after, "first", "through()").attempts[0].verdict
    assert isinstance(verdict, Different)
    assert verdict.counterexample is not None
    assert verdict.counterexample.call == "through()"


def test_a_receiver_that_cannot_be_made_up_leaves_the_given_call(judged: Callable[..., Outcome]) -> None:
    box = (
        "class Box:\n    def __init__(self, inner):\n        self.rows = inner.body\n\n"
        "    def total(self):\n        return sum([r for r in self.rows])\n\n\n"
        "class Inner:\n    body = [1, 2]\n\n\n"
        "def through():\n    return Box(Inner()).total()\n"
    )
    outcome = judged(box, box.replace("sum([r for r in self.rows])", "sum(self.rows)"), "Box.total", "through()")
    assert isinstance(outcome.attempts[0].verdict, Equivalent)
    made_up = [note for note in outcome.notes if note.startswith("No calls could be made up: ")]
    assert any("Box cannot be built" in note for note in made_up)
