"""Which offers become actions, what they are called, and which may be applied without a look."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from afterburner.core.comparison import Interval
from afterburner.core.verdict import Equivalent, EquivalentExcept
from afterburner.lsp.documents import Document
from afterburner.lsp.offers import offers
from afterburner.lsp.results import Result, Results


def faster(made: SimpleNamespace, point: float, text: str | None = None, verdict: object = None):
    comparison = replace(made.FASTER, headline=Interval(point, point - 0.5, point + 0.5))
    verdict = verdict or Equivalent(made.EVIDENCE)
    return made.attempt(verdict, comparison, text=text or made.FAST)


def test_nothing_to_offer_is_no_offer(made: SimpleNamespace) -> None:
    assert offers(made.outcomes()["nothing-offered"][1]) == ()
    assert offers(made.outcomes()["no-rewrite"][1]) == ()


def test_the_best_is_first_and_the_smallest_change_is_named_beside_it(made: SimpleNamespace) -> None:
    small = made.MODULE.replace("in old:", "in set(old):")
    outcome = made.outcome(faster(made, 12.0), faster(made, 5.0, small), faster(made, 4.0))
    found = offers(outcome)
    assert [offer.attempt for offer in found] == list(outcome.offers[:2])
    assert [offer.why for offer in found] == ["", "smallest change"]
    assert found[0].title == "apply 12.0× faster (11.5–12.5×), strong evidence"
    assert found[1].title == "apply 5.00× faster (4.50–5.50×), strong evidence; smallest change"


def test_an_offer_that_is_best_at_everything_is_offered_once(made: SimpleNamespace) -> None:
    (only,) = offers(made.outcome(faster(made, 12.0), faster(made, 4.0)))
    assert only.why == ""


def test_keys_name_offers_within_their_outcome(made: SimpleNamespace) -> None:
    refused = made.attempt(Equivalent(made.EVIDENCE), None, "Slower.")
    outcome = made.outcome(
        refused, faster(made, 12.0), faster(made, 5.0, made.MODULE.replace("in old:", "in set(old):"))
    )
    result = Result("file:///a.py", "repeat_customers", "k", outcome)
    for offer in result.offers:
        assert result.offer(offer.key) == offer
    assert len({offer.key for offer in result.offers}) == 2
    assert result.offer("99") is result.offer("") is result.offer("None") is None


@pytest.mark.parametrize("strength", ["strong", "moderate", "weak"])
def test_only_strong_evidence_goes_without_a_look(made: SimpleNamespace, strength: str) -> None:
    (found,) = offers(made.outcome(faster(made, 3.0, verdict=Equivalent(replace(made.EVIDENCE, strength=strength)))))
    assert found.is_strong is (strength == "strong")
    assert ("look at it first" in found.title) is not found.is_strong


def test_a_difference_outside_of_what_was_seen_needs_a_look(made: SimpleNamespace) -> None:
    (found,) = offers(made.outcome(faster(made, 3.0, verdict=EquivalentExcept(made.EVIDENCE, ()))))
    assert not found.is_strong


def test_the_latest_result_of_a_function_counts_and_tells_its_edits(made: SimpleNamespace) -> None:
    results, outcome = Results(), made.outcome(faster(made, 12.0))
    first = Result("file:///a.py", "repeat_customers", "k", made.outcome())
    latest = replace(first, outcome=outcome)
    results.keep(first)
    results.keep(latest)
    assert results.of("file:///a.py", "repeat_customers") is latest and results.of("file:///b.py", "f") is None
    assert results.names("file:///a.py") == {"repeat_customers"} and results.names("file:///b.py") == frozenset()
    (offer,) = latest.offers
    assert latest.edits(offer, Document("file:///a.py", 1, made.MODULE, "utf-16"))
    assert latest.edits(offer, Document("file:///a.py", 1, made.MODULE.replace("found", "seen"), "utf-16")) is None
