"""Nothing of a project runs before its user has said so: asked once, remembered outside of it."""

from __future__ import annotations

import json

import pytest
from _editor import ORDERS, Editor, Json
from _house import House

pytestmark = pytest.mark.asyncio
WRITES = 'import pathlib\npathlib.Path(__file__).with_name("was-run").touch()\n\n'


async def unasked(house: House, answer: str | None, **options: object) -> tuple[Editor, str]:
    """An editor without workspace trust, whose user answers questions like this."""
    editor = await house.editor()
    editor.answers["window/showMessageRequest"] = lambda params: answer and {"title": answer}
    await editor.initialize(initializationOptions=options)
    return editor, editor.open(house.file(), ORDERS)


def questions(editor: Editor) -> list[Json]:
    asked = editor.asked("window/showMessageRequest")
    return [params for params in asked if {"title": "Allow"} in params["actions"]]


def remembered(house: House) -> dict[str, bool]:
    files = list(house.home.rglob("consent.json"))
    return json.loads(files[0].read_text(encoding="utf-8"))["code"] if files else {}


async def test_consent_is_asked_once_and_remembered_outside_of_the_project(house: House) -> None:
    before = {path.name for path in house.project.iterdir()} | {"orders.py"}
    editor, uri = await unasked(house, "Allow")
    for name in ("total", "repeat_customers"):
        await editor.command("optimize", uri=uri, qualname=name, profile="nonsense")
    await editor.told("total: ")
    await editor.told("repeat_customers: ")
    (question,) = questions(editor)
    assert str(house.project) in question["message"] and question["type"] == 2
    assert [choice["title"] for choice in question["actions"]] == ["Allow", "Never here"]
    assert remembered(house) == {str(house.project): True}
    assert {path.name for path in house.project.iterdir()} == before

    later, uri = await unasked(house, None)
    await later.command("optimize", uri=uri, qualname="total", profile="nonsense")
    await later.told("nonsense")
    assert questions(later) == []


async def test_a_refusal_is_remembered_and_can_be_taken_back(house: House) -> None:
    editor, uri = await unasked(house, "Never here")
    for number in range(2):
        after = len(editor.received)
        await editor.command("optimize", uri=uri, qualname="total")
        told = await editor.told("You said that nothing of", after=after)
        assert "afterburner trust --code" in told["message"]
        assert len(questions(editor)) == 1, number
    assert remembered(house) == {str(house.project): False}
    assert editor.asked("$/progress") == []

    await editor.command("trust", uri=uri, allowed=True)
    await editor.command("optimize", uri=uri, qualname="total", profile="nonsense")
    await editor.told("nonsense")
    await editor.command("trust", uri=uri, allowed=None)
    assert remembered(house) == {}


async def test_a_question_without_an_answer_is_a_no_for_now(house: House) -> None:
    editor, uri = await unasked(house, None)
    for number in (1, 2):
        after = len(editor.received)
        await editor.command("optimize", uri=uri, qualname="total")
        await editor.told("Nothing of", after=after)
        assert len(questions(editor)) == number
    assert remembered(house) == {}


async def test_in_restricted_mode_nothing_runs_until_trust_is_granted(house: House) -> None:
    editor = await house.editor()
    await editor.initialize(initializationOptions={"trusted": False})
    path = house.file(text=WRITES + ORDERS)
    uri = editor.open(path, WRITES + ORDERS)
    answer = await editor.command("optimize", uri=uri, qualname="total")
    assert answer["state"] == "refused" and "not trusted" in answer["message"]
    refused = await editor.command("prove", uri=uri, qualname="repeat_customers", rule="membership-set")
    assert refused["state"] == "refused"
    actions = await editor.actions(uri, 6)
    assert actions and all("not trusted" in action["disabled"]["reason"] for action in actions)
    assert all("command" not in action for action in actions)
    assert not path.with_name("was-run").exists() and list(house.working()) == [editor.server]

    editor.notify("afterburner/didChangeTrust", {"trusted": True})
    assert all("disabled" not in action for action in await editor.actions(uri, 6))
    started = await editor.command("optimize", uri=uri, qualname="total", profile="nonsense")
    assert started["state"] == "started"
    await editor.told("nonsense")
    editor.notify("afterburner/didChangeTrust", {"trusted": False})
    assert (await editor.command("optimize", uri=uri, qualname="total"))["state"] == "refused"


async def test_taking_trust_away_ends_what_runs(house: House) -> None:
    editor = await house.editor()
    await editor.initialize(initializationOptions={"trusted": True})
    uri = editor.open(house.file(), ORDERS.replace("range(600)", "range(60_000)"))
    await editor.command("optimize", uri=uri, qualname="repeat_customers", profile="thorough")
    await editor.progress("report")
    editor.notify("afterburner/didChangeTrust", {"trusted": False})
    end = await editor.progress("end")
    assert "no longer trusted" in end["value"]["message"]
    assert questions(editor) == []


async def test_two_jobs_at_once_ask_one_question(house: House) -> None:
    editor, uri = await unasked(house, None)
    editor.declined.add("window/showMessageRequest")
    await editor.command("optimize", uri=uri, qualname="total", profile="nonsense")
    await editor.command("optimize", uri=uri, qualname="repeat_customers", profile="nonsense")
    question = await editor.until(lambda m: m.get("method") == "window/showMessageRequest")
    await editor.actions(uri)
    editor.send({"id": question["id"], "result": {"title": "Allow"}})
    await editor.told("total: ")
    await editor.told("repeat_customers: ")
    assert len(questions(editor)) == 1


async def test_the_projects_tests_are_asked_for_once_and_not_run_when_put_off(house: House) -> None:
    ran = 'import pathlib\npathlib.Path(__file__).with_name("was-run").touch()\n'
    test = house.file(
        "test_orders.py", f"{ran}from orders import total\n\ndef test_total():\n    assert total([1]) == 1\n"
    )
    house.file()
    editor = await house.editor()
    editor.answers["window/showMessageRequest"] = lambda params: None
    await editor.initialize(initializationOptions={"trusted": True})
    uri = editor.open(house.project / "orders.py", ORDERS)
    await editor.optimized(uri, "total")
    asked = [p for p in editor.asked("window/showMessageRequest") if {"title": "Run them"} in p["actions"]]
    assert len(asked) == 1 and "1 test file of" in asked[0]["message"] and "outside the sandbox" in asked[0]["message"]
    assert not test.with_name("was-run").exists()
