"""The language server as editors meet it: the real process, in a home of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
import pytest_asyncio
from _house import House


@pytest_asyncio.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A project and a home; every server that was started in it ends with the test."""
    made = House(tmp_path)
    yield made
    await made.close()
