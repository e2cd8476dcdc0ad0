"""The reading process as the server uses it: two answers, newer texts, crashes, and its end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from afterburner.lsp.analysis import Analyst, Reading

URI = "file:///project/m.py"
TEXT = "def f(a, b: list):\n    return [x for x in a if x in b]\n"
MANY = "".join(f"def f{n}(a, b: list):\n    return [x for x in a if x in b] + [{n}]\n" for n in range(120))


def analysed(work: Callable[[Analyst], Coroutine[Any, Any, None]], command: tuple[str, ...] | None = None) -> None:
    """Run some work with an analyst of its own, whose process must be gone afterwards."""

    async def main() -> None:
        analyst = Analyst(command) if command else Analyst()
        try:
            await asyncio.wait_for(work(analyst), 60)
        finally:
            pid = analyst.process_id
            await analyst.close()
        assert pid is None or not Path(f"/proc/{pid}").exists()

    asyncio.run(main())


def names(reading: Reading) -> list[str]:
    return [item.qualname for item in reading.outline.functions]


def test_the_outline_comes_first_and_the_patterns_after() -> None:
    async def work(analyst: Analyst) -> None:
        first = await analyst.read(URI, 1, MANY)
        assert (first.version, len(first.outline.functions), first.is_whole, first.patterns) == (1, 120, False, ())
        whole = await analyst.whole(URI, 1, MANY)
        assert whole.is_whole and len(whole.patterns) == 120 and whole.outline == first.outline
        assert await analyst.read(URI, 1, MANY) is whole

    analysed(work)


def test_no_process_is_started_before_a_text_is_to_be_read() -> None:
    async def work(analyst: Analyst) -> None:
        assert analyst.process_id is None
        await analyst.read(URI, 1, TEXT)
        assert analyst.process_id is not None

    analysed(work)


def test_whoever_waits_for_an_older_text_gets_the_newer_one() -> None:
    async def work(analyst: Analyst) -> None:
        older = asyncio.ensure_future(analyst.whole(URI, 1, MANY))
        await asyncio.sleep(0)
        newer = asyncio.ensure_future(analyst.whole(URI, 2, TEXT))
        assert (await older) is (await newer)
        assert names(await older) == ["f"]

    analysed(work)


def test_a_small_text_does_not_wait_for_a_large_one() -> None:
    async def work(analyst: Analyst) -> None:
        large = asyncio.ensure_future(analyst.whole(URI, 1, MANY))
        await analyst.read(URI, 1, MANY)
        small = await analyst.read("file:///project/other.py", 1, TEXT)
        assert names(small) == ["f"] and not large.done()
        assert len((await large).patterns) == 120

    analysed(work)


def test_a_text_that_cannot_be_read_keeps_the_last_outline_and_says_why() -> None:
    async def work(analyst: Analyst) -> None:
        await analyst.whole(URI, 1, TEXT)
        broken = await analyst.whole(URI, 2, TEXT + "def g(:\n")
        assert names(broken) == ["f"] and broken.patterns == () and broken.version == 2
        assert broken.problem.startswith("m.py, line 3: this is not valid Python")
        deep = await analyst.read(URI, 3, "x = " + "-" * 100_000 + "1\n")
        assert "m.py" in deep.problem and names(deep) == ["f"]
        assert (await analyst.read(URI, 4, "\ud800 = '\u2028'")).problem
        assert (await analyst.read(URI, 5, TEXT)).problem == ""

    analysed(work)


def test_comments_ignore_patterns() -> None:
    async def work(analyst: Analyst) -> None:
        for version, text in enumerate(
            (
                TEXT.replace("in b]", "in b]  # afterburner: ignore[membership-set]"),
                TEXT.replace(":\n", ":  # afterburner: ignore\n", 1),
                "# afterburner: ignore-file[membership-set]\n" + TEXT,
                '"""Text."""\n\n# afterburner: ignore-file\n' + TEXT,
            )
        ):
            assert (await analyst.whole(URI, version, text)).patterns == ()
        other = TEXT.replace("in b]", "in b]  # afterburner: ignore[concat-join]")
        assert len((await analyst.whole(URI, 9, other)).patterns) == 1

    analysed(work)


def test_patterns_are_found_by_the_lines_that_they_touch() -> None:
    async def work(analyst: Analyst) -> None:
        whole = await analyst.whole(URI, 1, TEXT)
        assert [item.rule for item in whole.patterns_at(1, 2)] == ["membership-set"]
        assert whole.patterns_at(1, 1) == whole.patterns_at(3, 9) == ()

    analysed(work)


def test_a_process_that_is_killed_is_started_again_and_nobody_notices() -> None:
    async def work(analyst: Analyst) -> None:
        await analyst.read(URI, 1, MANY)
        pid = analyst.process_id
        assert pid is not None
        waiting = asyncio.ensure_future(analyst.whole(URI, 1, MANY))
        os.kill(pid, signal.SIGKILL)
        assert len((await waiting).patterns) == 120
        assert analyst.process_id not in (None, pid)

    analysed(work)


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        ((sys.executable, "-c", "input()"), "ended the process that reads, twice"),
        (("/nowhere/python",), "cannot be started"),
    ],
)
def test_a_process_that_does_not_come_up_is_told_and_can_be_tried_again(command: tuple[str, ...], problem: str) -> None:
    async def work(analyst: Analyst) -> None:
        reading = await analyst.read(URI, 1, TEXT)
        assert problem in reading.problem and names(reading) == [] and reading.is_whole
        assert problem in (await analyst.whole(URI, 2, TEXT)).problem

    analysed(work, command)


def test_whoever_waits_when_the_server_ends_is_told() -> None:
    async def work(analyst: Analyst) -> None:
        waiting = asyncio.ensure_future(analyst.whole(URI, 1, MANY))
        await analyst.read(URI, 1, MANY)
        await analyst.close()
        assert (await waiting).problem == "The server ends."
        assert (await analyst.read(URI, 2, TEXT)).problem == "The server ends."

    analysed(work)


def test_the_process_ends_when_the_server_is_killed_in_the_middle_of_its_work() -> None:
    program = f"""
import asyncio
from afterburner.lsp.analysis import Analyst

async def main():
    analyst = Analyst()
    await analyst.read({URI!r}, 1, {MANY * 5!r})
    print(analyst.process_id, flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""
    server = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    with server:
        pid = int(server.stdout.readline())
        server.kill()
    asyncio.run(gone(lambda: not Path(f"/proc/{pid}").exists() or is_zombie(pid)))


async def gone(is_gone: Callable[[], bool]) -> None:
    async def wait() -> None:
        while not is_gone():
            await asyncio.sleep(0.02)

    await asyncio.wait_for(wait(), 20)


def is_zombie(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    return True


def test_whoever_asked_first_may_be_cancelled_and_the_others_are_answered() -> None:
    async def work(analyst: Analyst) -> None:
        first = asyncio.ensure_future(analyst.read(URI, 1, TEXT))
        await asyncio.sleep(0)
        first.cancel()
        assert names(await analyst.read(URI, 1, TEXT)) == ["f"]

    analysed(work)


def test_a_document_that_is_closed_and_opened_with_another_text_is_read_anew() -> None:
    async def work(analyst: Analyst) -> None:
        waiting = asyncio.ensure_future(analyst.whole(URI, 1, MANY))
        await analyst.read(URI, 1, MANY)
        analyst.forget(URI)
        assert names(await analyst.read(URI, 1, TEXT)) == ["f"]
        assert names(await analyst.whole(URI, 1, TEXT)) == ["f"]
        assert (await waiting).problem == "The document was closed."

    analysed(work)


def test_a_process_that_is_just_starting_when_the_server_ends_is_not_left_behind() -> None:
    async def work(analyst: Analyst) -> None:
        waiting = asyncio.ensure_future(analyst.read(URI, 1, TEXT))
        await asyncio.sleep(0)
        await analyst.close()
        assert (await waiting).problem == "The server ends."
        await asyncio.sleep(0.1)
        assert analyst.process_id is None or not Path(f"/proc/{analyst.process_id}").exists()

    analysed(work)


def test_what_lies_in_the_current_folder_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ast.py").write_text("raise SystemExit('run')\n")
    monkeypatch.chdir(tmp_path)

    async def work(analyst: Analyst) -> None:
        assert names(await analyst.read(URI, 1, TEXT)) == ["f"]

    analysed(work)


def test_a_thousand_quick_edits_end_with_the_last_text() -> None:
    async def work(analyst: Analyst) -> None:
        texts = [TEXT + f"\n\ndef g{n}():\n    pass\n" for n in range(1000)]
        waiting: list[Awaitable[Reading]] = [
            asyncio.ensure_future(analyst.whole(URI, version, text)) for version, text in enumerate(texts)
        ]
        assert names((await asyncio.gather(*waiting))[-1]) == ["f", "g999"]

    analysed(work)
