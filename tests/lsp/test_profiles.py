"""Every message to a client stays within what it declared, on the whole way from the menu to the applied edit."""

from __future__ import annotations

import json
from typing import Any

import pytest
from _editor import LINE, ORDERS, Editor, Json, applied, edits_of
from _house import House
from lsprotocol import converters
from pytest_lsp import client_capabilities

MODIFIABLE = {"changes", "documentChanges", "changeAnnotations"}
HELIX: Json = {
    "general": {"positionEncodings": ["utf-8", "utf-32", "utf-16"]},
    "textDocument": {
        "codeAction": {
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["", "quickfix", "refactor"]}},
            "dataSupport": True, "disabledSupport": True, "isPreferredSupport": True,
            "resolveSupport": {"properties": ["edit", "command"]},
        },
        "hover": {"contentFormat": ["markdown"]},
        "publishDiagnostics": {"versionSupport": True},
    },
    "window": {"workDoneProgress": True, "showDocument": {"support": True}},
    "workspace": {"applyEdit": True, "configuration": True, "workspaceEdit": {"documentChanges": True}},
}  # fmt: skip
BARE: Json = {}
PLAIN: Json = {
    "textDocument": {"codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["refactor"]}}},
                     "hover": {"contentFormat": ["plaintext"]}},
    "workspace": {"applyEdit": True},
}  # fmt: skip


def profile(name: str) -> Json:
    """The capabilities of a client, as JSON."""
    ours = {"helix": HELIX, "bare": BARE, "plain": PLAIN}
    return ours[name] if name in ours else converters.get_converter().unstructure(client_capabilities(name))


def has(capabilities: Json, *path: str) -> Any:
    """The capability at a path; None where it is not declared."""
    value: Any = capabilities
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


NEEDED = {
    "window/workDoneProgress/create": ("window", "workDoneProgress"),
    "$/progress": ("window", "workDoneProgress"),
    "window/showDocument": ("window", "showDocument", "support"),
    "workspace/configuration": ("workspace", "configuration"),
    "workspace/applyEdit": ("workspace", "applyEdit"),
    "workspace/codeLens/refresh": ("workspace", "codeLens", "refreshSupport"),
    "workspace/diagnostic/refresh": ("workspace", "diagnostics", "refreshSupport"),
    "textDocument/publishDiagnostics": ("textDocument", "publishDiagnostics"),
    "client/registerCapability": ("workspace", "didChangeConfiguration", "dynamicRegistration"),
    "experimental/serverStatus": ("experimental", "serverStatusNotification"),
    "afterburner/askInput": ("experimental", "afterburner", "askInput"),
    "afterburner/preview": ("experimental", "afterburner", "preview"),
    "window/showMessageRequest": (),
    "window/showMessage": (),
    "window/logMessage": (),
}
"""Every method that the server may send, and what the client must have declared for it."""


def within(capabilities: Json, message: Json) -> bool:
    """Whether a request or notification of the server may be sent to this client."""
    method = message["method"]
    return method in NEEDED and (not NEEDED[method] or bool(has(capabilities, *NEEDED[method])))


def check_edit(capabilities: Json, edit: Json) -> None:
    """An edit has one form, and only where it is supported the one with versions and annotations."""
    assert set(edit) <= MODIFIABLE and len(set(edit) & {"changes", "documentChanges"}) == 1
    if "documentChanges" in edit:
        assert has(capabilities, "workspace", "workspaceEdit", "documentChanges")
    if "changeAnnotations" in edit:
        assert has(capabilities, "workspace", "workspaceEdit", "changeAnnotationSupport") is not None
    parts = [part for edits in edits_of(edit).values() for part in edits]
    ids = {part["annotationId"] for part in parts if "annotationId" in part}
    assert ids == set(edit.get("changeAnnotations", {}))


def check_action(capabilities: Json, action: Json) -> None:
    """A literal, or a command, with nothing in it that the client would not understand."""
    declared = has(capabilities, "textDocument", "codeAction") or {}
    if "codeActionLiteralSupport" not in declared:
        assert isinstance(action["command"], str) and set(action) <= {"title", "command", "arguments"}
        return
    for name, capability in (("disabled", "disabledSupport"), ("isPreferred", "isPreferredSupport")):
        assert name not in action or declared.get(capability)
    if "data" in action:
        assert declared.get("dataSupport") and "edit" in declared["resolveSupport"]["properties"]
    assert {"edit", "command", "data", "disabled"} & set(action), "an action that does nothing"
    if "edit" in action:
        check_edit(capabilities, action["edit"])


async def applied_by_hand(editor: Editor, capabilities: Json, action: Json) -> str:
    """The text after the user chose an action that applies."""
    if "edit" not in action:
        action = await editor.request("codeAction/resolve", action)
    check_edit(capabilities, action["edit"])
    (edits,) = edits_of(action["edit"]).values()
    return applied(ORDERS, edits)


@pytest.mark.asyncio
@pytest.mark.parametrize("name", ["visual_studio_code", "neovim", "emacs", "helix", "plain", "bare"])
async def test_nothing_outside_of_what_the_client_declared(house: House, name: str) -> None:
    capabilities = json.loads(json.dumps(profile(name)))
    editor = await house.editor()
    editor.answers["workspace/configuration"] = lambda params: [None for _ in params["items"]]
    options = {"trusted": True, "settings": {"no": "such"}}
    folders = [{"uri": house.project.as_uri(), "name": "project"}]
    answer = await editor.initialize(capabilities, initializationOptions=options, workspaceFolders=folders)
    offered = has(capabilities, "general", "positionEncodings") or ["utf-16"]
    assert answer["capabilities"]["positionEncoding"] == offered[0]
    await editor.told("no setting")

    uri = editor.open(house.file(), ORDERS)
    await editor.optimized(uri, waits_for_progress=bool(has(capabilities, "window", "workDoneProgress")))
    found = await editor.actions(uri, LINE)
    assert found
    for action in found:
        check_action(capabilities, action)
    if has(capabilities, "textDocument", "codeAction", "codeActionLiteralSupport") is not None:
        (apply,) = [action for action in found if action["kind"].endswith(".apply")]
        assert "old_set = set(old)" in await applied_by_hand(editor, capabilities, apply)

    await editor.lenses(uri)
    place = {"textDocument": {"uri": uri}, "position": {"line": LINE, "character": 4}}
    contents = (await editor.request("textDocument/hover", place))["contents"]
    assert contents["kind"] in (has(capabilities, "textDocument", "hover", "contentFormat") or ["plaintext"])
    for command in ("report", "preview", "input", "apply"):
        after = len(editor.received)
        await editor.command(command, uri=uri, qualname="repeat_customers")
        await editor.until(lambda m: "method" in m and m["method"] != "$/progress", after=after)
    editor.notify("workspace/didChangeConfiguration", {"settings": {"afterburner": {}}})
    await editor.request("shutdown")

    wrong = [
        message["method"] for message in editor.received if "method" in message and not within(capabilities, message)
    ]
    assert wrong == []
    for params in editor.asked("workspace/applyEdit"):
        check_edit(capabilities, params["edit"])


def test_the_checks_themselves_see_what_was_not_declared() -> None:
    assert not within({}, {"method": "$/progress"}) and not within(HELIX, {"method": "workspace/codeLens/refresh"})
    assert not within(HELIX, {"method": "no/suchMethod"}) and within(HELIX, {"method": "workspace/configuration"})
    edit = {"documentChanges": [{"textDocument": {"uri": "a"}, "edits": [{"annotationId": "x"}]}]}
    wrong: list[tuple[Json, Json]] = [
        (BARE, {"title": "a literal", "kind": "refactor"}), (PLAIN, {"title": "a", "disabled": {"reason": "x"}}),
        (PLAIN, {"title": "a", "isPreferred": True, "command": {}}), (PLAIN, {"title": "a", "data": {}}),
        (PLAIN, {"title": "does nothing"}), (PLAIN, {"title": "a", "edit": edit}),
        (HELIX, {"title": "a", "edit": edit}),
    ]  # fmt: skip
    for capabilities, action in wrong:
        with pytest.raises((AssertionError, KeyError)):
            check_action(capabilities, action)
