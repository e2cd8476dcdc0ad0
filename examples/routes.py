"""Routes between stations."""

from __future__ import annotations


def fewest_stops(lines: dict[int, list[int]], start: int, goal: int) -> int:
    """The least number of stops from `start` to `goal`; -1 when there is no way.

    >>> fewest_stops({i: [2 * i, 2 * i + 1] for i in range(1, 50)}, 1, 99)
    6
    """
    queue = [(start, 0)]
    visited = [start]
    while queue:
        station, stops = queue.pop(0)
        if station == goal:
            return stops
        for neighbour in lines.get(station, []):
            if neighbour not in visited:
                visited.append(neighbour)
                queue.append((neighbour, stops + 1))
    return -1


if __name__ == "__main__":
    fewest_stops({i: [2 * i, 2 * i + 1] for i in range(1, 600)}, 1, 1199)
    fewest_stops({i: [i + 1, i + 2] for i in range(500)}, 0, 500)
