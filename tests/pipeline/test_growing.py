"""Growing: three shapes of each dimension, no further than the original stayed quick, all of it compared too."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from afterburner.core.graph import Graph
from afterburner.core.inputs import CallGraph, Case, Origin
from afterburner.core.observation import Failure, Observed, Version
from afterburner.pipeline import growing
from afterburner.pipeline.reference import Known

VERSION = Version("")


class FakeRunner:
    """Grows a list; answers up to one size."""

    def __init__(self, largest: int) -> None:
        self.largest = largest
        self.asked: dict[str, list[int]] = {}

    async def scaled(
        self, version: Version, call: CallGraph, sizes: Sequence[int], shape: str, seed: int, *, dimensions: int
    ) -> list[tuple[str, list[tuple[int, CallGraph]]]]:
        self.asked[shape] = list(sizes)
        return [
            (name, [(size, CallGraph({"size": size, "shape": shape})) for size in sizes])
            for name in ("0", "1.items", "self.log")
        ]

    async def observe(self, version: Version, cases: Sequence[Case], *rest: Any, **more: Any) -> list[Observed]:
        return [
            Observed(graph=Graph.plain({"result": case.size}))
            if case.size <= self.largest
            else Observed(failure=Failure("timeout", ""))
            for case in cases
        ]


def grow(runner: FakeRunner) -> Any:
    start = Known(Case(Origin.USER, CallGraph({})), Observed(graph=Graph.plain({"result": 1})), "T0")
    return asyncio.run(growing.grown(runner, VERSION, [start], ["rows", "box"]))  # type: ignore[arg-type]


def test_each_dimension_is_grown_in_three_shapes() -> None:
    scaled, seen = grow(FakeRunner(10_000))
    assert [(one.dimension, one.shape) for one in scaled[::3]] == [
        ("rows", ""),
        ("rows", "all distinct"),
        ("rows", "many equal"),
    ]
    assert [one.dimension for one in scaled[:3]] == ["rows", "box.items", "self.log"]
    assert len(seen) == sum(len(one.cases) for one in scaled)
    assert {case.case.label for case in seen} >= {"rows at n = 64", "rows (all distinct) at n = 128"}


def test_other_shapes_go_no_further_than_the_first() -> None:
    runner = FakeRunner(600)
    scaled, _ = grow(runner)
    assert max(runner.asked["same"]) > 600
    assert runner.asked["distinct"] == runner.asked["duplicates"] == [128, 512]
    assert {case.size for one in scaled if one.shape for case in one.cases} == {128, 512}


def test_what_would_be_the_same_call_again_is_left_out() -> None:
    class Distinct(FakeRunner):
        async def scaled(self, *given: Any, **more: Any) -> list[tuple[str, list[tuple[int, CallGraph]]]]:
            version, call, sizes, shape, seed = given
            shape_of_elements = "same" if shape == "distinct" else shape
            return await super().scaled(version, call, sizes, shape_of_elements, seed, **more)

    scaled, _ = grow(Distinct(10_000))
    assert {one.shape for one in scaled if one.cases} == {"", "many equal"}


def test_what_never_grew_is_not_drawn_otherwise() -> None:
    runner = FakeRunner(0)
    scaled, seen = grow(runner)
    assert (list(runner.asked), seen, [one.cases for one in scaled]) == (["same"], [], [(), (), ()])
