"""A faster `repeat_customers`, written by hand: try `afterburner compare` on it."""


def repeat_customers(old: list[str], new: list[str]) -> list[str]:
    known = set(old)
    return [customer for customer in new if customer in known]
