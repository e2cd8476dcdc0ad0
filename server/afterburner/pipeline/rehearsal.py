"""Runs a written test module in the sandbox, on the original, and leaves out the rows that do not hold there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from afterburner.core.behaviour import Behaviour, Row, Spoken
from afterburner.core.graph import Graph
from afterburner.core.inputs import CallText, Case, Origin
from afterburner.core.observation import Observed, Version
from afterburner.core.ports import Runner
from afterburner.core.render import brief
from afterburner.pipeline.events import Progress, Report
from afterburner.pipeline.gather import OTHER_HASH_SEED
from afterburner.pipeline.given import GIVEN

Module = tuple[str, Sequence[tuple[str, Sequence[Row | Spoken]]]]
"""A test module's text, and its tests with their rows."""
_ROUNDS = 4
_UNSTEADY = "another answer when all calls were made one after the other"
_STAND_IN = '''\
import contextlib as _contextlib
import io as _io


class pytest:
    """What the tests need of pytest, which the interpreter may not have."""

    class mark:
        @staticmethod
        def parametrize(names, rows):
            names = [names] if isinstance(names, str) else names

            def keep(test):
                test.rows = [dict(zip(names, row)) for row in rows]
                return test

            return keep

    class raises:
        def __init__(self, kind):
            self.kind = kind

        def __enter__(self):
            return self

        def __exit__(self, kind, value, trace):
            self.value = value
            assert value is not None, "nothing was raised"
            return isinstance(value, self.kind)

    class approx:
        def __init__(self, expected, rel, abs, nan_ok):
            self.expected, self.distance = expected, abs

        def __eq__(self, found):
            pairs = [(found, self.expected)]
            if isinstance(found, dict):
                assert list(found) == list(self.expected)
                pairs = zip(found.values(), self.expected.values())
            elif isinstance(found, (list, tuple)):
                assert len(found) == len(self.expected)
                pairs = zip(found, self.expected)
            return all(a == b or abs(a - b) <= self.distance or (a != a and b != b) for a, b in pairs)

    @staticmethod
    def param(*values, id):
        return values


class _Capsys:
    def __init__(self, stream):
        self.stream = stream

    def readouterr(self):
        return type("Captured", (), {"out": self.stream.getvalue()})


def _rehearsed(tests):
    outcomes = []
    for test in tests:
        for row in getattr(test, "rows", [{}]):
            stream = _io.StringIO()
            if "capsys" in test.__code__.co_varnames[: test.__code__.co_argcount]:
                row = dict(row, capsys=_Capsys(stream))
            try:
                with _contextlib.redirect_stdout(stream):
                    test(**row)
                outcomes.append(True)
            except Exception:
                outcomes.append(False)
    return outcomes


'''


async def rehearsed(
    behaviour: Behaviour, runner: Runner, write: Callable[[Behaviour], Module], report: Report
) -> Behaviour:
    """The behaviour without the rows that fail when the module is run, in one process, under two hash seeds."""
    for _ in range(_ROUNDS):
        if behaviour.problem:
            return behaviour
        text, tests = write(behaviour)
        if not tests:
            return replace(behaviour, rows=(), problem="Every call of it takes lines that are too long to be read.")
        report(Progress("verify", f"running the test on {sum(len(rows) for _, rows in tests)} calls"))
        held = await _held(behaviour, runner, text, [name for name, _ in tests])
        in_order = [row for _, rows in tests for row in rows]
        if isinstance(held, str) or len(held) != len(in_order):
            reason = held if isinstance(held, str) else "it gave no answer"
            return replace(
                behaviour, rows=(), problem=f"The test that was written does not run in the sandbox: {reason}."
            )
        failing = {id(row) for row, holds in zip(in_order, held, strict=True) if not holds}
        if not failing:
            return behaviour
        rows = tuple(row for row in behaviour.rows if id(row) not in failing)
        left_out = {**behaviour.left_out, _UNSTEADY: behaviour.left_out.get(_UNSTEADY, 0) + len(failing)}
        problem = "" if rows else f"No call of it can be kept: each gave {_UNSTEADY}."
        behaviour = replace(behaviour, rows=rows, left_out=left_out, problem=problem)
    return replace(
        behaviour, rows=(), problem="Its calls depend on which ones were made before: no test can keep them."
    )


async def _held(behaviour: Behaviour, runner: Runner, text: str, names: Sequence[str]) -> list[bool] | str:
    """For each row whether its test passes both times; why not where the module does not run at all."""
    setup = _STAND_IN + text.replace("import pytest\n", "", 1)
    case = Case(Origin.USER, CallText(f"_rehearsed([{', '.join(names)}])", setup))
    held: list[bool] = []
    for seed in (0, OTHER_HASH_SEED):
        version = Version(behaviour.target.source.text)
        [seen] = await runner.observe(version, [case], GIVEN, hash_seed=seed, alone=True)
        outcomes = _outcomes(seen.graph)
        if outcomes is None:
            return _why(seen)
        held = [a and b for a, b in zip(held, outcomes, strict=False)] if held else outcomes
    return held


def _why(seen: Observed) -> str:
    if seen.failure:
        return seen.failure.detail
    graph = seen.graph
    return brief(graph, graph.roots["exception"]) if graph and "exception" in graph.roots else "it gave no answer"


def _outcomes(graph: Graph | None) -> list[bool] | None:
    """The answer of the stand-in, which anything may have tampered with."""
    node = graph.node(graph.roots.get("result")) if graph is not None else None
    if node is None or node[0] != "list" or not all(isinstance(value, bool) for value in node[1]):
        return None
    return list(node[1])
