"""Settings reach the real server by each of the protocol's ways; what is not understood is told once."""

from __future__ import annotations

from pathlib import Path

import pytest
from _editor import ABLE, ORDERS, Editor, Json
from _house import House

pytestmark = pytest.mark.asyncio
ASKS: Json = {**ABLE, "workspace": {**ABLE["workspace"], "configuration": True}}


async def profile_used(editor: Editor, path: Path) -> str:
    """The profile that a job in this file asks for: none of ours exists, and the job says so."""
    after = len(editor.received)
    uri = editor.open(path, ORDERS)
    await editor.command("optimize", uri=uri, qualname="total")
    told = await editor.told("total: ", after=after)
    return str(told["message"])


def folder(path: Path) -> Json:
    return {"uri": path.as_uri(), "name": path.name}


async def test_settings_that_come_with_initialize_hold(house: House) -> None:
    editor = await house.editor()
    await editor.initialize(initializationOptions={"trusted": True, "settings": {"profile": "from-options"}})
    assert "from-options" in await profile_used(editor, house.file())


async def test_settings_that_are_sent_replace_those_and_an_empty_section_means_the_defaults(house: House) -> None:
    editor = await house.editor()
    await editor.initialize(initializationOptions={"trusted": True, "settings": {"profile": "from-options"}})
    for settings, expected in (
        ({}, "from-options"),
        ({"afterburner": {"profile": "from-message"}}, "from-message"),
        ({"profile": "from-bare-section"}, "from-bare-section"),
        (None, "from-bare-section"),
    ):
        editor.notify("workspace/didChangeConfiguration", {"settings": settings})
        assert expected in await profile_used(editor, house.file())
    editor.notify("workspace/didChangeConfiguration", {"settings": {"afterburner": {}}})
    uri = editor.open(house.file(), ORDERS)
    assert "profile" not in str(await editor.command("optimize", uri=uri, qualname="total"))
    await editor.progress("report")


async def test_settings_are_asked_for_each_folder_and_again_when_they_change(house: House) -> None:
    one, two = house.file("one/a.py"), house.file("two/b.py")
    profiles = {None: "for-all", one.parent.as_uri(): "for-one", two.parent.as_uri(): "for-two"}
    editor = await house.editor()
    editor.answers["workspace/configuration"] = lambda params: [
        {"profile": profiles[item.get("scopeUri")]} for item in params["items"]
    ]
    folders = [folder(one.parent)]
    await editor.initialize(ASKS, workspaceFolders=folders, initializationOptions={"trusted": True})
    await editor.until(lambda m: m.get("method") == "experimental/serverStatus")
    assert {item["section"] for item in editor.asked("workspace/configuration")[0]["items"]} == {"afterburner"}
    assert "for-one" in await profile_used(editor, one)
    assert "for-all" in await profile_used(editor, two)

    event = {"added": [folder(two.parent)], "removed": []}
    editor.notify("workspace/didChangeWorkspaceFolders", {"event": event})
    assert "for-two" in await profile_used(editor, two)
    profiles[two.parent.as_uri()] = "changed"
    editor.notify("workspace/didChangeConfiguration", {"settings": None})
    assert "changed" in await profile_used(editor, two)
    assert "for-one" in await profile_used(editor, one)


async def test_a_client_that_has_nothing_set_leaves_what_it_sent_at_the_start(house: House) -> None:
    editor = await house.editor()
    editor.answers["workspace/configuration"] = lambda params: [None for _ in params["items"]]
    options = {"trusted": True, "settings": {"profile": "from-options"}}
    await editor.initialize(ASKS, workspaceFolders=[folder(house.project)], initializationOptions=options)
    await editor.until(lambda m: m.get("method") == "experimental/serverStatus")
    assert "from-options" in await profile_used(editor, house.file())


async def test_a_client_that_does_not_answer_about_settings_is_served_all_the_same(house: House) -> None:
    editor = await house.editor()
    options = {"trusted": True, "settings": {"profile": "from-options"}}
    await editor.initialize(ASKS, initializationOptions=options)
    await editor.until(lambda m: m.get("method") == "experimental/serverStatus")
    assert "from-options" in await profile_used(editor, house.file())


async def test_what_is_not_understood_is_told_once_and_the_rest_holds(house: House) -> None:
    editor = await house.editor()
    settings = {"profil": "fast", "codeLens": {"enable": "yes"}, "profile": "from-options"}
    await editor.initialize(initializationOptions={"trusted": True, "settings": settings})
    await editor.told("`afterburner.profil`. Did you mean `profile`?")
    await editor.told("`afterburner.codeLens.enable` is not used")
    before = len(editor.said())
    editor.notify("workspace/didChangeConfiguration", {"settings": {"afterburner": settings}})
    assert "from-options" in await profile_used(editor, house.file())
    assert len(editor.said()) == before + 1


async def test_registration_is_asked_for_where_the_client_wants_it(house: House) -> None:
    dynamic = {**ABLE["workspace"], "didChangeConfiguration": {"dynamicRegistration": True}}
    editor = await house.editor()
    await editor.initialize({**ABLE, "workspace": dynamic})
    asked = await editor.until(lambda m: m.get("method") == "client/registerCapability")
    assert [r["method"] for r in asked["params"]["registrations"]] == ["workspace/didChangeConfiguration"]
