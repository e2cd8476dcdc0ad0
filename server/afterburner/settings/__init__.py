"""What the user and the workspace ask for: options and profiles, read from TOML and validated."""

from __future__ import annotations
