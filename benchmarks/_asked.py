"""Shared by the benchmarks of `optimize`: one run as a user would start it, as plain data for a results file."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from afterburner import app
from afterburner.core.errors import AfterburnerError
from afterburner.core.outcome import Outcome
from afterburner.core.request import Request
from afterburner.core.suggestion import Attempt
from afterburner.core.verdict import Different
from afterburner.pipeline.events import silent

_NOTHING = "no rule has a proposal"
_LONGEST = 90


def asked(file: Path, where: str, profile: str, calls: Sequence[str] = ()) -> dict[str, Any]:
    """What `optimize` offers: `rule`, `point`, `lower`, `upper` and `text`; else `why` not.

    Always with `seconds`, `different` (a sentence for each proposal that changed behaviour), `proposals` (how many were
    tried) and `scatter` (of the launches of the best measurement, where one was made).
    """
    started = time.monotonic()
    request = Request(file, where, profile, tuple(calls), interpreter=sys.executable)
    try:
        outcome = asyncio.run(app.optimize(request, silent))
        found = _told(outcome)
    except AfterburnerError as error:
        found = {"why": str(error), "different": [], "proposals": 0, "scatter": None}
    return {**found, "seconds": round(time.monotonic() - started, 1)}


def ratio(found: dict[str, Any]) -> str:
    """The offer's ratio with its lower bound; empty without an offer."""
    return f"{found['point']:.3g}× (≥ {found['lower']:.3g}×)" if "rule" in found else ""


def short(text: str, longest: int = _LONGEST) -> str:
    """A sentence on one line of a table."""
    text = " ".join(text.split()).replace("|", "/")
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _told(outcome: Outcome) -> dict[str, Any]:
    measured = [a.comparison for a in outcome.attempts if a.comparison is not None]
    common = {
        "different": [f"{a.rewrite.origin}: {a.refusal}" for a in outcome.attempts if isinstance(a.verdict, Different)],
        "proposals": len(outcome.attempts),
        "scatter": measured[0].launch_scatter if measured else None,
    }
    if outcome.offers:
        return {**_offer(outcome.offers[0]), **common}
    reasons = [f"{a.rewrite.origin}: {a.refusal}" for a in outcome.attempts]
    return {"why": next(iter([*reasons, *outcome.notes]), _NOTHING), **common}


def _offer(best: Attempt) -> dict[str, Any]:
    assert best.comparison is not None and best.comparison.headline is not None
    shown = best.comparison.headline
    return {
        "rule": best.rewrite.origin.removeprefix("rule:"), "text": best.rewrite.source.text,
        "point": shown.point, "lower": shown.lower, "upper": shown.upper,
    }  # fmt: skip
