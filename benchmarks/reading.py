"""What reading costs and says: a made-up file of 10,000 lines and 600 functions, then every module of a folder.

    python benchmarks/reading.py [FOLDER]

FOLDER is the standard library of this Python unless given; tests and installed packages in it are left out.
"""

from __future__ import annotations

import asyncio
import collections
import sys
import sysconfig
import time
from pathlib import Path

from afterburner.core.errors import AfterburnerError
from afterburner.core.pieces import cut
from afterburner.core.source import Source
from afterburner.lsp.analysis import Analyst
from afterburner.rules.patterns import Known, patterns

FUNCTIONS, LINES = 600, 10_000
LEFT_OUT = {"test", "tests", "idle_test", "site-packages", "encodings", "idlelib"}
FUNCTION = """\
def work_{n}(items, wanted: list):
    found = []
    text = ""
    for item in items:
        if item in wanted:
            found.append(item * LIMIT)
        text = str(item) + text
    if len(found) > {n}:
        return work_{before}(items[1:], wanted)
    total = 0
{rest}
    return total, text


"""


def main() -> None:
    asyncio.run(large_file())
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else sysconfig.get_path("stdlib"))
    library(sorted(path for path in folder.rglob("*.py") if not LEFT_OUT & set(path.relative_to(folder).parts)))


def module() -> str:
    """The made-up file: every function calls the one before and has two slow patterns."""
    rest = "\n".join(["    total = (total * 3 + LIMIT) % 1_000_003"] * (LINES // FUNCTIONS - 12))
    parts = [FUNCTION.format(n=n, before=max(n - 1, 0), rest=rest) for n in range(FUNCTIONS)]
    return "LIMIT = 10\n\n\n" + "".join(parts)


async def large_file() -> None:
    """Through the reading process: when it is opened, and after an edit in one function."""
    analyst, text = Analyst(), module()
    print(f"{len(text.splitlines())} lines, {FUNCTIONS} functions; seconds, one run each")
    edited = text.replace("    total = 0\n", "    total = 1\n", 1)
    for version, (what, now) in enumerate({"opened": text, "first function edited": edited}.items()):
        start = time.perf_counter()
        await analyst.read("file:///m.py", version, now)
        outlined = time.perf_counter() - start
        whole = await analyst.whole("file:///m.py", version, now)
        took = time.perf_counter() - start
        print(f"{what:24} outline {outlined:6.3f}   slow patterns {took:6.3f}   found {len(whole.patterns)}")
    if analyst.process_id is not None:
        status = Path(f"/proc/{analyst.process_id}/status").read_text(encoding="utf-8")
        print("memory of the process:", status.partition("VmRSS:")[2].split("\n")[0].strip())
    await analyst.close()


def library(paths: list[Path]) -> None:
    """How much is said of code that nobody wrote for this."""
    lines, counts, known = 0, collections.Counter[str](), Known()
    for path in paths:
        try:
            source = Source(str(path), path.read_text(encoding="utf-8"))
            counts.update(item.rule for step in patterns(source, cut(source), known) for item in step)
        except (AfterburnerError, UnicodeDecodeError, RecursionError) as problem:
            print(f"left out: {path}: {problem}")
            continue
        lines += source.text.count("\n")
    print(
        f"{len(paths)} files, {lines} lines: {1000 * counts.total() / max(lines, 1):.2f} slow patterns in 1,000 lines"
    )
    for rule, count in counts.most_common():
        print(f"{count:5}  {rule}")


if __name__ == "__main__":
    main()
