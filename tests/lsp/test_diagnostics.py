"""Slow patterns as diagnostics: pulled and pushed, in the client's units, as settings allow."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from lsprotocol import converters, types

from afterburner.lsp import diagnostics
from afterburner.lsp.analysis import Reading
from afterburner.lsp.features import diagnostic as feature
from afterburner.lsp.features import did_change_configuration, discover
from afterburner.lsp.session import Session

URI = "file:///project/m.py"
TEXT = "def f(a, b: list):\n    return '𝄞', [x for x in a if x in b]\n"
BROKEN = TEXT + "def g(:\n"
PULLS = {"textDocument": {"diagnostic": {"dataSupport": True, "codeDescriptionSupport": True}}}
REFRESHES = {**PULLS, "workspace": {"diagnostics": {"refreshSupport": True}}}
PUSHED = {"textDocument": {"publishDiagnostics": {"versionSupport": True}}}


class Editor:
    """A session, and what its client was sent."""

    def __init__(self, capabilities: dict[str, Any], settings: dict[str, Any] | None = None) -> None:
        whole = {"capabilities": capabilities, "initializationOptions": {"settings": settings or {}}}
        params = converters.get_converter().structure(
            {"processId": None, "rootUri": None, **whole}, types.InitializeParams
        )
        self.published: list[types.PublishDiagnosticsParams] = []
        self.asked: list[str] = []
        server: Any = SimpleNamespace(
            text_document_publish_diagnostics=self.published.append,
            window_show_message=lambda params: None,
            protocol=SimpleNamespace(send_request_async=self._request),
        )
        self.session = Session(server, params)

    async def _request(self, method: str, params: Any) -> None:
        self.asked.append(method)

    def open(self, text: str = TEXT) -> None:
        self.session.documents.opened(types.TextDocumentItem(URI, "python", 1, text))

    def edit(self, text: str, version: int) -> None:
        change = types.TextDocumentContentChangeWholeDocument(text)
        where = types.VersionedTextDocumentIdentifier(version, URI)
        self.session.documents.changed(types.DidChangeTextDocumentParams(where, [change]))

    async def pull(self, known: str | None = None) -> Any:
        params = types.DocumentDiagnosticParams(types.TextDocumentIdentifier(URI), previous_result_id=known)
        return await feature.handle(self.session, params)

    async def until(self, holds: Callable[[], object]) -> None:
        while not holds():
            await asyncio.sleep(0.01)


def edited(editor: Editor, work: Callable[[], Awaitable[None]]) -> None:
    """Run some work of a session, then end what it started."""

    async def main() -> None:
        try:
            await asyncio.wait_for(work(), 60)
        finally:
            await editor.session.close()

    asyncio.run(main())


def test_a_slow_pattern_is_a_hint_at_its_statement_with_what_a_fix_needs() -> None:
    editor = Editor(PULLS)

    async def work() -> None:
        editor.open()
        report = await editor.pull()
        (hint,) = report.items
        assert hint.range == types.Range(types.Position(1, 4), types.Position(1, 41))
        assert (hint.severity, hint.source, hint.code) == (
            types.DiagnosticSeverity.Hint,
            "afterburner",
            "membership-set",
        )
        assert hint.message.startswith("Could be faster: ") and hint.tags is None
        assert hint.data == {"rule": "membership-set", "qualname": "f"}

    edited(editor, work)


def test_what_is_known_by_its_id_is_not_sent_again_and_an_edit_elsewhere_sends_new_places() -> None:
    editor = Editor(PULLS)

    async def work() -> None:
        editor.open()
        first = await editor.pull()
        again = await editor.pull(first.result_id)
        assert (again.kind, again.result_id) == ("unchanged", first.result_id)
        editor.edit("\n" + TEXT, 2)
        moved = await editor.pull(first.result_id)
        assert moved.kind == "full" and moved.items[0].range.start.line == 2

    edited(editor, work)


def test_a_text_that_cannot_be_read_leaves_what_is_shown() -> None:
    editor = Editor(PULLS)

    async def work() -> None:
        editor.open()
        first = await editor.pull()
        editor.edit(BROKEN, 2)
        assert (await editor.pull(first.result_id)).kind == "unchanged"
        assert (await editor.pull()).items == []

    edited(editor, work)


def test_a_client_that_can_be_told_to_ask_again_is_answered_before_all_is_read() -> None:
    editor = Editor(REFRESHES)

    async def work() -> None:
        editor.open("\n".join(f"def f{n}(a, b: list):\n    return [x for x in a if x in b]" for n in range(50)))
        assert (await editor.pull()).items == []
        assert (await editor.pull("before")).kind == "unchanged"
        await editor.until(lambda: editor.asked)
        assert editor.asked == ["workspace/diagnostic/refresh"]
        assert len((await editor.pull()).items) == 50

    edited(editor, work)


def test_settings_turn_off_all_or_some() -> None:
    for settings, count in (
        ({"diagnostics": {"enable": False}}, 0),
        ({"diagnostics": {"ignore": ["membership-set"]}}, 0),
        ({"diagnostics": {"ignore": ["concat-join"]}}, 1),
    ):
        editor = Editor(PULLS, settings)

        async def work(editor: Editor = editor, count: int = count) -> None:
            editor.open()
            assert len((await editor.pull()).items) == count

        edited(editor, work)


def test_a_document_that_is_not_open_has_none() -> None:
    editor = Editor(PULLS)

    async def work() -> None:
        assert (await editor.pull()).items == []

    edited(editor, work)


def test_a_client_that_cannot_ask_is_sent_them_after_edits_and_none_when_it_closes() -> None:
    editor = Editor(PUSHED)

    async def work() -> None:
        editor.open()
        editor.session.reread(URI)
        await editor.until(lambda: editor.published)
        (sent,) = editor.published
        assert (sent.uri, sent.version, len(sent.diagnostics)) == (URI, 1, 1)
        assert sent.diagnostics[0].data is None and sent.diagnostics[0].code_description is None
        editor.edit(BROKEN, 2)
        editor.session.reread(URI)
        editor.edit(TEXT, 3)
        editor.session.reread(URI)
        await editor.until(lambda: len(editor.published) > 1)
        assert [item.version for item in editor.published] == [1, 3]
        editor.session.closed(URI)
        assert (editor.published[-1].diagnostics, editor.published[-1].version) == ([], None)

    edited(editor, work)


def test_new_settings_are_sent_at_once_where_the_client_cannot_ask() -> None:
    editor = Editor(PUSHED)

    async def work() -> None:
        editor.open()
        editor.session.reread(URI)
        await editor.until(lambda: editor.published)
        settings = {"afterburner": {"diagnostics": {"enable": False}}}
        await did_change_configuration.handle(editor.session, types.DidChangeConfigurationParams(settings))
        await editor.until(lambda: len(editor.published) > 1)
        assert [len(item.diagnostics) for item in editor.published] == [1, 0]

    edited(editor, work)


@pytest.mark.parametrize("capabilities", [PULLS, {}])
def test_a_client_that_asks_or_shows_none_is_sent_none(capabilities: dict[str, Any]) -> None:
    editor = Editor(capabilities)

    async def work() -> None:
        editor.open()
        reading = await editor.session.whole_reading(next(iter(editor.session.documents)))
        diagnostics.publish(editor.session, next(iter(editor.session.documents)), reading)
        editor.session.closed(URI)
        assert reading.patterns and editor.published == []

    edited(editor, work)


def test_an_older_reading_does_not_replace_a_newer_one() -> None:
    editor = Editor(PULLS)

    async def work() -> None:
        editor.open()
        document = next(iter(editor.session.documents))
        editor.edit(TEXT + "\n", 2)
        newer: Reading = await editor.session.whole_reading(next(iter(editor.session.documents)))
        await editor.session.whole_reading(document)
        assert editor.session.readings[URI] is newer

    edited(editor, work)


def test_a_reading_of_before_the_document_was_closed_is_not_kept() -> None:
    editor = Editor(PULLS)

    async def work() -> None:
        editor.open()
        waiting = asyncio.ensure_future(editor.session.whole_reading(next(iter(editor.session.documents))))
        await asyncio.sleep(0)
        editor.session.closed(URI)
        editor.open("def other():\n    return 1\n")
        await waiting
        assert URI not in editor.session.readings
        assert (await editor.pull()).items == []
        assert editor.session.readings[URI].outline.of("other") is not None

    edited(editor, work)


def test_codes_lead_to_a_page_of_their_rule(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    diagnostics._page.cache_clear()
    editor = Editor(PULLS)

    async def work() -> None:
        editor.open()
        (hint,) = (await editor.pull()).items
        page = tmp_path / "afterburner/rules/membership-set.md"
        assert hint.code_description == types.CodeDescription(page.as_uri())
        assert page.read_text().startswith("# membership-set\n") and "When it changes behaviour" in page.read_text()

    edited(editor, work)


def test_only_clients_that_ask_are_offered_to() -> None:
    (found,) = [item for item in discover() if item.method == "textDocument/diagnostic"]
    assert found.is_wanted(Editor(PULLS).session.client) and not found.is_wanted(Editor(PUSHED).session.client)
    options = found.options(Editor(PULLS).session.client)
    assert (options.inter_file_dependencies, options.workspace_diagnostics) == (False, False)
