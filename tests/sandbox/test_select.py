"""The choice of a tier, and the canaries on which it rests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass

import pytest

from afterburner.core.errors import EnvironmentProblem
from afterburner.runner.sandbox import canaries
from afterburner.runner.sandbox import select as selecting
from afterburner.runner.sandbox.canaries import ATTACKS, Canary, CanaryReport, probe
from afterburner.runner.sandbox.full import Full
from afterburner.runner.sandbox.jail import Jail
from afterburner.runner.sandbox.select import select


@dataclass(frozen=True)
class FakeTier:
    name: str
    missing: str | None = None
    escaped: str = ""

    def available(self):
        return self.missing

    def wrap(self, argv, plan):
        return argv


@pytest.fixture(autouse=True)
def fake_canaries(monkeypatch, request):
    """Fake tiers answer at once; real ones are really probed."""

    def answer(tier, interpreter):
        if not isinstance(tier, FakeTier):
            return probe(tier, interpreter)
        return CanaryReport(tier.name, tuple(Canary(name, name != tier.escaped, "it succeeded") for name in ATTACKS))

    monkeypatch.setattr(selecting, "probe", answer)


def test_the_strongest_that_holds_is_taken():
    full, jail = FakeTier("full"), FakeTier("jail")
    assert select("jail", "python", (full, jail)) is full
    assert select("jail", "python", (FakeTier("full", missing="no bwrap"), jail)) is jail
    assert select("jail", "python", (FakeTier("full", escaped="fork"), jail)) is jail


def test_a_weaker_tier_than_asked_for_is_never_taken():
    with pytest.raises(EnvironmentProblem) as caught:
        select("full", "python", (FakeTier("full", missing="bubblewrap is not installed"), FakeTier("jail")))
    assert str(caught.value) == "No sandbox holds here. full cannot be used: bubblewrap is not installed."
    assert "Install bubblewrap" in caught.value.hint
    assert "Landlock" not in caught.value.hint


def test_when_none_holds_each_says_why():
    tiers = (FakeTier("full", missing="bubblewrap is not installed"), FakeTier("jail", escaped="read a secret"))
    with pytest.raises(EnvironmentProblem) as caught:
        select("jail", "python", tiers)
    assert str(caught.value) == (
        "No sandbox holds here. full cannot be used: bubblewrap is not installed. "
        "jail does not hold: a canary could read a secret (it succeeded)."
    )


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_elsewhere_no_tier_is_tested(monkeypatch, platform):
    monkeypatch.setattr(sys, "platform", platform)
    with pytest.raises(EnvironmentProblem) as caught:
        select("jail", sys.executable)
    assert f"this is {platform}" in str(caught.value)
    assert caught.value.hint.startswith(f"There is no tested sandbox for {platform} yet")


def test_the_jail_holds_here():
    report = probe(Jail(), sys.executable)
    assert str(report) == f"jail holds against {len(ATTACKS)} canary attacks"
    assert report.holds


@pytest.mark.system
@pytest.mark.parametrize("tier", [Jail(), Full()], ids=lambda tier: tier.name)
def test_both_tiers_hold_under_every_python(tier, cpython):
    assert str(probe(tier, str(cpython))) == f"{tier.name} holds against {len(ATTACKS)} canary attacks"


@pytest.mark.system
def test_here_the_full_tier_is_chosen():
    assert select("jail", sys.executable).name == "full"


def test_every_canary_gets_through_where_there_is_no_sandbox(tmp_path):
    """Positive control: a canary that could never escape would prove nothing."""
    with canaries._victims() as (outside, port):
        plan = {
            "secret": str(outside / "secret"),
            "neighbour": str(outside / "neighbour"),
            "home": str(tmp_path),
            "port": port,
            "pid": os.getpid(),
        }
        code = "import json, sys; sys.path.insert(0, sys.argv[1]); from afterburner_worker import canary; " + (
            "print(json.dumps(canary.run(json.loads(sys.argv[2]))))"
        )
        server = os.path.dirname(canaries.WORKER)
        said = subprocess.check_output([sys.executable, "-B", "-c", code, server, json.dumps(plan)])
    answer = json.loads(said)
    assert answer.keys() == set(ATTACKS)
    assert {name for name, attack in answer.items() if not attack["escaped"]} == set()


@pytest.mark.parametrize(
    ("out", "err", "sentence"),
    [
        (b"", "bwrap: No permissions to create new namespace", "bwrap: No permissions to create new namespace"),
        (b"", "", "the canary gave no answer"),
        (b"[]", "", "the canary gave no answer"),
        (b'{"attacks": {"fork": {"escaped": false, "detail": ""}}}', "", "the canary gave no answer"),
        (b'{"problem": "landlock: switched off"}', "", "landlock: switched off"),
    ],
)
def test_no_full_answer_is_no_proof(out, err, sentence):
    report = canaries._judge("jail", out, err)
    assert not report.holds
    assert str(report) == f"jail cannot be used: {sentence}"
