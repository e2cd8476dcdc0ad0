"""A real Helix in a terminal of its own, configured as clients/README.md says."""

from __future__ import annotations

import contextlib
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pexpect
import pyte
import pytest

pytestmark = pytest.mark.system
ROWS, COLUMNS = 30, 200
PATIENCE_S = 60
UNASKED = "runs before you allow it"
PROGRESS = "[afterburner-"  # Helix shows a job's title for one moment only, and its token all the time


class Helix:
    """Helix with one file open, and its screen."""

    def __init__(self, program: Path, surroundings: dict[str, str], file: Path, log: Path) -> None:
        self._screen = pyte.Screen(COLUMNS, ROWS)
        self._stream = pyte.ByteStream(self._screen)
        self._log = log
        command = ["-v", "--log", str(log), str(file)]  # the log has the protocol's messages
        self._child = pexpect.spawn(
            str(program), command, dimensions=(ROWS, COLUMNS), cwd=str(file.parent), env=surroundings
        )  # type: ignore[arg-type]

    def keys(self, keys: str) -> None:
        self._child.send(keys)

    def until(self, what: str, condition: Callable[[], object]) -> None:
        """Until a condition holds; meanwhile the screen follows."""
        end = time.monotonic() + PATIENCE_S
        while not condition():
            if time.monotonic() > end:
                pytest.fail(f"never: {what}\n" + "\n".join(line.rstrip() for line in self._screen.display))
            with contextlib.suppress(pexpect.TIMEOUT):
                self._stream.feed(self._child.read_nonblocking(65536, 0.05))

    def shows(self, words: str) -> None:
        """Until these words stand on the screen."""
        self.until(words, lambda: any(words in line for line in self._screen.display))

    def said(self, words: str) -> None:
        """Until a message in the protocol has these words."""
        self.until(words, lambda: self._log.exists() and words in self._log.read_text(encoding="utf-8"))

    def act(self, choice: str) -> None:
        """Choose a code action at the cursor; the menu begins with its first one chosen."""
        self.keys(" a")
        self.shows(choice)
        menu = [line for line in self._screen.display if "Afterburner: " in line]
        number = next(n for n, line in enumerate(menu) if choice in line)
        self.keys("\x0e" * number + "\r")  # Ctrl-n: the next one

    def close(self) -> None:
        self._child.close(force=True)


@pytest.fixture
def helix(
    editor: Callable[[str], Path], surroundings: dict[str, str], shop: Any, root: Path, tmp_path: Path
) -> Iterator[Helix]:
    folder = Path(surroundings["XDG_CONFIG_HOME"]) / "helix"
    folder.mkdir()
    for name in ("languages.toml", "config.toml"):
        (folder / name).write_text(documented(root, name))
    found = Helix(editor("hx"), surroundings, shop.file, tmp_path / "helix.log")
    yield found
    found.close()


def documented(root: Path, name: str) -> str:
    """What one of Helix's files is to hold, from clients/README.md."""
    text = (root / "clients/README.md").read_text(encoding="utf-8")
    found = re.search(rf"\n## Helix\n.*?`~/\.config/helix/{re.escape(name)}`:\n\n```toml\n(.*?)```", text, re.DOTALL)
    assert found is not None
    return found[1]


def test_a_function_is_optimised_applied_saved_and_restored_and_a_job_is_stopped(
    helix: Helix, shop: Any, surroundings: dict[str, str]
) -> None:
    helix.shows("def repeat_customers")
    helix.said("textDocument/didOpen")
    helix.said('"result":[{"profile":"fast"}')  # the settings
    helix.keys(f":goto {shop.line}\r")
    helix.act("Afterburner: optimize `repeat_customers`")
    helix.shows(UNASKED)
    subprocess.run(["afterburner", "trust", "--code", shop.folder], env=surroundings, check=True, capture_output=True)

    helix.act("Afterburner: optimize `repeat_customers`")
    helix.shows(PROGRESS)
    helix.shows("The code actions apply it.")
    helix.act("Afterburner: apply ")
    helix.shows("old_set = set(old)")
    helix.keys(":w\r")
    helix.until("the rewrite in the file", lambda: shop.on_disk == shop.after)
    helix.keys("u:w\r")
    helix.until("the original in the file", lambda: shop.on_disk == shop.before)

    helix.act("Afterburner: optimize `repeat_customers`")
    helix.shows(PROGRESS)
    helix.act("Afterburner: stop optimising `repeat_customers`")
    helix.said("stopped: you cancelled it")
