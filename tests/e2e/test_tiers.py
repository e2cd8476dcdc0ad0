"""The two tiers: which is used, what is said when one is missing, and that both judge alike."""

from __future__ import annotations

import json
from typing import Any

import pytest

pytestmark = pytest.mark.system

TOTAL = "def total(xs):\n    t = 0\n    for x in xs:\n        t += x\n    return t\n"
CALL = ("--profile", "quick", "--call", "total(list(range(3000)))")
CANDIDATES = {
    "right": ("def total(xs):\n    return sum(xs)\n", "equivalent"),
    "wrong": ("def total(xs):\n    return sum(xs) + 1\n", "different"),
    "fails": ("def total(xs):\n    raise SystemExit(0)\n", "different"),
    "cannot be known": ("def total(xs):\n    return open('/etc/passwd') and sum(xs)\n", "inconclusive"),
}
BOTH = pytest.mark.parametrize("terminal", ["jail", "full"], indirect=True)
FULL = pytest.mark.parametrize("terminal", ["full"], indirect=True)


@BOTH
@pytest.mark.parametrize("name", CANDIDATES)
def test_both_judge_alike_and_say_which_it_was(terminal: Any, name: str) -> None:
    candidate, kind = CANDIDATES[name]
    terminal.write("m.py", TOTAL)
    terminal.write("c.py", candidate)
    found, out, err = terminal.run("compare", "m.py::total", "c.py", *CALL, "--json")
    assert found in {"equivalent": terminal.equivalent, "different": (4,), "inconclusive": (6,)}[kind], out + err
    document = json.loads(out)
    assert document["attempts"][0]["verdict"]["kind"] == kind
    assert document["environment"]["tier"] == terminal.tier
    assert f"in the sandbox ({terminal.tier})" in err


@FULL
def test_a_bundle_of_one_tier_is_replayed_in_the_other(terminal: Any) -> None:
    terminal.write("m.py", TOTAL)
    terminal.write("c.py", CANDIDATES["wrong"][0])
    short = ("--profile", "quick", "--call", "total([])")
    status, _, err = terminal.run("compare", "m.py::total", "c.py", *short, "--bundle", "run.json")
    assert status == 4, err
    for tier in ("full", "jail"):
        status, out, err = terminal.run("replay", "run.json")
        assert status == 0 and f", {tier}, fork." in " ".join(out.split()), out + err
        (terminal.home.parent / "bin/bwrap").unlink(missing_ok=True)


BROKEN = {
    "missing": None,
    "failing": "#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n",
    "silent": "#!/bin/sh\nexit 0\n",
    "killed": "#!/bin/sh\nkill -9 $$\n",
}


@FULL
@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("least", ["jail", "full"])
def test_bubblewrap_that_is(terminal: Any, name: str, least: str) -> None:
    """The weaker tier is used only where the profile accepts it; else nothing runs, and the sentence says why."""
    program = terminal.home.parent / "bin/bwrap"
    program.unlink()
    if BROKEN[name] is not None:
        program.write_text(BROKEN[name])
        program.chmod(0o755)
    mark = "MARK = open('/dev/null')\n"
    terminal.write("m.py", mark + TOTAL)
    text = f"[tool.afterburner.profiles.mine]\nextends = 'fast'\nsummary = 'x'\nsandbox = '{least}'\n"
    terminal.write("pyproject.toml", text)
    status, out, err = terminal.run("optimize", "m.py::total", "--profile", "mine", "--call", "total([1])")
    if least == "jail":
        assert "tier jail" in " ".join(out.split()), err
        return
    assert (status, out) == (3, "")
    sentence, hint = err[err.index("afterburner: ") :].splitlines()
    assert "No sandbox holds here. full cannot be used: " in sentence and "Traceback" not in err
    assert name != "missing" or "bubblewrap (bwrap) is not installed" in sentence
    assert name != "failing" or "setting up uid map" in sentence
    assert "Install bubblewrap" in hint and "The jail" not in hint


@BOTH
def test_doctor_tells_the_tier_and_leaves_nothing(terminal: Any) -> None:
    before = terminal.files()
    status, out, err = terminal.run("doctor", "--json")
    assert status == 0, out + err
    tiers = {tier["name"]: tier for tier in json.loads(out)["tiers"]}
    assert tiers[terminal.tier]["used"] and len(tiers) == 2
    assert terminal.left() == [] and list(terminal.temporary.iterdir()) == [] and terminal.files() == before
