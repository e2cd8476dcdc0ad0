"""What every runner must do, forked or spawned."""

from __future__ import annotations

import asyncio
import math
import os
import time
from collections.abc import Callable

import pytest

from afterburner.core.agreement import agree
from afterburner.core.errors import EnvironmentProblem, RunFailed
from afterburner.core.inputs import CallText, Case, Origin
from afterburner.core.observation import Observed, Version
from afterburner.core.ports import Limits, Repeats, TimedCase
from afterburner.runner.target_runner import TargetRunner

TEXT = """
import sys
LOG = []

def add(items, extra=1):
    LOG.append(len(items))
    items.append(extra)
    return items

class Counter:
    def __init__(self, start):
        self.value = start

    def step(self, by):
        if by < 0:
            raise ValueError("by must not be negative")
        self.value += by
        return [self.value]
"""
LIMITS = Limits(20.0, 2.0)


def case(expression: str, setup: str = "") -> Case:
    return Case(Origin.USER, CallText(expression, setup))


def observe(runner: TargetRunner, version: Version, *expressions: str, **settings: object) -> list[Observed]:
    return asyncio.run(runner.observe(version, [case(e) for e in expressions], LIMITS, **settings))  # type: ignore[arg-type]


def test_a_call_is_observed_with_everything_that_it_touches(opened: Callable[..., TargetRunner]) -> None:
    runner = opened(TEXT, "add")
    [seen] = observe(runner, Version(TEXT, watch=("LOG",)), "add([1, 2])")
    assert seen.failure is None and seen.graph is not None
    roots = seen.graph.roots
    assert seen.graph.node(roots["result"]) == ["list", [1, 2, 1]]
    arguments = seen.graph.node(roots["args"])
    assert arguments is not None and arguments[1] == [roots["result"]], "the result is the argument itself"
    assert seen.graph.kind(roots["globals"]) == "dict"


def test_each_group_starts_from_the_state_after_import(opened: Callable[..., TargetRunner]) -> None:
    runner = opened(TEXT, "add")
    version = Version(TEXT, watch=("LOG",))
    first = observe(runner, version, "add([1])", alone=True)
    second = observe(runner, version, "add([1])", alone=True)
    assert first[0].graph == second[0].graph


def test_methods_are_called_on_real_objects(opened: Callable[..., TargetRunner]) -> None:
    runner = opened(TEXT, "Counter.step")
    good, bad = observe(runner, Version(TEXT), "Counter(3).step(4)", "Counter(3).step(-1)")
    assert good.graph is not None and good.graph.kind(good.graph.roots["receiver"]) == "object"
    assert bad.graph is not None and bad.graph.kind(bad.graph.roots["exception"]) == "exception"
    assert bad.message_strict, "a raise statement's text is part of the behaviour"


def test_text_of_the_interpreter_is_no_behaviour(opened: Callable[..., TargetRunner]) -> None:
    [seen] = observe(opened(TEXT, "add"), Version(TEXT), "add(None)")
    assert not seen.message_strict


def test_versions_are_put_in_place_by_code_additions_or_whole(opened: Callable[..., TargetRunner]) -> None:
    runner = opened(TEXT, "add")
    body = TEXT.replace("items.append(extra)", "items.append(helper(extra))")
    helper = "def helper(x):\n    return -x"
    whole = body + helper + "\n"
    [swapped] = observe(runner, Version(body, additions=(helper,)), "add([1])")
    [loaded] = observe(runner, Version(whole, whole=True), "add([1])")
    for seen in (swapped, loaded):
        assert seen.graph is not None and seen.graph.node(seen.graph.roots["result"]) == ["list", [1, -1]]


def test_functions_behind_decorators_are_reached(opened: Callable[..., TargetRunner]) -> None:
    text = """
import functools

def shout(f):
    @functools.wraps(f)
    def inner(*args):
        return str(f(*args)).upper()
    return inner

@shout
@functools.lru_cache(None)
def name(n):
    return "x" * n
"""
    [seen] = observe(opened(text, "name"), Version(text.replace('"x"', '"y"')), "name(3)")
    assert seen.graph is not None and seen.graph.roots["result"] == "YYY"


def test_a_version_that_cannot_be_placed_says_why(opened: Callable[..., TargetRunner]) -> None:
    runner = opened(TEXT, "add")
    version = Version(TEXT.replace("def add", "def other"))
    [seen] = observe(runner, version, "add([1])")
    assert seen.failure is not None and seen.failure.kind == "refused" and "add" in seen.failure.detail
    with pytest.raises(RunFailed, match="add"):
        asyncio.run(runner.resolve(version, [case("add([1])")]))


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("while True: pass", "timeout"),
        ("import os; os._exit(0)", "crash"),
        ("return 'x' * (3 << 30)", "memory"),
        ("import ctypes; ctypes.string_at(0)", "crash"),
    ],
)
def test_a_call_that_ends_its_process_is_a_failure_and_the_next_one_goes_on(
    opened: Callable[..., TargetRunner], body: str, kind: str
) -> None:
    text = f"def subject(x):\n    if x:\n        {body}\n    return x\n"
    runner = opened(text, "subject")
    cases = [case("subject(0)"), case("subject(1)"), case("subject(0)")]
    seen = asyncio.run(runner.observe(Version(text), cases, Limits(20.0, 4.0)))
    assert [o.failure is None for o in seen] == [True, False, True]
    assert seen[1].failure is not None
    assert seen[1].failure.kind == kind or (kind == "memory" and seen[1].failure.kind == "crash"), seen[1].failure


def test_output_does_not_reach_the_channel_and_is_kept_within_bounds(opened: Callable[..., TargetRunner]) -> None:
    text = "import os\ndef subject(x):\n    print('y' * x)\n    os.write(1, b'junk' * 1000)\n    return x\n"
    [small, large] = observe(opened(text, "subject"), Version(text), "subject(3)", "subject(5_000_000)")
    assert small.graph is not None and small.graph.roots["stdout"] == "yyy\n"
    assert large.graph is not None and len(str(large.graph.roots["stdout"])) < 1_100_000


def test_effects_outside_are_named(opened: Callable[..., TargetRunner]) -> None:
    text = (
        "import socket\ndef subject(x):\n    try:\n        made = socket.socket() if x else open('made', 'w')\n"
        "        made.close()\n    except OSError:\n        pass\n"
    )
    [files, network] = observe(opened(text, "subject"), Version(text), "subject(0)", "subject(1)")
    assert files.effects == ("open for writing",)
    assert any(effect.startswith("socket") for effect in network.effects)


def test_lines_that_ran_are_reported(opened: Callable[..., TargetRunner]) -> None:
    text = "def subject(x):\n    if x:\n        return 1\n    return 2\n"
    yes, no = observe(opened(text, "subject"), Version(text), "subject(1)", "subject(0)", lines=True)
    assert 3 in yes.lines and 4 not in yes.lines
    assert 4 in no.lines and 3 not in no.lines


def test_poison_exposes_results_that_are_kept(opened: Callable[..., TargetRunner]) -> None:
    text = "KEPT = []\ndef subject(x):\n    return KEPT\n"
    seen = observe(opened(text, "subject"), Version(text), "subject(1)", poison=True, repeat=2)
    assert seen[0].graph is not None and seen[0].graph.node(seen[0].graph.roots["result"]) == ["list", []]
    assert seen[1].graph is not None and seen[1].graph.node(seen[1].graph.roots["result"]) != ["list", []]


def test_arguments_come_back_as_a_graph_or_stay_text(opened: Callable[..., TargetRunner]) -> None:
    runner = opened(TEXT, "add")
    plain, wrong, driver, lazy = asyncio.run(
        runner.resolve(
            Version(TEXT),
            [case("add([1], extra=2)"), case("add(nothing)"), case("len(add([]))"), case("add((x for x in []))")],
        )
    )
    assert plain.call is not None and plain.direct
    assert "NameError" in wrong.error
    assert driver.call is None and not driver.direct
    assert lazy.direct and not lazy.error


def test_calls_are_made_up_and_grown(opened: Callable[..., TargetRunner]) -> None:
    runner = opened(TEXT, "add")
    version = Version(TEXT)
    [seed] = asyncio.run(runner.resolve(version, [case("add([1, 2, 3])")]))
    assert seed.call is not None
    made = asyncio.run(runner.generate(version, [seed.call], {}, [TEXT], 50, 0))
    again = asyncio.run(runner.generate(version, [seed.call], {}, [TEXT], 50, 0))
    assert len(made) > 30 and made == again, "the same seed makes the same calls"
    grown = dict(asyncio.run(runner.scaled(version, seed.call, [16, 64], "same", 0, dimensions=9)))
    assert [size for size, _ in grown["0"]] == [16, 64]


def test_a_call_grows_only_until_it_is_heavy(opened: Callable[..., TargetRunner]) -> None:
    runner = opened("def rows(table):\n    return len(table)\n", "rows")
    version = Version("def rows(table):\n    return len(table)\n")
    [seed] = asyncio.run(runner.resolve(version, [case("rows([[1], [2], [3]])")]))
    assert seed.call is not None
    grown = dict(asyncio.run(runner.scaled(version, seed.call, [64, 16_384, 32_768], "same", 0, dimensions=1)))
    assert [size for size, _ in grown["0"]] == [64, 16_384]


PICKING = """
from typing import Callable

def pick(rows: list[int], test: Callable[[int], bool]) -> list[int]:
    return [row for row in rows if test(row)]
"""


def test_functions_that_a_call_is_given_travel_and_are_verified(opened: Callable[..., TargetRunner]) -> None:
    runner = opened(PICKING, "pick")
    expressions = [
        "pick([1, 2], lambda row: row > 1)",
        "pick([0, 1], [True, False].__getitem__)",
        "pick([], str.upper)",
    ]
    resolved = asyncio.run(runner.resolve(Version(PICKING), [case(text) for text in expressions]))
    cases = [Case(Origin.USER, found.call) for found in resolved if found.call is not None]
    assert len(cases) == 3
    one, other = (asyncio.run(runner.observe(Version(PICKING), cases, LIMITS)) for _ in range(2))
    assert one[0].graph is not None and one[0].graph.node(one[0].graph.roots["result"]) == ["list", [2]]
    for first, second in zip(one, other, strict=True):
        assert first.graph is not None and second.graph is not None
        assert agree(first.graph, second.graph) == ()


def test_calls_of_made_up_functions_are_compared(opened: Callable[..., TargetRunner]) -> None:
    runner = opened(PICKING, "pick")
    backwards = PICKING.replace("in rows", "in rows[::-1]").replace("if test(row)]", "if test(row)][::-1]")
    calls = asyncio.run(runner.generate(Version(PICKING), [], {}, [PICKING], 60, 0))
    cases = [Case(Origin.GENERATED, call) for call in calls]
    one, other = (asyncio.run(runner.observe(Version(text), cases, LIMITS)) for text in (PICKING, backwards))
    found = [
        difference.channel
        for first, second in zip(one, other, strict=True)
        if first.graph is not None and second.graph is not None
        for difference in agree(first.graph, second.graph)
    ]
    assert "callbacks" in found


def test_the_clock_sees_work_and_not_waiting(opened: Callable[..., TargetRunner]) -> None:
    text = "import time\ndef subject(n):\n    if n < 0:\n        time.sleep(0.05)\n    return sum(range(abs(n)))\n"
    runner = opened(text, "subject")
    small, large, waiting = asyncio.run(
        runner.once(Version(text), [case("subject(1000)"), case("subject(1000000)"), case("subject(-1000)")])
    )
    assert large > 20 * small
    assert waiting < large


def test_a_launch_gives_pairs_for_each_case(opened: Callable[..., TargetRunner]) -> None:
    runner = opened(TEXT, "add")
    versions = (Version(TEXT), Version(TEXT.replace("LOG.append(len(items))", "pass")))
    timed = [
        TimedCase(case("add([1])"), Repeats(50), Repeats(20, 3)),
        TimedCase(case("add([1] * 100)"), Repeats(9), Repeats(9)),
    ]
    samples = asyncio.run(runner.launch(versions, timed, 4, seed=1))
    assert [(len(a), len(b)) for a, b in samples] == [(4, 4), (4, 4)]
    assert all(nanoseconds > 0 for pair in samples for side in pair for nanoseconds in side)


def test_a_version_that_cannot_run_cannot_be_timed(opened: Callable[..., TargetRunner]) -> None:
    text = "def subject(n):\n    import os\n    os._exit(3)\n"
    runner = opened(text, "subject")
    [never] = asyncio.run(runner.once(Version(text), [case("subject(1)")]))
    assert math.isnan(never)


COSTLY = """
def subject(n):
    kept = [None] * n
    for item in kept:
        pass
    return len(kept)
"""


def test_lines_are_timed(opened: Callable[..., TargetRunner]) -> None:
    runner = opened(COSTLY, "subject")
    cases = [case("subject(3)"), case("subject(absent)"), case("subject(2000)")]
    few, wrong, many = asyncio.run(runner.lines(Version(COSTLY), cases, budget_s=0.3))
    assert "absent" in wrong.problem and not wrong.lines
    assert few.lines[5].hits == 3 and many.lines[5].hits == 2000
    assert set(few.lines) == {3, 4, 5, 6} and few.tool.startswith("sys.") and not few.fallback
    assert many.shares[4] + many.shares[5] > many.shares[6]


def test_watching_lines_ends_with_the_budget(opened: Callable[..., TargetRunner]) -> None:
    runner = opened(COSTLY, "subject")
    [found] = asyncio.run(runner.lines(Version(COSTLY), [case("subject(3_000_000)")], budget_s=0.05))
    assert found.cut and found.calls == 1
    assert 6 not in found.lines, "it went on, unwatched"


def test_memory_is_what_the_call_allocates(opened: Callable[..., TargetRunner]) -> None:
    runner = opened(COSTLY, "subject")
    cases = [case("subject(100_000)"), case("subject(absent)"), case("subject(0)")]
    large, wrong, small = asyncio.run(runner.memory(Version(COSTLY), cases, budget_s=5.0, lines=True))
    assert "absent" in wrong.problem
    assert len(large.peaks) == 3 and all(800_000 <= peak < 810_000 for peak in large.peaks)
    assert large.tool == "tracemalloc" and large.integral is not None and large.integral > 0
    assert large.lines[3].size >= 800_000 and max(large.lines, key=lambda line: large.lines[line].size) == 3
    assert small.peak < 10_000


def test_what_ends_its_process_cannot_be_profiled(opened: Callable[..., TargetRunner]) -> None:
    text = "def subject(n):\n    import os\n    os._exit(3)\n"
    runner = opened(text, "subject")
    for asked in (runner.lines, runner.memory):
        with pytest.raises(RunFailed, match="subject could not be run"):
            asyncio.run(asked(Version(text), [case("subject(1)")], budget_s=0.1))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("import nothing_of_this_name\ndef f(): pass\n", "nothing_of_this_name"),
        ("1 / 0\ndef f(): pass\n", "ZeroDivisionError"),
        ("import subprocess\nsubprocess.run(['true'])\ndef f(): pass\n", "Error"),
    ],
)
def test_an_import_that_fails_is_a_sentence(opened: Callable[..., TargetRunner], text: str, word: str) -> None:
    with pytest.raises(EnvironmentProblem, match=word) as problem:
        asyncio.run(opened(text, "f").resolve(Version(text), [case("f()")]))
    assert problem.value.hint and "\n" not in str(problem.value)


def test_cancelling_ends_every_process(opened: Callable[..., TargetRunner]) -> None:
    text = "def subject(n):\n    while True:\n        pass\n"
    runner = opened(text, "subject")

    async def cancelled() -> float:
        task = asyncio.create_task(runner.observe(Version(text), [case("subject(1)")], Limits(60.0, 60.0)))
        await asyncio.sleep(1.0)
        started = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return time.monotonic() - started

    assert asyncio.run(cancelled()) < 5.0
    assert not _workers(os.getpid())


def _workers(pid: int) -> list[str]:
    """Command lines of living descendants that are workers."""
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with (
                    open(f"/proc/{entry}/stat", encoding="utf-8") as stat,
                    open(f"/proc/{entry}/cmdline", encoding="utf-8") as line,
                ):
                    fields, command = stat.read().rsplit(")", 1)[1].split(), line.read()
            except OSError:
                continue
            if fields[1] == str(pid) and fields[0] != "Z" and "afterburner_worker" in command:
                found.append(command)
    return found
