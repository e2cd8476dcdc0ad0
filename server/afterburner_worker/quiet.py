"""Keeps a test run from leaving anything in the project or in the user's caches."""

from __future__ import annotations

import os
import sys
from typing import Any, Dict

_FOLDERS = {
    "TMPDIR": "tmp",
    "TEMP": "tmp",
    "TMP": "tmp",
    "PYTEST_DEBUG_TEMPROOT": "tmp",
    "XDG_CACHE_HOME": "cache",
    "HYPOTHESIS_STORAGE_DIRECTORY": "hypothesis",
    "NUMBA_CACHE_DIR": "numba",
    "MPLCONFIGDIR": "matplotlib",
}
_OPTIONS: Dict[str, Any] = {
    # in this process, where the calls are seen
    "numprocesses": None, "dist": "no", "tx": [], "looponfail": False, "forked": False, "usepdb": False, "trace": False,
    # every test, whatever the last run or an earlier failure was
    "maxfail": 0, "lf": False, "failedfirst": False, "newfirst": False, "stepwise": False, "stepwise_skip": False,
    "cacheclear": False, "cacheshow": None, "testmon": False, "picked": None,
    # no reports
    "xmlpath": None, "htmlpath": None, "json_report": False, "json_report_file": "none", "report_log": None,
    "csv_path": None, "allure_report_dir": None, "log_file": None, "pastebin": None, "resultlog": None,
    "cov_source": [], "no_cov": True, "profile": False, "profile_svg": False, "memray": False,
    "benchmark_autosave": False, "benchmark_save": None, "benchmark_json": None, "benchmark_histogram": None,
    "update_snapshots": False,
    # collection errors are named, and the rest goes on
    "continue_on_collection_errors": True,
}  # fmt: skip


def quiet_environment(scratch: str) -> None:
    """Send what this process and its children write to temporary folders and caches into `scratch`."""
    sys.dont_write_bytecode = True
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    for name, folder in _FOLDERS.items():
        path = os.path.join(scratch, folder)
        os.makedirs(path, exist_ok=True)
        os.environ[name] = path
    os.environ["COVERAGE_FILE"] = os.path.join(scratch, "coverage")


def pytest_arguments(scratch: str) -> list[str]:
    """Options that come after the user's own: a cache folder elsewhere (no cache at all would refuse `--lf`).

    Quiet, since what pytest says of plugins at its start takes longer to find out than all that we do there.
    """
    return ["-q", "-o", "cache_dir=" + os.path.join(scratch, "pytest-cache"), "-o", "log_file="]


def quiet_pytest(option: Any, scratch: str) -> None:
    """Switch off, among the options that the installed plugins know, what writes or leaves tests out."""
    for name, value in _OPTIONS.items():
        if hasattr(option, name):
            setattr(option, name, value)
    option.basetemp = os.path.join(scratch, "basetemp")
