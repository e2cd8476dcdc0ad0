"""Bounds and exponents on made-up samples."""

from __future__ import annotations

import math
import random

import pytest

from afterburner.core.statistics import LOOKS, bounds, exponent, t_distribution, t_quantile


@pytest.mark.parametrize(
    ("probability", "freedom", "expected"),
    [(0.975, 1, 12.7062), (0.975, 2, 4.3027), (0.9995, 3, 12.9240), (0.999, 7, 4.7853), (0.975, 19, 2.0930)],
)
def test_quantiles_agree_with_printed_tables(probability: float, freedom: int, expected: float) -> None:
    assert t_quantile(probability, freedom) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("freedom", [1, 2, 3, 8, 19])
def test_the_distribution_is_one_half_at_zero_and_grows(freedom: int) -> None:
    values = [t_distribution(t / 4, freedom) for t in range(40)]
    assert values[0] == pytest.approx(0.5)
    assert values == sorted(values)
    assert values[-1] < 1.0


def test_looks_spend_half_a_percent_in_all() -> None:
    assert sum(error for _, error in LOOKS) == pytest.approx(0.005)


def test_bounds_miss_the_truth_as_often_as_they_say() -> None:
    source = random.Random(1)
    missed = sum(bounds([source.gauss(0.1, 0.02) for _ in range(8)], 0.05).lower > 0.1 for _ in range(2000))
    assert 60 <= missed <= 140


def test_bounds_of_a_certain_ratio_are_the_ratio() -> None:
    certain = bounds([math.log(2.0)] * 4, 0.0005).interval()
    assert (certain.lower, certain.point, certain.upper) == pytest.approx((2.0, 2.0, 2.0))


@pytest.mark.parametrize("power", [0.0, 1.0, 2.0, 3.0])
def test_exponents_are_found_in_spite_of_a_fixed_cost(power: float) -> None:
    points = [(n, 5.0 + n**power) for n in (64, 128, 256, 512, 1024, 2048)]
    assert exponent(points) == pytest.approx(power, abs=0.08)


def test_too_few_points_have_no_exponent() -> None:
    assert exponent([(1, 1.0), (2, 2.0)]) is None
