"""Attacks on the sandbox, from every family that a sandbox can hold; each must work where there is none."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from afterburner.runner.sandbox.full import Full
from afterburner.runner.sandbox.jail import Jail

ATTACKS = sorted(path.stem for path in (Path(__file__).parent / "data/attacks").glob("*.py"))
FAMILIES = {"files", "network", "ipc", "processes", "exhaustion", "tampering"}
TIERS = [pytest.param(Jail(), id="jail"), pytest.param(Full(), id="full", marks=pytest.mark.system)]


def test_two_attacks_from_each_family():
    counted = Counter(name.partition("_")[0] for name in ATTACKS)
    assert counted.keys() == FAMILIES
    assert min(counted.values()) >= 2


def test_without_a_sandbox_every_strike_hits(stage, attack):
    outcome = stage.attack(attack, tier=None)
    assert not outcome.held
    assert outcome.escaped


@pytest.mark.parametrize("tier", TIERS)
def test_in_the_sandbox_no_strike_hits(stage, attack, tier):
    outcome = stage.attack(attack, tier)
    assert not outcome.escaped
    assert outcome.held or attack.startswith("exhaustion_")  # where it may be killed instead
    assert not stage.leftovers()
    assert Path(stage.victims["source"]).read_text() == "x = 1\n"
    assert sorted(path.name for path in stage.folder.iterdir()) == ["code", "outside", "project", "scratch", "socket"]


@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize(
    ("excess", "sentence"),
    [
        ("exhaustion_resident_memory", "MiB of memory > 192 MiB"),
        ("exhaustion_threads", "threads > 48"),
    ],
)
def test_the_watchdog_says_what_was_too_much(stage, excess, sentence, tier):
    outcome = stage.attack(excess, tier)
    assert outcome.verdict.startswith("killed: ")
    assert outcome.verdict.endswith(sentence)
