"""Profiles that ask for less memory, judged end to end."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from afterburner import app
from afterburner.core.comparison import Answer
from afterburner.core.outcome import Outcome
from afterburner.core.request import Request
from afterburner.pipeline.events import silent

EVENS = """\
def evens(n):
    rows = [x * x for x in range(n)]
    kept = [x for x in rows if x % 2 == 0]
    return sum(kept)
"""
HUNGRY = EVENS.replace("x * x for", "x * sum([x] * 99) // 99 for")
"""Slower as well, so that no noise makes the lean one look slow."""
LEAN = """\
def evens(n):
    return sum(x * x for x in range(n) if x % 2 == 0)
"""
SLOW = """\
def evens(n):
    total = 0
    for x in range(n):
        for _ in range(9):
            total += 0
        if x % 2 == 0:
            total += x * x
    return total
"""
SAME = EVENS.replace("kept", "even")
Compared = Callable[..., Outcome]


@pytest.fixture
def compared(workspace: Path) -> Compared:
    """`compared(candidate, goal)` gives the outcome under a profile with that goal."""
    settings = workspace / "pyproject.toml"
    plain = settings.read_text()

    def compare(candidate: str, goal: str, original: str = EVENS) -> Outcome:
        settings.write_text(plain + f'goal = "{goal}"\ngenerated-cases = 40\n')
        (workspace / "subject.py").write_text(original, encoding="utf-8")
        other = workspace.parent / "candidate.py"
        other.write_text(candidate, encoding="utf-8")
        calls = ("evens(20_000)", "evens(9)")
        request = Request(workspace / "subject.py", "evens", "quick", calls, interpreter=sys.executable)
        return asyncio.run(app.compare(request, other, None, silent))

    return compare


@pytest.mark.parametrize("goal", ["memory", "integral"])
def test_what_needs_less_is_offered(compared: Compared, settled: Callable[..., Outcome], goal: str) -> None:
    [attempt] = settled(lambda: compared(LEAN, goal, HUNGRY)).offers
    assert attempt.comparison and attempt.comparison.memory
    memory = attempt.comparison.memory
    assert attempt.comparison.answer is Answer.LEANER and memory.tool == "tracemalloc"
    assert memory.label == "evens(20_000)" and len(memory.original.peaks) == 3
    assert memory.original.peak > 700_000 and memory.rewrite.peak < 10_000
    assert memory.integral and memory.integral.lower > 1.1


def test_less_memory_at_any_price_is_not(compared: Compared) -> None:
    [attempt] = compared(SLOW, "memory").attempts
    assert not attempt.offered and attempt.comparison and attempt.comparison.memory
    assert attempt.comparison.memory.peak.lower > 10
    assert "takes at most 1.25 times as long was not shown" in attempt.refusal


def test_the_same_memory_is_not(compared: Compared) -> None:
    [attempt] = compared(SAME, "memory").attempts
    assert not attempt.offered and "fall of its peak memory by more than" in attempt.refusal


def test_where_time_is_asked_for_memory_is_told_beside_it(compared: Compared) -> None:
    [attempt] = compared(LEAN, "time").attempts
    assert attempt.comparison and attempt.comparison.memory and attempt.comparison.goal == "time"
    assert attempt.comparison.answer is not Answer.LEANER
    assert attempt.comparison.memory.peak.lower > 10
