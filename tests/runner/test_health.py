"""The health of machines that lack something: each is a check with a remedy, never an exception."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path

from afterburner.core.health import Health, Noise
from afterburner.core.ports import Limits
from afterburner.runner import health


@dataclass(frozen=True)
class Absent:
    """A tier that this machine does not have."""

    name: str

    def available(self) -> str | None:
        return f"{self.name} is not for this machine"

    def wrap(self, argv, plan):
        raise AssertionError("nothing may be started in it")


def examine(folder: Path, interpreter: str, tiers=(Absent("full"), Absent("jail"))) -> Health:
    async def measure(runner, version, case):
        raise AssertionError("nothing can be measured without a sandbox")

    return asyncio.run(health.examine(folder, interpreter, "jail", measure, tiers))


def test_without_a_sandbox_nothing_is_started(tmp_path: Path) -> None:
    found = examine(tmp_path, sys.executable)
    assert [check.name for check in found.missing] == ["sandbox"]
    assert found.missing[0].remedy and found.noise is None
    assert [(tier.holds, tier.used, tier.problem) for tier in found.tiers] == [
        (False, False, "full is not for this machine"),
        (False, False, "jail is not for this machine"),
    ]


def test_without_an_interpreter_the_rest_is_left_out(tmp_path: Path) -> None:
    found = examine(tmp_path, "/absent/python")
    assert [check.name for check in found.missing] == ["interpreter"]
    assert "/absent/python" in found.missing[0].found and found.missing[0].remedy and found.tiers == ()


def test_a_whole_machine_is_measured_in_the_tier_that_is_used(tmp_path: Path) -> None:
    used = []

    async def measure(runner, version, case):
        used.append((runner.tier, runner.name))
        [observed] = await runner.observe(version, [case], Limits(30.0, 30.0))
        assert observed.graph is not None
        return Noise(1.0, 0.99, 1.01, 4, 0.01)

    found = asyncio.run(health.examine(tmp_path, sys.executable, "jail", measure))
    assert found.missing == () and found.noise == Noise(1.0, 0.99, 1.01, 4, 0.01)
    checks = {check.name: check.found for check in found.checks}
    assert "line_profiler" in checks["profilers"]
    assert used == [(next(tier.name for tier in found.tiers if tier.used), checks["runner"])]
    assert all(canary.held for tier in found.tiers if tier.holds for canary in tier.canaries)


def test_versions_name_kernel_and_worker() -> None:
    names = {check.name: check.found for check in health.versions()}
    assert "worker protocol" in names["afterburner"] and names["system"] and "landlock" in names
