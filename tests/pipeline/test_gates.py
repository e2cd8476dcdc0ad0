"""The gates: which changed statements must run, and when evidence is strong."""

from __future__ import annotations

from afterburner.core.graph import Graph
from afterburner.core.observation import Observed
from afterburner.core.source import Source
from afterburner.pipeline import gates

BEFORE = "def f(x):\n    if x:\n        return 1\n    return 2\n"
AFTER = '''def f(x):
    """New words."""
    if (
        x
        and x > 0
    ):
        return 1
    total = [
        x,
        2,
    ]
    return g(total)

def g(xs):
    return len(xs)

def unused():
    return 7
'''


def changed() -> dict[int, int]:
    return gates.statements_changed(Source("m.py", BEFORE), Source("m.py", AFTER), "f")


def test_changed_statements_of_reachable_functions_count_and_docstrings_do_not() -> None:
    assert changed() == {3: 6, 8: 11, 12: 12, 15: 15}


def test_any_line_of_a_statement_tells_that_it_ran() -> None:
    assert gates.not_run(changed(), {5, 9, 12, 15}) == ()
    assert gates.not_run(changed(), {3, 7}) == (8, 12, 15)


def result(value: object) -> Observed:
    return Observed(Graph.plain({"result": value}))


def test_distinct_results_are_counted() -> None:
    assert gates.distinct([result(1), result(1), result([1]), result([1]), result("1")]) == 3


def test_evidence_is_strong_with_enough_cases_and_results() -> None:
    assert gates.strength(30, 5, 5) == "strong"
    assert gates.strength(29, 5, 5) == "weak"
    assert gates.strength(30, 4, 5) == "weak"
    assert gates.strength(30, 2, gates.possible_results([result(True), result(False)])) == "strong"
    assert gates.strength(30, 1, gates.possible_results([result(None)])) == "strong"


def test_statements_that_lead_to_a_raise_are_known() -> None:
    text = "def f(x):\n    if x:\n        y = 1\n        raise ValueError(y)\n    return 2\n"
    assert gates.ending_in_raise(Source("m.py", text), "f") == {3, 4}
