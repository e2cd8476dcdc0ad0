"""What a client can do: only what it declares, however it declares it."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from lsprotocol import converters, types
from pytest_lsp import client_capabilities

from afterburner.lsp.capabilities import Client

CONVERTER = converters.get_converter()


def client(capabilities: dict[str, Any], **more: Any) -> Client:
    params = {"processId": None, "rootUri": None, "capabilities": capabilities, **more}
    return Client.of(CONVERTER.structure(params, types.InitializeParams))


def test_a_client_that_declares_nothing_can_nothing() -> None:
    found = dataclasses.asdict(client({}))
    assert found.pop("encoding") == "utf-16"
    assert not any(found.values())


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (["utf-8", "utf-16"], "utf-8"), (["utf-32", "utf-8"], "utf-32"), (["utf-16", "utf-8"], "utf-16"),
        (["utf-7", "utf-8"], "utf-8"), (["utf-7"], "utf-16"), ([], "utf-16"), (None, "utf-16"),
    ],
)  # fmt: skip
def test_the_first_encoding_of_the_client_that_is_known_is_taken(offered: list[str] | None, chosen: str) -> None:
    assert client({"general": {"positionEncodings": offered}}).encoding == chosen


@pytest.mark.parametrize(
    ("action", "resolves"),
    [
        ({"dataSupport": True, "resolveSupport": {"properties": ["edit"]}}, True),
        ({"dataSupport": True, "resolveSupport": {"properties": ["command"]}}, False),
        ({"resolveSupport": {"properties": ["edit"]}}, False),
        ({"dataSupport": True}, False),
        ({}, False),
    ],
)
def test_edits_are_resolved_later_only_where_data_comes_back(action: dict[str, Any], resolves: bool) -> None:
    assert client({"textDocument": {"codeAction": action}}).resolves_edits is resolves


def test_our_own_extensions_are_declared_under_experimental() -> None:
    found = client({"experimental": {"afterburner": {"askInput": True}, "serverStatusNotification": True}})
    assert (found.asks_input, found.previews, found.server_status) == (True, False, True)
    for nonsense in (None, True, [], "x", {"afterburner": True}, {"afterburner": None}):
        found = client({"experimental": nonsense})
        assert (found.asks_input, found.previews, found.server_status) == (False, False, False)


@pytest.mark.parametrize(
    ("name", "actions", "resolves", "lenses"),
    [("visual_studio_code", True, True, True), ("neovim", True, True, False), ("emacs", True, False, False)],
)
def test_the_profiles_of_real_clients(name: str, actions: bool, resolves: bool, lenses: bool) -> None:
    found = Client.of(types.InitializeParams(client_capabilities(name), client_info=types.ClientInfo(name)))
    assert (found.actions, found.progress) == (actions, True)
    assert (found.resolves_edits, found.refreshes_lenses) == (resolves, lenses)
