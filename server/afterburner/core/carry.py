"""Carries a rewrite over to a text that has changed elsewhere since: the smallest edits, each at its new place."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence

from afterburner.core import target as targets
from afterburner.core.errors import AfterburnerError
from afterburner.core.patch import Edit, apply, newline, shared_ends
from afterburner.core.source import Source, Span, lines_of


def carried(before: Source, after: Source, now: Source, qualname: str) -> tuple[Edit, ...] | None:
    """Edits of whole lines that do to `now` what leads from `before` to `after`.

    None where a line that they replace is no longer there, or where the result would not hold the function as `after`
    has it: then nobody has looked at what would come out.
    """
    old, current = lines_of(before.text), lines_of(now.text)
    places = _places(_bare(old), _bare(current))
    edits = []
    for start, stop, lines in _changes(old, lines_of(after.text)):
        place = _place(places, start, stop)
        if place is None:
            return None
        edits.append(_edit(current, place, place + stop - start, "".join(lines), newline(now)))
    return tuple(edits) if _function(apply(now, edits), qualname) == _function(after, qualname) != "" else None


def _changes(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, Sequence[str]]]:
    """Ranges of old lines, and what stands there in the new ones."""
    for tag, i1, i2, j1, j2 in _opcodes(_bare(old), _bare(new)):
        if tag != "equal":
            yield i1, i2, new[j1:j2]


def _places(old: Sequence[str], current: Sequence[str]) -> Mapping[int, int]:
    """Old line → the same line now, for every line that is still there."""
    equal = [codes for codes in _opcodes(old, current) if codes[0] == "equal"]
    return {line: line - i1 + j1 for _, i1, i2, j1, _ in equal for line in range(i1, i2)}


def _opcodes(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, int, int, int, int]]:
    """As difflib's, but quick where most lines at both ends are the same."""
    head, tail = shared_ends(old, new)
    yield "equal", 0, head, 0, head
    matcher = difflib.SequenceMatcher(None, old[head : len(old) - tail], new[head : len(new) - tail], autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        yield tag, head + i1, head + i2, head + j1, head + j2
    yield "equal", len(old) - tail, len(old), len(new) - tail, len(new)


def _place(places: Mapping[int, int], start: int, stop: int) -> int | None:
    """Where the old lines stand now, still one after the other; for an empty range, beside a line that stood there."""
    if start == stop:
        before = places.get(start - 1)
        return places.get(start, None if before is None else before + 1)
    now = [places.get(line) for line in range(start, stop)]
    first = now[0]
    return first if first is not None and now == list(range(first, first + stop - start)) else None


def _edit(current: Sequence[str], start: int, stop: int, text: str, end: str) -> Edit:
    """An edit of whole lines; the last line of the text keeps its end, or its lack of one."""
    begin = sum(map(len, current[:start]))
    span = Span(begin, begin + sum(map(len, current[start:stop])))
    is_open = stop == len(current) and bool(current) and not current[-1].endswith(("\n", "\r"))
    if is_open and text:
        bare = text.removesuffix("\n").removesuffix("\r")
        return Edit(span, bare if start < stop else end + bare)
    return Edit(span, text if not text or text.endswith(("\n", "\r")) else text + end)


def _function(source: Source, qualname: str) -> str:
    """The function's own text; '' where the text does not parse or has no such function."""
    try:
        return targets.find(source, "", qualname).text
    except AfterburnerError:
        return ""


def _bare(lines: Sequence[str]) -> list[str]:
    return [line.rstrip("\r\n") for line in lines]
