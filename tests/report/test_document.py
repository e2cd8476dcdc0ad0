"""The JSON document follows its schema, and the schema is current."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from pydantic import TypeAdapter

from afterburner.core.comparison import Interval
from afterburner.report import exit_codes
from afterburner.report.document import Document, document, text

EXIT_CODES = {
    "offer": 0, "nothing-offered": 1, "no-rewrite": 1, "compare-faster": 0, "compare-weak": 1, "compare-different": 4,
    "compare-except": 5, "compare-inconclusive": 6, "compare-slower": 1, "compare-unshown": 1, "compare-noisy": 1,
}  # fmt: skip


@pytest.fixture
def schema(root: Path) -> dict:
    return json.loads((root / "docs/schema/outcome-1.json").read_text())


def test_the_schema_is_the_one_of_the_code(schema: dict) -> None:
    jsonschema.Draft202012Validator.check_schema(schema)
    own = TypeAdapter(Document).json_schema(mode="serialization")
    assert {key: schema[key] for key in own if key != "title"} == {key: own[key] for key in own if key != "title"}


@pytest.mark.parametrize("name", EXIT_CODES)
def test_every_outcome_follows_the_schema(made, schema: dict, name: str) -> None:
    command, outcome = made.outcomes()[name]
    found = json.loads(text(document(outcome, command)))
    jsonschema.validate(found, schema)
    assert found["exit_code"] == EXIT_CODES[name] == exit_codes.of(outcome, command)
    assert len(found["attempts"]) == len(outcome.attempts)


def test_every_outcome_is_validated(made) -> None:
    assert set(EXIT_CODES) == set(made.outcomes())


@pytest.mark.parametrize("missing", ["schema", "attempts", "environment"])
def test_the_schema_refuses_what_lacks_a_part(made, schema: dict, missing: str) -> None:
    found = json.loads(text(document(made.outcomes()["offer"][1], "optimize")))
    del found[missing]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(found, schema)


def test_what_it_says_of_an_offer(made) -> None:
    outcome = made.outcomes()["offer"][1]
    found = document(outcome, "optimize", applied=True, bundle="run.json")
    first = found.attempts[0]
    assert (first.offered, first.verdict.kind, first.new_text) == (True, "equivalent", made.FAST)
    assert first.comparison and first.comparison.headline and first.comparison.headline.lower == 11.87
    assert first.comparison.worst == "repeat_customers(['a', 'b'], ['b'])"
    assert first.comparison.growth[0].points[-1].size == 20_000
    assert "+    known = set(old)" in first.diff
    assert found.attempts[1].verdict.counterexamples[0].call == "repeat_customers([[1]], [[1]])"
    assert (found.applied, found.bundle, found.target.line) == (True, "run.json", 4)


def test_numbers_that_json_lacks_become_null(made, schema: dict) -> None:
    endless = replace(made.FASTER, headline=Interval(float("inf"), float("nan"), 1.0))
    attempt = replace(made.outcomes()["offer"][1].attempts[0], comparison=endless)
    found = json.loads(text(document(made.outcome(attempt), "optimize")))
    assert found["attempts"][0]["comparison"]["headline"] == {"point": None, "lower": None, "upper": 1.0}
    jsonschema.validate(found, schema)


def test_an_optimisation_of_which_nothing_could_be_verified_is_inconclusive(made) -> None:
    unverified = made.outcomes()["compare-inconclusive"][1]
    assert exit_codes.of(unverified, "optimize") == exit_codes.INCONCLUSIVE
