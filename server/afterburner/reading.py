"""The reading process: it parses texts and asks the rules about them beside the server, and runs nothing of them.

The server writes one JSON object a line to its stdin, `{"id", "uri", "name", "text"}`, and reads one a line from its
stdout: first `{"id", "problem", "outline"}`, later `{"id", "patterns"}`. A text that was replaced by a newer one of the
same URI is not answered any more: the newer answer is for both. The process ends with its stdin.
"""

from __future__ import annotations

import ast
import contextlib
import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from queue import Empty, SimpleQueue
from typing import Any

from afterburner.core.errors import AfterburnerError
from afterburner.core.ignoring import ignored
from afterburner.core.outline import Outline, Outlined, outlined
from afterburner.core.pieces import Cut, cut
from afterburner.core.rewrite import Safety
from afterburner.core.slow_pattern import SlowPattern
from afterburner.core.source import Source

log = logging.getLogger(__name__)

COMMAND = (sys.executable, "-P", "-m", "afterburner.reading")
"""Starts the process; what lies in the current folder is not imported."""
_NICE = 5
"""A job that measures goes first."""
Row = Sequence[Any]
Step = Iterator[Sequence[SlowPattern]]
Patterns = Callable[[Source, Cut], Step]


def outline_of(rows: Sequence[Row]) -> Outline:
    """The outline in an answer."""
    return Outline(tuple(Outlined(*row) for row in rows))


def patterns_of(rows: Sequence[Row]) -> tuple[SlowPattern, ...]:
    """The slow patterns in an answer."""
    return tuple(SlowPattern(*[*row[:-1], Safety(row[-1])]) for row in rows)


class Reader:
    """The texts that are being read: outlines first, then the patterns of one function after the other."""

    def __init__(self, patterns: Patterns, answer: Callable[[Mapping[str, Any]], None]) -> None:
        self._patterns = patterns
        self._answer = answer
        self._open: dict[str, tuple[int, list[SlowPattern], Step]] = {}

    @property
    def is_idle(self) -> bool:
        return not self._open

    def take(self, request: Mapping[str, Any]) -> None:
        """Answer with the outline; what an older text of that URI still lacked is given up."""
        source, number = Source(request["name"], request["text"]), request["id"]
        self._open.pop(request["uri"], None)
        try:
            pieces = cut(source)
            found = outlined(source, pieces)
        except (AfterburnerError, RecursionError) as error:
            problem = str(error) or f"{source.path} is nested too deeply to be read."
            self._answer({"id": number, "problem": problem, "outline": []})
            return
        self._answer({"id": number, "problem": "", "outline": [_row(item) for item in found.functions]})
        self._open[request["uri"]] = number, [], _heard(source, found, self._patterns(source, pieces))

    def advance(self) -> None:
        """Go on by one function; answer when it was the last of its text."""
        uri, (number, found, steps) = next(iter(self._open.items()))
        try:
            found += next(steps)
        except (StopIteration, AfterburnerError, RecursionError) as ended:
            if not isinstance(ended, StopIteration):
                log.warning("The slow patterns of %s are not all there: %s", uri, ended)
            del self._open[uri]
            rows = [[*_row(item)[:-1], item.safety.value] for item in found]
            self._answer({"id": number, "patterns": rows})


def main() -> None:
    """Serve requests from stdin until it is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal sends it to the server as well, which ends this
    channel = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints must not be taken for an answer
    os.nice(_NICE)
    logging.basicConfig(stream=sys.stderr, level="WARNING", format="%(levelname)s %(name)s: %(message)s")
    requests: SimpleQueue[Mapping[str, Any]] = SimpleQueue()
    threading.Thread(target=_receive, args=(requests,), daemon=True).start()

    def answer(message: Mapping[str, Any]) -> None:
        channel.write(json.dumps(message).encode() + b"\n")
        channel.flush()

    reader = Reader(_rules(), answer)
    while True:
        for request in _newest(requests, wait=reader.is_idle):
            reader.take(request)
        if not reader.is_idle:
            reader.advance()


def _receive(requests: SimpleQueue[Mapping[str, Any]]) -> None:
    for line in sys.stdin.buffer:
        requests.put(json.loads(line))
    os._exit(0)  # the server is gone, whatever is being read


def _newest(requests: SimpleQueue[Mapping[str, Any]], *, wait: bool) -> Sequence[Mapping[str, Any]]:
    """What has arrived, of each URI only the latest text."""
    found: dict[str, Mapping[str, Any]] = {}
    try:
        while True:
            request = requests.get(block=wait and not found)
            found[request["uri"]] = request
    except Empty:
        return tuple(found.values())


def _rules() -> Patterns:
    """The rules' answers; they are imported when the first outline was answered."""
    known: list[Any] = []

    def patterns(source: Source, pieces: Cut) -> Step:
        from afterburner.rules.patterns import Known
        from afterburner.rules.patterns import patterns as found

        if not known:
            known.append(Known())
            _keep_pages()
        yield from found(source, pieces, known[0])

    return patterns


def _keep_pages() -> None:
    """Write a page for each rule into the user's cache, for hints to link to; without them hints are no links."""
    from afterburner.rules import discover
    from afterburner.settings import places

    folder = places.rule_pages()
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        for rule in discover().values():
            page = folder / f"{rule.id}.md"
            text = f"# {rule.id}\n\n{rule.doc.strip()}\n"
            if not page.is_file() or page.read_text(encoding="utf-8") != text:
                page.write_text(text, encoding="utf-8")


def _heard(source: Source, outline: Outline, steps: Step) -> Step:
    """The patterns that no comment ignores."""
    comments = ignored(source.text, _first_line(source.tree))
    heads = {item.qualname: item.name_line for item in outline.functions}
    for step in steps:
        yield [item for item in step if not _is_ignored(item, heads, comments.covers)]


def _first_line(tree: ast.Module) -> int:
    """Where the code begins, below the docstring; behind everything where there is none."""
    body = tree.body[1:] if ast.get_docstring(tree, clean=False) is not None else tree.body
    return body[0].lineno if body else sys.maxsize


def _is_ignored(item: SlowPattern, heads: Mapping[str, int], covers: Callable[..., bool]) -> bool:
    return covers(item.rule, heads.get(item.qualname, 0), *range(item.line, item.end_line + 1))


def _row(item: Any) -> list[Any]:
    return [getattr(item, name) for name in item.__slots__]


if __name__ == "__main__":
    main()
