"""Numbers claim no more than was measured."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterburner.core.comparison import Growth, GrowthPoint, Interval
from afterburner.report import quantities


@pytest.mark.parametrize(
    ("ratio", "text"),
    [
        (Interval(12.44, 11.88, 13.01), "12.4× faster (at least 11.8×)"),
        (Interval(1.306, 1.299, 1.31), "1.31× faster (at least 1.29×)"),
        (Interval(340.6, 339.9, 341.0), "341× faster (at least 339×)"),
        (Interval(2.0, 1.1, 3.0), "2.00× faster (at least 1.10×)"),
    ],
)
def test_a_claim_is_worded_by_its_lower_bound(ratio: Interval, text: str) -> None:
    assert quantities.faster(ratio) == text


@given(st.floats(0.001, 1e6))
def test_bounds_are_rounded_away_from_the_point(ratio: float) -> None:
    lower, upper = quantities.interval(Interval(ratio, ratio, ratio)).split("–")
    assert float(lower) <= ratio * (1 + 1e-9) and float(upper) >= ratio * (1 - 1e-9)


@pytest.mark.parametrize(
    ("microseconds", "text"),
    [(0.0123, "12.3 ns"), (0.85, "850 ns"), (12.34, "12.3 µs"), (999.7, "1.00 ms"), (1234.0, "1.23 ms"),
     (2.1e6, "2.10 s"), (math.nan, "?"), (math.inf, "?")],
)  # fmt: skip
def test_times_have_three_digits_and_a_unit(microseconds: float, text: str) -> None:
    assert quantities.duration(microseconds) == text


def test_growth_names_its_largest_size() -> None:
    points = (GrowthPoint(10, 1.0, 1.0), GrowthPoint(20_000, 340.0, 1.0))
    assert quantities.growth(Growth("old", points, 2.04, 0.98)) == "n^2.0 → n^1.0, 340× at n = 20 000"
    assert quantities.growth(Growth("old", points, None, 0.98)) == "340× at n = 20 000 (too few sizes for an exponent)"
