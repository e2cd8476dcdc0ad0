"""Words and how often they are used."""

from __future__ import annotations


def word_counts(words: list[str]) -> dict[str, int]:
    """How often each word is used.

    >>> word_counts(["to", "be", "or", "not", "to", "be"] * 20)
    {'to': 40, 'be': 40, 'or': 20, 'not': 20}
    """
    counts = {}
    for word in words:
        counts[word] = words.count(word)
    return counts


def first_words(texts: list[str], count: int) -> list[str]:
    """The `count` texts that come first in the alphabet.

    >>> first_words([f"t{i}" for i in range(99, 9, -1)], 3)
    ['t10', 't11', 't12']
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
