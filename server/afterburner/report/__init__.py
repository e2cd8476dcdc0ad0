"""What a run found out, shown: text for a terminal, a versioned JSON document, a replay bundle; from core data only."""

from __future__ import annotations
