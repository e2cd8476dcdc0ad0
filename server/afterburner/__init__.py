"""Afterburner: makes a Python function faster and proves that it still does the same."""

from __future__ import annotations

__version__ = "0.1.0"
