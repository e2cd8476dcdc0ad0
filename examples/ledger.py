"""A shop's ledger; amounts are in cents."""

from __future__ import annotations


def balances(amounts: list[int]) -> list[int]:
    """The balance after each booking.

    >>> balances([5] * 12)
    [5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60]
    """
    return [sum(amounts[: i + 1]) for i in range(len(amounts))]


def median(amounts: list[int]) -> int:
    """The middle amount, of two the lower one. There is nothing here to speed up.

    >>> median([5, 1, 4, 2])
    2
    """
    ordered = sorted(amounts)
    return ordered[(len(ordered) - 1) // 2]


if __name__ == "__main__":
    balances([i % 1000 - 400 for i in range(3000)])
    median([i * 7919 % 10007 for i in range(5000)])
