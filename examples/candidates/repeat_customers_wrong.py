"""A `repeat_customers` that is fast and wrong: it forgets the order, and who came twice."""


def repeat_customers(old: list[str], new: list[str]) -> list[str]:
    return list(set(old) & set(new))
