"""The language server as editors meet it: the real process, in a home of its own."""

from __future__ import annotations

import importlib.util
from collections.abc import AsyncIterator
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
import pytest_asyncio
from _house import House


@pytest_asyncio.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A project and a home; every server that was started in it ends with the test."""
    made = House(tmp_path)
    yield made
    await made.close()


@pytest.fixture(scope="session")
def made(root: Path) -> SimpleNamespace:
    """The outcomes of tests/report, by name."""
    spec = importlib.util.spec_from_file_location("made_outcomes", root / "tests/report/conftest.py")
    assert spec and spec.loader
    module: ModuleType = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.MADE
