"""Ctrl-C and SIGTERM end the work: exit 130, a sentence, no child left. Limits are generous: they only end a hang."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import asyncio, subprocess, sys, time, types
from afterburner.cli import main

app = sys.modules["afterburner.app"] = types.ModuleType("afterburner.app")
app.Request = lambda *parts, **more: None

async def listening(request, report):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    try:
        print(child.pid, flush=True)
        await asyncio.sleep(600)
    finally:
        child.kill()
        child.wait()
        print("closed", flush=True)

async def deaf(request, report):
    try:
        print(0, flush=True)
        time.sleep(600)
    finally:
        print("closed", flush=True)

async def stuck(request, report):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    print(child.pid, flush=True)
    await asyncio.to_thread(time.sleep, 600)

app.optimize = globals()[sys.argv[1]]
main(["optimize", "x.py::f"])
"""


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "sigterm"])
@pytest.mark.parametrize(("work", "closes"), [("listening", True), ("deaf", True), ("stuck", False)])
def test_a_signal_ends_everything(tmp_path: Path, number: signal.Signals, work: str, closes: bool) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, work], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path
    )
    assert process.stdout
    child = int(process.stdout.readline())
    os.kill(process.pid, number)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "afterburner: Interrupted" in err and "Traceback" not in err
    assert ("closed" in out) is closes
    assert child == 0 or gone(child)


def test_help_imports_neither_the_app_nor_what_it_needs() -> None:
    program = (
        "import sys; from afterburner.cli import main\n"
        "try: main(['optimize', '--help'])\n"
        "except SystemExit: print([name for name in ('afterburner.app', 'pydantic', 'rich', 'asyncio', 'libcst')"
        " if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.splitlines()[-1] == "[]"
