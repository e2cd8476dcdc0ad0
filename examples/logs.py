"""Reading a service's log."""

from __future__ import annotations


def distinct_messages(lines: list[str]) -> list[str]:
    """The messages of the log without their level, each once, in the order in which they first came.

    >>> distinct_messages(["INFO started", "WARN slow disk", "INFO stopped"] * 20)
    ['started', 'slow disk', 'stopped']
    """
    seen = []
    for line in lines:
        level, _, message = line.partition(" ")
        if message not in seen:
            seen.append(message)
    return seen


def as_table(lines: list[str]) -> str:
    """The log as a table of two columns, level and message.

    >>> print(as_table(["INFO started", "WARN slow disk"]), end="")
    INFO | started
    WARN | slow disk
    """
    table = ""
    for line in lines:
        level, _, message = line.partition(" ")
        table = table + level + " | " + message + "\n"
    return table


if __name__ == "__main__":
    distinct_messages([f"INFO request {i % 1200} took {i % 7} ms" for i in range(4000)])
    as_table([f"WARN disk {i} is slow" for i in range(3000)])
