"""Calls that the user gives to the real server: typed in the editor, or kept in the project's own file."""

from __future__ import annotations

import pytest
from _editor import ABLE, ORDERS, Editor, Json, Refused
from _house import House

pytestmark = pytest.mark.asyncio
ASKING: Json = {**ABLE, "experimental": {"afterburner": {"askInput": True}}}
OPTIONS = {"initializationOptions": {"trusted": True, "settings": {"profile": "nonsense"}}}


async def asked(house: House, *answers: str | None) -> tuple[Editor, str]:
    """An editor that can ask, whose user types these answers one after the other."""
    editor = await house.editor()
    typed = iter(answers)
    editor.answers["afterburner/askInput"] = lambda params: {"call": next(typed)}
    await editor.initialize(ASKING, **OPTIONS)
    uri = editor.open(house.file(), ORDERS)
    await editor.command("input", uri=uri, qualname="total")
    return editor, uri


async def test_the_user_is_asked_for_a_call_and_the_function_is_optimised_with_it(house: House) -> None:
    editor, _ = await asked(house, "total([4, 5])")
    await editor.told("total: ")
    (question,) = editor.asked("afterburner/askInput")
    assert question["signature"] == "total(amounts)" and question["template"].startswith("total(")


async def test_a_call_that_cannot_be_used_is_asked_again_with_the_reason(house: House) -> None:
    editor, _ = await asked(house, "total([4, 5", "other(1)", None)
    await editor.until(lambda m: len(editor.asked("afterburner/askInput")) == 3)
    first, second, third = editor.asked("afterburner/askInput")
    assert second["template"] == "total([4, 5" and third["template"] == "other(1)"
    assert len({first["message"], second["message"], third["message"]}) == 3
    assert editor.said() == []


async def test_after_three_tries_the_user_is_left_alone(house: House) -> None:
    editor, _ = await asked(house, "1", "2", "3", "4")
    await editor.told("total: ")
    assert len(editor.asked("afterburner/askInput")) == 3


async def test_a_client_that_cannot_ask_gets_a_file_with_a_section_to_fill_in(house: House) -> None:
    editor = await house.editor()
    await editor.initialize(**OPTIONS)
    uri = editor.open(house.file(), ORDERS)
    await editor.command("input", uri=uri, line=ORDERS.splitlines().index("def total(amounts):"))
    shown = await editor.until(lambda m: m.get("method") == "window/showDocument")
    file = house.project / "afterburner_inputs.py"
    assert shown["params"]["uri"] == file.as_uri() and "total" in file.read_text(encoding="utf-8")


async def test_a_call_with_the_command_is_used_or_refused_with_a_sentence(house: House) -> None:
    editor = await house.editor()
    await editor.initialize(**OPTIONS)
    uri = editor.open(house.file(), ORDERS)
    with pytest.raises(Refused, match="total"):
        await editor.command("input", uri=uri, qualname="total", call="other(1)")
    await editor.command("input", uri=uri, qualname="total", call="total([4, 5])")
    await editor.told("total: ")
