"""Where Afterburner keeps what it made: outside every project, in the folders that the system has for it."""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_cache_path


def captures() -> Path:
    """The folder of recorded calls; they may be deleted at any time."""
    return user_cache_path("afterburner") / "captures"


def rule_pages() -> Path:
    """The folder of one Markdown page for each rule, which editors link to; made anew when it is deleted."""
    return user_cache_path("afterburner") / "rules"


def reports() -> Path:
    """The folder of pages that an editor was shown; they may be deleted at any time."""
    return user_cache_path("afterburner") / "reports"
