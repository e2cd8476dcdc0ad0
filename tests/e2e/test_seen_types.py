"""What the given calls show of types reaches the rules: it decides what is proposed, and the idea says so."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from afterburner import app
from afterburner.core.request import Request
from afterburner.pipeline.events import Progress

SHOP = """\
class Shop:
    def __init__(self, stock):
        self.stock = stock

    def available(self, wanted):
        return [name for name in wanted if name in self.stock]
"""


def ideas(workspace: Path, *calls: str) -> list[str]:
    """The ideas of all rewrites that were tried."""
    (workspace / "subject.py").write_text(SHOP, encoding="utf-8")
    request = Request(workspace / "subject.py", "Shop.available", "quick", calls, interpreter=sys.executable)
    said: list[Progress] = []
    outcome = asyncio.run(app.optimize(request, said.append))
    return [attempt.rewrite.idea for attempt in outcome.attempts]


def test_a_list_on_the_receiver_is_the_evidence(workspace: Path) -> None:
    found = ideas(workspace, "Shop(['tea', 'milk']).available(['tea'])", "Shop([]).available(['salt', 'tea'])")
    assert found == [
        "membership tests in `self.stock` use a set built once before the loop"
        " (`self.stock` was `list[str]` in each of 2 calls)"
    ]


@pytest.mark.parametrize("stock", ["{'tea': 3}", "{'tea'}", "'tea'", "[['tea']]"])
def test_anything_else_on_the_receiver_is_no_list_of_hashable_elements(workspace: Path, stock: str) -> None:
    assert ideas(workspace, f"Shop({stock}).available(['tea'])") == []
