"""Results: which of them counts, and what applying an offer would change in the text as it is now."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

from afterburner.lsp.documents import Document
from afterburner.lsp.results import Result, Results
from afterburner.report.found import found


def test_offers_are_found_by_their_key(made: SimpleNamespace) -> None:
    result = Result("file:///a.py", "repeat_customers", "k", found(made.outcomes()["offer"][1]))
    for offer in result.offers:
        assert result.offer(offer.key) == offer
    assert result.offers and result.offer("99") is result.offer("") is result.offer("None") is None


def test_the_latest_result_of_a_function_counts_and_tells_its_edits(made: SimpleNamespace) -> None:
    results, offering = Results(), found(made.outcomes()["offer"][1])
    first = Result("file:///a.py", "repeat_customers", "k", found(made.outcomes()["no-rewrite"][1]))
    latest = replace(first, found=offering)
    results.keep(first)
    results.keep(latest)
    assert results.of("file:///a.py", "repeat_customers") is latest and results.of("file:///b.py", "f") is None
    assert results.names("file:///a.py") == {"repeat_customers"} and results.names("file:///b.py") == frozenset()
    offer = latest.offers[0]
    assert latest.edits(offer, Document("file:///a.py", 1, made.MODULE, "utf-16"))
    assert latest.edits(offer, Document("file:///a.py", 1, made.MODULE.replace("found", "seen"), "utf-16")) is None
