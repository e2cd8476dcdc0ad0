"""A bundle says again everything that a verdict depends on, and a bad one is refused with a sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from afterburner.core.errors import AfterburnerError, UsageError
from afterburner.core.verdict import Equivalent
from afterburner.report import bundle as bundles
from afterburner.report import replay
from afterburner.report.bundle import Bundle


@pytest.fixture
def bundle(made) -> Bundle:
    return Bundle.of(made.outcomes()["offer"][1], "optimize")


def test_what_was_written_is_read_again(made, bundle: Bundle, tmp_path: Path) -> None:
    outcome = made.outcomes()["offer"][1]
    bundles.write(bundle, tmp_path / "run.json")
    again = bundles.read(tmp_path / "run.json")
    assert again == bundle
    assert tuple(case.core() for case in again.cases) == outcome.given
    assert [r.core("orders.py") for r in again.rewrites] == [attempt.rewrite for attempt in outcome.attempts]
    assert again.profile.core() == outcome.profile
    assert again.environment.core() == outcome.environment
    assert (again.text, again.module, again.qualname) == (made.MODULE, "orders", "repeat_customers")


def test_the_verdicts_are_kept(bundle: Bundle) -> None:
    assert [r.verdict for r in bundle.rewrites] == ["equivalent", "different", "different", "equivalent"]
    assert bundle.rewrites[2].reason == "It keeps `_CACHE` between calls (line 3)."


BROKEN = {
    "": "is not JSON",
    "{": "is not JSON",
    "[" * 100_000: "is not JSON",
    "[]": "is not a replay bundle",
    "{}": "`command`: field required",
    '{"format": "other"}': "is not a replay bundle",
    "\xff": "is not JSON",
}


@pytest.mark.parametrize(("text", "sentence"), BROKEN.items(), ids=range(len(BROKEN)))
def test_a_file_that_is_no_bundle_is_refused_with_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "bad.json").write_text(text, encoding="latin-1")
    with pytest.raises(UsageError, match=r"bad\.json") as refused:
        bundles.read(tmp_path / "bad.json")
    assert sentence in str(refused.value) and "\n" not in str(refused.value) and refused.value.hint


CHANGES = {
    "an unknown key": lambda data: data.update(more=1),
    "another version": lambda data: data.update(version=2),
    "a wrong type": lambda data: data.update(text=1),
    "an unknown origin": lambda data: data["cases"][0].update(origin="elsewhere"),
    "an endless budget": lambda data: data["profile"].update(budget_s=1e9),
    "an unknown verdict": lambda data: data["rewrites"][0].update(verdict="fine"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_changed_bundle_is_refused(bundle: Bundle, tmp_path: Path, change) -> None:
    data = bundle.model_dump()
    change(data)
    (tmp_path / "bad.json").write_text(json.dumps(data))
    with pytest.raises(UsageError, match="is not a replay bundle of version 1"):
        bundles.read(tmp_path / "bad.json")


def test_a_file_that_is_too_large_is_not_read(bundle: Bundle, tmp_path: Path, monkeypatch) -> None:
    bundles.write(bundle, tmp_path / "run.json")
    monkeypatch.setattr(bundles, "LARGEST_BYTES", 1 << 10)
    with pytest.raises(UsageError, match="larger than"):
        bundles.read(tmp_path / "run.json")


def test_files_that_cannot_be_read_or_written_are_named(bundle: Bundle, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        bundles.read(tmp_path / "absent.json")
    with pytest.raises(AfterburnerError, match="cannot be written"):
        bundles.write(bundle, tmp_path / "absent/run.json")


def test_a_replay_says_what_is_the_same_and_what_is_not(made, bundle: Bundle) -> None:
    verdicts = [attempt.verdict for attempt in made.outcomes()["offer"][1].attempts]
    same = replay.compared(bundle, verdicts)
    assert (same.same, same.exit_code) == (True, 0)
    assert "Same verdict: Equivalent." in replay.page(bundle, same, made.ENVIRONMENT).text()
    changed = replay.compared(bundle, [verdicts[0], Equivalent(made.EVIDENCE), *verdicts[2:]])
    shown = replay.page(bundle, changed, made.ENVIRONMENT).text()
    assert (changed.same, changed.exit_code) == (False, 4)
    assert "It was: Different: repeat_customers([[1]], [[1]])" in shown and "It is: Equivalent." in shown
