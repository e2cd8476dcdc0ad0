"""The real editors: where they are, a project to work on, and surroundings in which nothing was set up before."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

BEFORE = '''\
"""Customers; 𝒳 and 客 need more than one unit of any encoding."""


def repeat_customers(old: list[str], new: list[str]) -> list[str]:
    """The customers of `new`, 客 too, who had ordered before.

    >>> repeat_customers([f"c{i}" for i in range(600)], [f"c{i}" for i in range(598, 1200)])
    ['c598', 'c599']
    """
    found = []
    for customer in new:  # 𝒳
        if customer in old:
            found.append(customer)
    return found


def newest(orders: list[int]) -> int:
    return max(orders)
'''
AFTER = BEFORE.replace("found = []\n", "found = []\n    old_set = set(old)\n").replace("in old:", "in old_set:")


@dataclass(frozen=True, slots=True)
class Shop:
    """A small project with one slow function, as it is and as it is expected to become."""

    folder: Path
    file: Path
    before: str = BEFORE
    after: str = AFTER

    @property
    def line(self) -> int:
        """The slow function's line, from 1."""
        return BEFORE[: BEFORE.index("def repeat_customers")].count("\n") + 1

    @property
    def on_disk(self) -> str:
        """The file as it is saved now."""
        return self.file.read_bytes().decode()


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "pyproject.toml").write_text('[project]\nname = "shop"\nversion = "0"\n')
    file = folder / "customers.py"
    file.write_bytes(BEFORE.encode())
    return Shop(folder, file)


@pytest.fixture
def surroundings(tmp_path: Path) -> dict[str, str]:
    """The environment of a new user: an empty home, `afterburner` on PATH, and an activated environment."""
    home, programs, installed = tmp_path / "home", tmp_path / "bin", Path(sys.executable).parent
    folders = {
        "XDG_CONFIG_HOME": home / ".config", "XDG_DATA_HOME": home / ".local/share",
        "XDG_STATE_HOME": home / ".local/state", "XDG_CACHE_HOME": home / ".cache", "XDG_RUNTIME_DIR": home / ".run",
    }  # fmt: skip
    for folder in (programs, *folders.values()):
        folder.mkdir(parents=True, mode=0o700)
    own = home / ".config/afterburner/config.toml"
    own.parent.mkdir()
    own.write_text("[profiles.fast]\nbudget-s = 60\n")  # a busy machine must not decide what is offered
    (programs / "afterburner").symlink_to(installed / "afterburner")  # and no other language server that is there
    return {
        "HOME": str(home), "LANG": "C.UTF-8", "TERM": "xterm-256color", "VIRTUAL_ENV": str(installed.parent),
        "PATH": os.pathsep.join([str(programs), os.environ["PATH"]]),
    } | {name: str(folder) for name, folder in folders.items()}  # fmt: skip


@pytest.fixture(scope="session")
def editor() -> Callable[[str], Path]:
    """Gives the program of an editor by its name; for tests marked `system`."""

    def find(name: str) -> Path:
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        program = cache / "afterburner-editors/bin" / name
        if not program.exists():
            pytest.fail(f"there is no {program}: run tools/editors/terminal.sh")
        return program

    return find
