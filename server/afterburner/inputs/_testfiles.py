"""The Python files of a project: its tests, told by pytest's settings or the usual names, and its other sources."""

from __future__ import annotations

import configparser
import fnmatch
import os
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SKIPPED = {"node_modules", "__pycache__", "build", "dist", "site-packages", "venv", "env", "htmlcov"}
_PATTERNS = ("test_*.py", "*_test.py", "tests.py", "test.py")
_SHALLOW = ("tests", "test")
_MOST_FILES = 20_000
_LARGEST = 2_000_000
_TABLES = (
    ("pytest.ini", "pytest"),
    (".pytest.ini", "pytest"),
    ("tox.ini", "pytest"),
    ("setup.cfg", "tool:pytest"),
)


@dataclass(frozen=True, slots=True)
class Sources:
    """What lies below a folder, as text; names are relative to it, with forward slashes."""

    root: Path
    tests: Mapping[str, str]
    others: Mapping[str, str]


def read_sources(root: Path, *, deep: bool = True) -> Sources:
    """Every Python file below the root that is no installed package's; unreadable and huge ones are left out.

    Not `deep`: only those in the folder itself and in its `tests`, for files that belong to no project.
    """
    settings = _pytest_settings(root)
    patterns = _words(settings.get("python_files")) or _PATTERNS
    folders = _words(settings.get("testpaths"))
    tests: dict[str, str] = {}
    others: dict[str, str] = {}
    for name in _python_files(root, deep=deep):
        text = _text(root / name)
        if text is not None:
            (tests if _is_test(name, patterns, folders) else others)[name] = text
    return Sources(root, tests, others)


def suite_root(start: Path) -> Path:
    """The folder that tests are run from: the nearest one at or above with settings for pytest, else `start`."""
    for folder in (start, *start.parents):
        if _pytest_settings(folder):
            return folder
        if (folder / ".git").exists():
            break
    return start


def _is_test(name: str, patterns: Sequence[str], folders: Sequence[str]) -> bool:
    last = name.rpartition("/")[2]
    if not any(fnmatch.fnmatch(last, pattern) for pattern in patterns):
        return False
    return not folders or any(name == f or name.startswith(f.rstrip("/") + "/") or f == "." for f in folders)


def _python_files(root: Path, *, deep: bool) -> Iterator[str]:
    count = 0
    for folder, names, files in os.walk(root):
        names[:] = sorted(n for n in names if n not in _SKIPPED and not n.startswith(".") and not _is_venv(folder, n))
        if not deep:
            names[:] = [n for n in names if n in _SHALLOW and folder == str(root)]
        for file in sorted(files):
            if file.endswith(".py"):
                count += 1
                if count > _MOST_FILES:
                    return
                yield Path(folder, file).relative_to(root).as_posix()


def _is_venv(folder: str, name: str) -> bool:
    return os.path.exists(os.path.join(folder, name, "pyvenv.cfg")) or name.endswith(".egg-info")


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8", errors="replace") if path.stat().st_size <= _LARGEST else None
    except OSError:
        return None


def _pytest_settings(folder: Path) -> Mapping[str, Any]:
    """The table that pytest would read in this folder; empty where there is none or it cannot be read."""
    try:
        tool = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8")).get("tool", {})
        found = tool.get("pytest", {}).get("ini_options") or {k: v for k, v in tool.get("pytest", {}).items() if v}
        if found:
            return dict(found)
    except (OSError, ValueError, AttributeError):
        pass
    for name, section in _TABLES:
        reader = configparser.ConfigParser(interpolation=None)
        try:
            if reader.read(folder / name, encoding="utf-8") and reader.has_section(section):
                return dict(reader[section]) or {"minversion": "0"}
        except (OSError, ValueError, configparser.Error):
            continue
    return {}


def _words(setting: object) -> tuple[str, ...]:
    if isinstance(setting, str):
        return tuple(setting.split())
    return tuple(str(one) for one in setting) if isinstance(setting, list) else ()
