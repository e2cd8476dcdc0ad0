"""What `doctor` says about healthy and broken machines."""

from __future__ import annotations

from afterburner.core.health import CanaryResult, Check, Health, Noise, TierHealth
from afterburner.report import doctor

OK = Check("interpreter", "ok", "CPython 3.12.1 at /usr/bin/python3 (PATH)")
NO_BWRAP = Check("bubblewrap", "note", "not installed", "Install the package `bubblewrap`.")
MISSING = Check("landlock", "missing", "this system has none", "Use Linux 5.13 or later.")
JAIL = TierHealth("jail", True, True, "", (CanaryResult("read a secret", True, "Permission denied"),))
FULL = TierHealth("full", False, False, "bubblewrap (bwrap) is not installed")


def test_a_healthy_machine() -> None:
    text = doctor.page(Health((OK, NO_BWRAP), (FULL, JAIL), Noise(1.001, 0.99, 1.01, 4, 0.008))).text()
    assert "ok      interpreter   CPython 3.12.1" in text
    assert "Bubblewrap (bwrap) is not installed." in text
    assert "held    read a secret: refused (Permission denied)" in text
    assert "Ratio 1.001 (0.990 to 1.010) over 4 launches; their medians scatter by 0.8%." in text
    assert text.rstrip().endswith("Everything that the main job needs is here.")


def test_what_is_missing_is_named_with_its_remedy() -> None:
    health = Health((OK, MISSING), (FULL,), None)
    text = doctor.page(health).text()
    assert health.missing == (MISSING,)
    assert "missing landlock" in text and "Use Linux 5.13 or later." in text
    assert text.rstrip().endswith("Afterburner cannot work here yet: landlock.")


def test_an_attack_that_got_through_cannot_be_overlooked() -> None:
    broken = TierHealth("jail", False, False, "", (CanaryResult("fork", False, "it succeeded"),))
    assert "escaped fork: POSSIBLE (it succeeded)" in doctor.page(Health((), (broken,), None)).text()
