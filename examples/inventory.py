"""A warehouse's stock."""

from __future__ import annotations


class Inventory:
    """Articles on the shelves, by their codes, in the order in which they were counted."""

    def __init__(self, codes: list[str]) -> None:
        self.codes = codes

    def duplicates(self) -> list[str]:
        """The codes that were counted more than once, each once.

        >>> Inventory([f"a{i % 50}" for i in range(52)]).duplicates()
        ['a0', 'a1']
        """
        found = []
        for code in self.codes:
            if self.codes.count(code) > 1 and code not in found:
                found.append(code)
        return found

    def missing(self, expected: list[str]) -> list[str]:
        """The expected codes that nobody counted.

        >>> Inventory([f"a{i}" for i in range(50)]).missing([f"a{i}" for i in range(52)])
        ['a50', 'a51']
        """
        return [code for code in expected if code not in self.codes]


if __name__ == "__main__":
    Inventory([f"a{i % 900}" for i in range(1500)]).duplicates()
    Inventory([f"a{i}" for i in range(2000)]).missing([f"a{2 * i}" for i in range(2000)])
