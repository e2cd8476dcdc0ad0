"""Which settings hold for a document, from the three ways that clients have to give them."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from pygls.exceptions import JsonRpcInternalError

from afterburner.lsp.configuration import Configuration

pytestmark = pytest.mark.asyncio
ROOT, INNER, OTHER = "file:///root", "file:///root/inner", "file:///rooted"


def client(answer: Any) -> Any:
    """A client that answers so, or raises it."""

    async def configuration(params: Any) -> Any:
        if isinstance(answer, Exception):
            raise answer
        return answer

    return SimpleNamespace(workspace_configuration_async=configuration)


def made(given: object = None) -> tuple[Configuration, list[str]]:
    said: list[str] = []
    return Configuration(given, said.append), said


async def test_the_innermost_folder_around_a_document_decides() -> None:
    configuration, _ = made({"profile": "given"})
    answers = [{"profile": "all"}, {"profile": "root"}, {"profile": "inner"}, None]
    await configuration.pulled(client(answers), [ROOT, INNER, OTHER])
    profiles = {
        f"{ROOT}/a.py": "root", f"{INNER}/a.py": "inner", f"{INNER}": "inner", "file:///root/innermost/a.py": "root",
        f"{OTHER}/a.py": "all", "file:///elsewhere.py": "all", "untitled:x": "all",
    }  # fmt: skip
    assert {uri: configuration.of(uri).profile for uri in profiles} == profiles


@pytest.mark.parametrize("answer", [JsonRpcInternalError("no"), TimeoutError(), [], [{}, {}, {}, {}]])
async def test_an_answer_that_cannot_be_used_leaves_what_was(answer: Any) -> None:
    configuration, said = made({"profile": "given"})
    await configuration.pulled(client([{"profile": "all"}, {"profile": "root"}]), [ROOT])
    await configuration.pulled(client(answer), [ROOT])
    assert configuration.of(f"{ROOT}/a.py").profile == "root" and configuration.everywhere().profile == "all"
    assert said == []


async def test_a_client_with_nothing_set_leaves_what_it_sent_at_the_start() -> None:
    configuration, _ = made({"profile": "given"})
    await configuration.pulled(client([None, None]), [ROOT])
    assert configuration.of(f"{ROOT}/a.py").profile == configuration.everywhere().profile == "given"


@pytest.mark.parametrize(
    ("settings", "profile"),
    [
        ({"afterburner": {"profile": "sent"}, "python": {}}, "sent"), ({"profile": "bare"}, "bare"),
        ({"afterburner": {}}, None), ({"afterburner": None}, None), ({}, "given"), (None, "given"),
    ],
)  # fmt: skip
async def test_what_is_sent_replaces_what_was(settings: object, profile: str | None) -> None:
    configuration, _ = made({"profile": "given"})
    configuration.sent(settings)
    assert configuration.everywhere().profile == profile


async def test_a_problem_is_told_once_however_often_it_comes() -> None:
    configuration, said = made({"profil": 1})
    configuration.everywhere()
    configuration.sent({"afterburner": {"profil": 2}})
    await asyncio.gather(*(configuration.pulled(client([{"profil": 3}, {"x": 4}]), [ROOT]) for _ in range(2)))
    assert [text.split("`")[1] for text in said] == ["afterburner.profil", "afterburner.x"]
