"""The watchdog: what it kills, what it says, what it leaves alone."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from contextlib import suppress

import pytest

from afterburner.runner.sandbox.watchdog import Caps, Watchdog

WIDE = Caps(resident=8 << 30, processes=100, threads=100, scratch=1 << 30, files=1000)
FOREVER = "import threading; threading.Event().wait()"


@pytest.fixture
def guarded(tmp_path):
    """Run code in a new process under a watchdog; give its return code and the watchdog."""
    groups = []

    def run(code: str, caps: Caps) -> tuple[int, Watchdog]:
        process = subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path, start_new_session=True)
        groups.append(process.pid)
        watchdog = Watchdog(process.pid, caps, str(tmp_path))
        watchdog.start()
        try:
            return process.wait(timeout=60), watchdog
        finally:
            watchdog.stop()

    yield run
    for group in groups:
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)


@pytest.mark.parametrize(
    ("code", "caps", "verdict"),
    [
        (
            f"x = bytes(b'x') * (200 << 20); {FOREVER}",
            Caps(resident=100 << 20),
            r"killed: [12]\d\d MiB of memory > 100 MiB",
        ),
        (f"import os; [os.fork() for _ in range(3)]; {FOREVER}", Caps(processes=4), r"killed: [5-8] processes > 4"),
        (
            "import threading\nfor _ in range(20): threading.Thread(target=threading.Event().wait).start()",
            Caps(threads=10),
            r"killed: \d\d threads > 10",
        ),
        (
            f"open('large', 'wb').write(b'x' * (2 << 20)); {FOREVER}",
            Caps(scratch=1 << 20),
            r"killed: 2 MiB of files > 1 MiB",
        ),
        (
            f"[open(str(n), 'w').close() for n in range(30)]; {FOREVER}",
            Caps(files=20),
            r"killed: (2[1-9]|30) files > 20",
        ),
    ],
)
def test_what_grows_too_much_is_killed(guarded, code, caps, verdict):
    status, watchdog = guarded(code, caps)
    assert status == -signal.SIGKILL
    assert re.fullmatch(verdict, watchdog.verdict)


def test_only_the_process_that_holds_the_memory_is_killed(guarded):
    code = f"""
import os, sys
child = os.fork()
if child == 0:
    x = b"x" * (200 << 20)
    {FOREVER}
sys.exit(os.WTERMSIG(os.waitpid(child, 0)[1]))
"""
    status, watchdog = guarded(code, Caps(resident=100 << 20))
    assert status == signal.SIGKILL  # as the parent lived to report
    assert watchdog.verdict.startswith("killed: ")


def test_an_orphan_still_counts(guarded):
    code = f"""
import os
if os.fork() == 0:
    if os.fork() == 0:
        import time; time.sleep(0.3)
        [os.fork() for _ in range(3)]
        {FOREVER}
    import time; time.sleep(0.2)
    os._exit(0)
os.wait()
{FOREVER}
"""
    status, watchdog = guarded(code, Caps(processes=4))
    assert status == -signal.SIGKILL
    assert "processes > 4" in watchdog.verdict


def test_what_stays_within_its_share_is_left_alone(guarded):
    status, watchdog = guarded("import time; time.sleep(0.5); raise SystemExit(3)", WIDE)
    assert status == 3
    assert watchdog.verdict == ""
