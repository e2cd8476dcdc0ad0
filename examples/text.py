"""Words and how often they are used."""

from __future__ import annotations


def word_counts(words: list[str]) -> dict[str, int]:
    """How often each word is used.

    >>> word_counts(["to", "be", "or", "not", "to", "be"])
    {'to': 2, 'be': 2, 'or': 1, 'not': 1}
    """
    counts = {}
    for word in words:
        counts[word] = words.count(word)
    return counts


def first_words(texts: list[str], count: int) -> list[str]:
    """The `count` texts that come first in the alphabet.

    >>> first_words(["pear", "apple", "fig", "date"], 2)
    ['apple', 'date']
    """
    chosen = []
    rest = list(texts)
    while rest and len(chosen) < count:
        least = min(rest)
        rest.remove(least)
        chosen.append(least)
    return chosen


if __name__ == "__main__":
    word_counts([f"word{i * i % 700}" for i in range(2500)])
    first_words([f"text {i * 7919 % 2000}" for i in range(2000)], 500)
