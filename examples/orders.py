"""Customers and their orders."""

from __future__ import annotations


def repeat_customers(old: list[str], new: list[str]) -> list[str]:
    """The customers of `new` who had ordered before, in the order of `new`.

    >>> repeat_customers([f"c{i}" for i in range(60)], [f"c{i}" for i in range(58, 120)])
    ['c58', 'c59']
    """
    found = []
    for customer in new:
        if customer in old:
            found.append(customer)
    return found


def orders_with_names(orders: list[tuple[int, float]], customers: list[tuple[int, str]]) -> list[tuple[str, float]]:
    """Each order's amount beside its customer's name; orders of unknown customers are left out.

    >>> orders_with_names([(i, 9.5) for i in range(38, 80)], [(i, f"c{i}") for i in range(40)])
    [('c38', 9.5), ('c39', 9.5)]
    """
    named = []
    for customer_id, amount in orders:
        for known_id, name in customers:
            if customer_id == known_id:
                named.append((name, amount))
    return named


if __name__ == "__main__":
    repeat_customers([f"c{i}" for i in range(3000)], [f"c{i}" for i in range(1500, 4500)])
    repeat_customers([f"c{i}" for i in range(1000)], [f"c{i}" for i in range(2000)])
    orders_with_names([(i % 800, i / 4) for i in range(1500)], [(i, f"c{i}") for i in range(1000)])
