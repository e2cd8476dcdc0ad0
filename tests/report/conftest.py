"""Outcomes made by hand, of every kind that a run can end in."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from afterburner.core import target as targets
from afterburner.core.comparison import Answer, CaseRatio, Comparison, Growth, GrowthPoint, Interval
from afterburner.core.inputs import CallGraph, CallText, Case, Origin
from afterburner.core.outcome import Environment, Outcome
from afterburner.core.profile import Profile
from afterburner.core.rewrite import Rewrite, Safety
from afterburner.core.source import Source
from afterburner.core.suggestion import Attempt
from afterburner.core.verdict import Counterexample, Different, Equivalent, EquivalentExcept, Evidence, Inconclusive

MODULE = '''\
"""Orders."""


def repeat_customers(old, new):
    """Customers of `new` that are in `old` too."""
    found = []
    for customer in new:
        if customer in old:
            found.append(customer)
    return found
'''
FAST = MODULE.replace("    found = []\n", "    known = set(old)\n    found = []\n").replace("in old:", "in known:")

PROFILE = Profile(
    "balanced", "The default.", "time", 30.0, 1000, 300, 1.1, 0.5, 12, 8, 60.0, 100, ("rules",), "local", "jail", seed=7
)
ENVIRONMENT = Environment("/srv/app/.venv/bin/python", "CPython 3.12.1", "full", "fork", "Linux-6.8-x86_64", "0.1.0")

EVIDENCE = Evidence(
    cases={"user": 2, "doctest": 1, "generated": 309},
    distinct=187,
    channels=("result", "exception", "arguments", "globals", "output"),
    changed_lines=3,
    changed_lines_run=3,
    original_coverage=1.0,
    strength="strong",
    not_verified=("effects outside the process", "timing and memory use"),
)
CASES = (
    CaseRatio("repeat_customers(['a', 'b'], ['b'])", Interval(1.31, 1.278, 1.352), 0.41, 0.313),
    CaseRatio(
        "repeat_customers([f'c{i}' for i in range(3000)], [f'c{i}' for i in range(1500, 4500)])",
        Interval(118.4, 112.04, 125.6), 61_204.0, 517.0,
    ),
)  # fmt: skip
GROWTH = Growth(
    "old", (GrowthPoint(200, 210.0, 21.0), GrowthPoint(2000, 19_000.0, 190.0), GrowthPoint(20_000, 1.9e6, 1_880.0)),
    1.98, 1.01,
)  # fmt: skip
FASTER = Comparison(
    Answer.FASTER, "It is faster: 12.4×, at least 11.8×.", Interval(12.44, 11.87, 13.04), CASES, (GROWTH,), 6, 0.0134
)
COUNTEREXAMPLE = Counterexample(
    "repeat_customers([[1]], [[1]])", "result", "[[1]]", 'TypeError("unhashable")', "T1", "generated"
)
EXOTIC = replace(COUNTEREXAMPLE, call="repeat_customers([nan], [nan])", tier="T3")


def attempt(verdict, comparison=FASTER, refusal="", text=FAST, idea="Look up in a set", origin="rule:membership-set"):
    rewrite = Rewrite(Source("orders.py", text), origin, idea, Safety.NEEDS_PROOF)
    return Attempt(rewrite, verdict, comparison, refusal)


def outcome(*attempts: Attempt, notes: tuple[str, ...] = (), text: str = MODULE) -> Outcome:
    target = targets.find(Source("orders.py", text), "orders", "repeat_customers")
    given = (
        Case(Origin.USER, CallText("repeat_customers(['a', 'b'], ['b'])", "import re")),
        Case(Origin.DOCTEST, CallGraph({"nodes": [], "roots": {"args": "x"}}), "the doctest"),
    )
    cases = {"user": 2, "doctest": 1, "generated": 309}
    return Outcome(target, PROFILE, ENVIRONMENT, cases, attempts, given, notes, 5.23)


def comparison(answer: Answer, reason: str, headline: Interval | None) -> Comparison:
    return Comparison(answer, reason, headline, CASES[:1], (), 12, 0.081, ("One call was too slow to repeat.",))


def outcomes() -> dict[str, tuple[str, Outcome]]:
    """Name → command and outcome."""
    equal = Equivalent(EVIDENCE)
    different = Different(str(COUNTEREXAMPLE), COUNTEREXAMPLE, replace(EVIDENCE, cases={"user": 2, "generated": 300}))
    static = Different("It keeps `_CACHE` between calls (line 3).")
    within = EquivalentExcept(EVIDENCE, (EXOTIC,))
    slower = comparison(Answer.SLOWER, "It is slower: 0.81× (at most 0.85×).", Interval(0.81, 0.77, 0.846))
    unshown = comparison(
        Answer.NOT_SHOWN, "A speed-up above 1.10× was not shown (1.02×, at least 0.99×).", Interval(1.02, 0.991, 1.05)
    )
    noisy = comparison(Answer.TOO_NOISY, "Launches scatter by 8.1% here.", Interval(1.2, 0.8, 1.8))
    untimed = Comparison(Answer.NOT_SHOWN, "No given call could be timed in both versions.", None)
    weak = Equivalent(Evidence({"user": 1}, 1, ("result",), 1, 1, None, "weak", ("result: 1.0 became 1.0000000002",)))
    refused = [
        attempt(different, None, "Its behaviour differs.", idea="Look up in a set"),
        attempt(static, None, "Its behaviour differs.", idea="Keep a cache", origin="rule:cache"),
        attempt(equal, slower, slower.reason, idea="Count first", origin="rule:count"),
        attempt(within, None, "It differs outside the inputs that were seen.", idea="Join by key", origin="rule:join"),
        attempt(
            Inconclusive("Not verifiable: it calls socket.connect.", "Move the call out of it.", Evidence()), None,
            "Not verifiable.", idea="Ask once", origin="rule:ask-once",
        ),
    ]  # fmt: skip
    return {
        "offer": ("optimize", outcome(attempt(equal), *refused[:3], notes=("Two calls were too large to compare.",))),
        "nothing-offered": ("optimize", outcome(*refused)),
        "no-rewrite": ("optimize", outcome(notes=("No rule matches.",))),
        "compare-faster": ("compare", outcome(attempt(equal, origin="file:candidate.py"))),
        "compare-weak": ("compare", outcome(attempt(weak, untimed, untimed.reason))),
        "compare-different": ("compare", outcome(attempt(different, None, "Its behaviour differs."))),
        "compare-except": ("compare", outcome(attempt(within, FASTER, "It differs outside."))),
        "compare-inconclusive": ("compare", outcome(refused[4])),
        "compare-slower": ("compare", outcome(attempt(equal, slower, slower.reason))),
        "compare-unshown": ("compare", outcome(attempt(equal, unshown, unshown.reason))),
        "compare-noisy": ("compare", outcome(attempt(equal, noisy, noisy.reason))),
    }


MADE = SimpleNamespace(
    outcomes=outcomes, outcome=outcome, attempt=attempt, EVIDENCE=EVIDENCE, FASTER=FASTER, MODULE=MODULE, FAST=FAST,
    ENVIRONMENT=ENVIRONMENT,
)  # fmt: skip


@pytest.fixture
def made() -> SimpleNamespace:
    """Outcomes by name, and the parts to make others."""
    return MADE
