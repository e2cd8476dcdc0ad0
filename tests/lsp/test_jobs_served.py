"""Jobs of the real server: joined, cancelled, one after the other, and gone when their function is edited."""

from __future__ import annotations

import pytest
from _editor import ABLE, Editor, Json
from _house import House

pytestmark = pytest.mark.asyncio
TRUSTED = {"initializationOptions": {"trusted": True}}
SLOW = '''\
def first(old, new):
    """
    >>> first(list(range(9000)), list(range(9000, 18000)))
    []
    """
    return [one for one in new if one in old]


def second(old, new):
    """
    >>> second(list(range(9000)), list(range(9000, 18000)))
    []
    """
    return [one for one in new if one in old]
'''


async def at_work(house: House) -> tuple[Editor, str, Json]:
    """A server whose first job is past its beginning; with the job's first report."""
    editor = await house.editor()
    await editor.initialize(**TRUSTED)
    uri = editor.open(house.file(), SLOW)
    answer = await editor.command("optimize", uri=uri, qualname="first", profile="thorough")
    assert answer == {"state": "started", "message": "Optimising first."}
    await editor.progress("begin")
    return editor, uri, await editor.progress("report")


async def only_the_server_is_left(house: House, editor: Editor) -> None:
    for pid in [pid for pid in house.working() if pid != editor.server]:
        await house.gone(pid)
    assert [name for name in house.temporary.iterdir() if name.name.startswith("afterburner-")] == []


async def test_a_job_ends_when_its_progress_bar_is_cancelled(house: House) -> None:
    editor, uri, report = await at_work(house)
    assert [lens["command"]["title"] for lens in await editor.lenses(uri)] == ["Optimising… (cancel)"]
    assert "at work" in await editor.hover(uri, 0)
    assert "stop optimising" in (await editor.actions(uri, 0))[0]["title"]
    editor.notify("window/workDoneProgress/cancel", {"token": report["token"]})
    end = await editor.progress("end")
    assert end == {"token": report["token"], "value": {"kind": "end", "message": "stopped: you cancelled it"}}
    assert await editor.lenses(uri) == []
    assert editor.said() == []
    await only_the_server_is_left(house, editor)


async def test_a_job_is_joined_then_cancelled_by_command_and_the_next_one_takes_its_turn(house: House) -> None:
    editor, uri, report = await at_work(house)
    joined = await editor.command("optimize", uri=uri, line=1)
    assert joined["state"] == "joined" and "already" in joined["message"]
    assert (await editor.command("optimize", uri=uri, qualname="second"))["state"] == "started"
    waiting = (await editor.until(lambda m: begins(m, "second")))["params"]
    assert waiting["value"]["message"] == "waiting for its turn" and waiting["token"] != report["token"]
    steps = [p["token"] for p in editor.asked("$/progress") if p["value"]["kind"] == "report"]
    assert set(steps) == {report["token"]}

    await editor.command("cancel", uri=uri, qualname="first")
    await editor.progress("end")
    after = len(editor.received)
    assert (await editor.progress("report", after=after))["token"] == waiting["token"]
    await editor.command("cancel", uri=uri, qualname="second")
    assert (await editor.progress("end", after=after))["token"] == waiting["token"]
    await only_the_server_is_left(house, editor)


async def test_a_job_ends_when_its_function_is_edited_and_not_when_another_one_is(house: House) -> None:
    editor, uri, _ = await at_work(house)
    editor.change(uri, 2, SLOW.replace("second", "other"))
    assert "stop optimising" in (await editor.actions(uri, 0))[0]["title"]
    editor.change(uri, 3, SLOW.replace("one in old", "one not in old"))
    end = await editor.progress("end")
    assert end["value"]["message"] == "stopped: first was edited"
    again = await editor.command("optimize", uri=uri, qualname="first")
    assert again["state"] == "started"


async def test_a_stopped_job_is_not_joined(house: House) -> None:
    editor, uri, _ = await at_work(house)
    await editor.command("cancel", uri=uri, qualname="first")
    assert (await editor.command("optimize", uri=uri, qualname="first"))["state"] == "started"


async def test_without_progress_bars_jobs_run_and_stop_as_well(house: House) -> None:
    editor = await house.editor()
    await editor.initialize({**ABLE, "window": {"showMessage": {}}}, **TRUSTED)
    uri = editor.open(house.file(), SLOW)
    await editor.command("optimize", uri=uri, qualname="first", profile="thorough")
    await editor.until(lambda m: m.get("method") == "workspace/codeLens/refresh")
    assert [lens["command"]["title"] for lens in await editor.lenses(uri)] == ["Optimising… (cancel)"]
    after = len(editor.received)
    await editor.command("cancel", uri=uri, qualname="first")
    await editor.until(lambda m: m.get("method") == "workspace/codeLens/refresh", after=after)
    assert await editor.lenses(uri) == []
    assert editor.asked("window/workDoneProgress/create") == editor.asked("$/progress") == []


def begins(message: Json, name: str) -> bool:
    value = (message.get("params") or {}).get("value") or {}
    return value.get("kind") == "begin" and value["title"].endswith(name)
