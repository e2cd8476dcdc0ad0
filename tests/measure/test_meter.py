"""What the meter makes of timing and growth together, on made-up curves."""

from __future__ import annotations

import pytest

from afterburner.core.comparison import Answer, Comparison, Growth, GrowthPoint, Interval
from afterburner.measure.meter import _held_back


def comparison(*last: tuple[float, float]) -> Comparison:
    curves = tuple(
        Growth(f"p{index}", (GrowthPoint(64, 1.0, 1.0), GrowthPoint(4096, original, rewrite)), None, None)
        for index, (original, rewrite) in enumerate(last)
    )
    return Comparison(Answer.FASTER, "It is faster.", Interval(30.0, 25.0, 35.0), growth=curves)


@pytest.mark.parametrize("curves", [[(100.0, 10.0)], [(100.0, 100.0), (9.0, 3.0)], [(1.0, 2.0)]])
def test_gains_and_tiny_losses_stay(curves: list[tuple[float, float]]) -> None:
    assert _held_back(comparison(*curves)).answer is Answer.FASTER


def test_a_loss_at_the_largest_size_holds_the_offer_back_and_is_named() -> None:
    held = _held_back(comparison((100.0, 10.0), (1.0, 80.0)))
    assert held.answer is Answer.NOT_SHOWN
    assert "as p1 grows: 0.013× at n = 4096" in held.reason
