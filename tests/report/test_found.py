"""What an editor gets of an outcome: which offers become actions, what they are called, and what survives the wire."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from types import SimpleNamespace

import pytest

from afterburner.core.comparison import Interval
from afterburner.core.found import Found
from afterburner.core.verdict import Equivalent, EquivalentExcept
from afterburner.report.found import found


def faster(made: SimpleNamespace, point: float, text: str | None = None, verdict: object = None):
    comparison = replace(made.FASTER, headline=Interval(point, point - 0.5, point + 0.5))
    verdict = verdict or Equivalent(made.EVIDENCE)
    return made.attempt(verdict, comparison, text=text or made.FAST)


@pytest.mark.parametrize("name", ["nothing-offered", "no-rewrite"])
def test_nothing_to_offer_is_said_and_no_offer(made: SimpleNamespace, name: str) -> None:
    seen = found(made.outcomes()[name][1])
    assert seen.offers == () and seen.short == "nothing to offer" and "repeat_customers" in seen.nothing


def test_the_best_is_first_and_the_smallest_change_is_named_beside_it(made: SimpleNamespace) -> None:
    small = made.MODULE.replace("in old:", "in set(old):")
    seen = found(made.outcome(faster(made, 12.0), faster(made, 5.0, small), faster(made, 4.0)))
    assert [offer.text for offer in seen.offers] == [made.FAST, small]
    assert seen.offers[0].title == "apply 12.0× faster (11.5–12.5×), strong evidence"
    assert seen.offers[1].title == "apply 5.00× faster (4.50–5.50×), strong evidence; smallest change"
    assert seen.short == seen.offers[0].gain == "12.0× faster (11.5–12.5×)" and seen.nothing == ""


def test_an_offer_that_is_best_at_everything_is_offered_once(made: SimpleNamespace) -> None:
    (only,) = found(made.outcome(faster(made, 12.0), faster(made, 4.0))).offers
    assert only.title.endswith("strong evidence")


def test_it_is_the_same_after_the_wire(made: SimpleNamespace) -> None:
    refused = made.attempt(Equivalent(made.EVIDENCE), None, "Slower.")
    small = made.MODULE.replace("in old:", "in set(old):")
    seen = found(made.outcome(refused, faster(made, 12.0), faster(made, 5.0, small)))
    assert len({offer.key for offer in seen.offers}) == 2
    assert Found.of(json.loads(json.dumps(asdict(seen)))) == seen


@pytest.mark.parametrize("strength", ["strong", "moderate", "weak"])
def test_only_strong_evidence_goes_without_a_look(made: SimpleNamespace, strength: str) -> None:
    (offer,) = found(
        made.outcome(faster(made, 3.0, verdict=Equivalent(replace(made.EVIDENCE, strength=strength))))
    ).offers
    assert offer.is_strong is (strength == "strong")
    assert ("look at it first" in offer.title) is not offer.is_strong


def test_a_difference_outside_of_what_was_seen_needs_a_look(made: SimpleNamespace) -> None:
    (offer,) = found(made.outcome(faster(made, 3.0, verdict=EquivalentExcept(made.EVIDENCE, ())))).offers
    assert not offer.is_strong
