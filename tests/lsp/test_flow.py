"""The way from a slow function to the applied rewrite, as an editor goes it with the real server."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from _editor import LINE, ORDERS, Editor, Json, Refused, applied, edits_of
from _house import House

pytestmark = pytest.mark.asyncio
TRUSTED = {"initializationOptions": {"trusted": True}}
OPTIMIZE, APPLY, INPUT = (f"refactor.rewrite.afterburner.{name}" for name in ("optimize", "apply", "input"))
MODIFIED = -32801
TOTAL = ORDERS.splitlines().index("def total(amounts):")


async def opened(house: House, text: str = ORDERS) -> tuple[Editor, str]:
    """A trusted workspace with this unsaved text of a file that holds something else."""
    editor = await house.editor()
    await editor.initialize(**TRUSTED)
    return editor, editor.open(house.file(text="nothing = None\n"), text)


async def applying(editor: Editor, uri: str, line: int = LINE) -> list[Json]:
    return await editor.actions(uri, line, only=[APPLY])


async def test_before_anything_was_done_a_function_can_be_optimised_and_given_an_input(house: House) -> None:
    editor, uri = await opened(house)
    found = await editor.actions(uri)
    titles = [action["title"] for action in found]
    assert titles[0] == "Afterburner: optimize `repeat_customers`"
    assert titles[-1] == "Afterburner: provide an input for `repeat_customers`…"
    assert {action["kind"] for action in found} == {OPTIMIZE, INPUT}
    assert await editor.actions(uri, triggerKind=2) == []
    assert await editor.actions(uri, only=["source"]) == await editor.actions(uri, 0) == []
    assert await editor.lenses(uri) == [] and await editor.hover(uri) == ""


async def test_from_the_action_to_the_applied_rewrite(house: House) -> None:
    editor, uri = await opened(house)
    message = await editor.optimized(uri)
    assert message["message"].startswith("repeat_customers: ") and "faster" in message["message"]
    assert [choice["title"] for choice in message["actions"]] == ["Apply", "Preview", "Report"]
    begin, end = await editor.progress("begin"), await editor.progress("end")
    assert isinstance(begin["token"], str) and begin["token"] == end["token"]
    assert begin["value"]["title"] == "Afterburner: repeat_customers" and begin["value"]["cancellable"] is True
    assert "faster" in end["value"]["message"]

    (action,) = await applying(editor, uri)
    assert action["title"].startswith("Afterburner: apply ") and "edit" not in action
    resolved = await editor.request("codeAction/resolve", action)
    after = applied(ORDERS, edits_of(resolved["edit"])[uri])
    assert "set(old)" in after and after.replace("    old_set = set(old)\n", "").replace("old_set", "old") == ORDERS
    assert resolved["edit"]["documentChanges"][0]["textDocument"] == {"uri": uri, "version": 1}

    titles = [lens["command"]["title"] for lens in await editor.lenses(uri)]
    assert "faster" in titles[0] and titles[1:] == ["preview", "report"]
    assert "faster" in await editor.hover(uri) and await editor.hover(uri, LINE + 1) == ""
    await _pages_are_shown(editor, uri)
    await editor.command("apply", uri=uri, qualname="repeat_customers")
    await editor.until(lambda m: m.get("method") == "workspace/applyEdit")
    assert editor.texts[uri] == after
    assert house.file("other.py").parent.joinpath("orders.py").read_text() == "nothing = None\n"


async def _pages_are_shown(editor: Editor, uri: str) -> None:
    """Preview and report are Markdown files outside of the project."""
    for command, told in (("preview", "+    old_set = set(old)"), ("report", "# repeat\\_customers")):
        before = len(editor.received)
        await editor.command(command, uri=uri, qualname="repeat_customers")
        shown = await editor.until(lambda m: m.get("method") == "window/showDocument", after=before)
        page = Path(unquote(urlsplit(shown["params"]["uri"]).path))
        assert page.suffix == ".md" and "/project/" not in str(page) and told in page.read_text(encoding="utf-8")


async def test_a_result_follows_edits_elsewhere_and_ends_with_an_edit_of_its_function(house: House) -> None:
    editor, uri = await opened(house)
    await editor.optimized(uri)
    above = ORDERS.replace('orders."""\n', 'orders."""\n\nLIMIT = "𝒳"\n').replace("sum(amounts)", "sum(amounts) + 0")
    editor.change(uri, 2, above)
    (action,) = await applying(editor, uri, LINE + 2)
    assert [lens["range"]["start"]["line"] for lens in await editor.lenses(uri)] == [LINE + 2] * 3
    resolved = await editor.request("codeAction/resolve", action)
    after = applied(above, edits_of(resolved["edit"])[uri])
    assert after.replace("    old_set = set(old)\n", "").replace("old_set", "old") == above != after

    editor.change(uri, 3, above.replace("    found = []", "    found = list()"))
    assert await applying(editor, uri, LINE + 2) == await editor.lenses(uri) == []
    assert await editor.hover(uri, LINE + 2) == ""
    with pytest.raises(Refused) as stale:
        await editor.request("codeAction/resolve", action)
    assert stale.value.code == MODIFIED
    await editor.command("apply", uri=uri, qualname="repeat_customers")
    await editor.told("has changed since")
    assert editor.asked("workspace/applyEdit") == []

    editor.change(uri, 4, above)
    assert len(await applying(editor, uri, LINE + 2)) == 1


async def test_what_cannot_be_made_faster_says_so(house: House) -> None:
    editor, uri = await opened(house)
    message = await editor.optimized(uri, "total")
    assert [choice["title"] for choice in message["actions"]] == ["Report"]
    assert await applying(editor, uri, TOTAL) == []
    assert [lens["command"]["title"] for lens in await editor.lenses(uri)] == ["No faster version proven"]


async def test_one_rule_is_proven_and_applied(house: House) -> None:
    editor, uri = await opened(house)
    answer = await editor.command("prove", uri=uri, qualname="repeat_customers", rule="membership-set")
    assert answer["state"] == "started"
    await editor.until(lambda m: m.get("method") == "workspace/applyEdit")
    assert "    old_set = set(old)\n" in editor.texts[uri]


async def test_a_command_that_cannot_be_done_answers_with_a_sentence(house: House) -> None:
    editor, uri = await opened(house)
    wrong: list[tuple[str, Json, str]] = [
        ("optimize", {"line": 1}, "no function here"),
        ("optimize", {"qualname": "nobody"}, "no function here"),
        ("optimize", {"qualname": 3}, "must be a text"),
        ("optimize", {"uri": "file:///nowhere.py", "line": 1}, "not open"),
        ("apply", {"qualname": "total"}, "Optimise it first"),
        ("report", {"qualname": "total"}, "Optimise it first"),
        ("trust", {"allowed": True}, "workspace trust of its own"),
    ]
    for name, argument, told in wrong:
        with pytest.raises(Refused, match=told):
            await editor.command(name, **{"uri": uri, **argument})
    for arguments in (None, [], ["a text"], [{}, {}]):
        with pytest.raises(Refused, match="takes one object"):
            command = {"command": "afterburner.server.optimize", "arguments": arguments}
            await editor.request("workspace/executeCommand", command)


async def test_text_that_does_not_parse_is_said_when_asked_and_never_interrupts(house: House) -> None:
    editor, uri = await opened(house, "def f(:\n")
    assert await editor.actions(uri, 0) == await editor.lenses(uri) == []
    with pytest.raises(Refused, match="not valid Python"):
        await editor.command("optimize", uri=uri, line=0)
    assert editor.said() == []
