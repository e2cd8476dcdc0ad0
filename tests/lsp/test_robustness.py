"""Whatever a client sends or how it leaves: the server answers or ends, and nothing of it stays behind."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal

import pytest
from _editor import ORDERS, PATIENCE_S, Editor, Json, Refused
from _house import House

pytestmark = pytest.mark.asyncio
TRUSTED = {"initializationOptions": {"trusted": True}}
SLOW = ORDERS.replace("range(600)", "range(60_000)").replace("range(598, 900)", "range(100_000, 160_000)")
LENS = {"textDocument": {"uri": "file:///a.py"}}
NOT_INITIALIZED, INVALID_REQUEST, NO_METHOD, INVALID_PARAMS = -32002, -32600, -32601, -32602


async def started(house: House, **options: Json) -> Editor:
    editor = await house.editor()
    await editor.initialize(**{**TRUSTED, **options})
    return editor


async def ended(house: House) -> int:
    """The exit status of the only server that was started."""
    return await asyncio.wait_for(house.processes[0].wait(), PATIENCE_S)


async def at_work(house: House) -> tuple[Editor, int]:
    """A server in the middle of a job; with the process id of one of its workers."""
    editor = await started(house)
    await editor.command("optimize", uri=editor.open(house.file(), SLOW), qualname="repeat_customers")
    await editor.progress("report")
    async with asyncio.timeout(PATIENCE_S):
        while not (workers := house.working().keys() - {editor.server}):
            await asyncio.sleep(0.02)
    return editor, min(workers)


async def nothing_is_left(house: House) -> None:
    assert await house.left() == []
    assert list(house.temporary.iterdir()) == []


async def code_of(editor: Editor, method: str, params: object) -> int:
    with pytest.raises(Refused) as refused:
        await editor.request(method, params)
    return int(refused.value.code)


async def test_requests_at_the_wrong_time_are_refused(house: House) -> None:
    editor = await house.editor()
    assert await code_of(editor, "textDocument/codeLens", LENS) == NOT_INITIALIZED
    assert await code_of(editor, "shutdown", None) == NOT_INITIALIZED
    editor.open(house.file(), ORDERS)
    await editor.initialize(**TRUSTED)
    assert await code_of(editor, "initialize", {"processId": None, "rootUri": None, "capabilities": {}}) == (
        INVALID_REQUEST
    )
    assert await editor.actions(house.file().as_uri()) == []
    await editor.request("shutdown")
    assert await code_of(editor, "textDocument/codeLens", LENS) == INVALID_REQUEST
    assert await code_of(editor, "shutdown", None) == INVALID_REQUEST
    editor.notify("exit")
    assert await ended(house) == 0
    await nothing_is_left(house)


async def test_nonsense_is_answered_or_passed_over_and_the_server_goes_on(house: House) -> None:
    editor = await started(house)
    uri = editor.open(house.file(), ORDERS)
    for body in (
        b"{",
        b"[]",
        b"null",
        b"7",
        b'"text"',
        b"{}",
        b"\xff\xfe",
        b'{"jsonrpc": "1.0", "id": 1, "method": "x"}',
    ):
        editor.raw(body)
    editor.raw(b'{"jsonrpc": "2.0"}')
    editor.raw(b'{"jsonrpc": "2.0", "id": "nobody asked", "result": 1}')
    editor.raw(b'{"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 99999}}')
    editor.bytes(b"Some-Header: x\r\nContent-Length: twelve\r\nContent-Length: 2\r\n\r\n{}")
    editor.notify("no/suchNotification", {"a": 1})
    assert await code_of(editor, "no/suchRequest", {"a": 1}) == NO_METHOD
    assert await code_of(editor, "textDocument/hover", {"textDocument": {"uri": uri}}) == INVALID_PARAMS
    assert await code_of(editor, "textDocument/codeAction", None) == INVALID_PARAMS
    assert await code_of(editor, "workspace/executeCommand", {"command": "no.such"}) == INVALID_PARAMS
    editor.notify("textDocument/didChange", {"textDocument": {"uri": uri}})
    assert await editor.actions(uri)
    assert editor.said() == []


async def test_documents_that_are_not_open_have_nothing(house: House) -> None:
    editor = await started(house)
    for uri in ("file:///nowhere.py", "untitled:Untitled-1", "not a uri", ""):
        editor.change(uri, 2, "x")
        editor.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        assert await editor.actions(uri) == await editor.lenses(uri) == [] and await editor.hover(uri) == ""
    assert editor.said() == []


async def test_a_file_that_was_never_saved_is_served_and_not_run(house: House) -> None:
    editor = await started(house)
    uri = "untitled:Untitled-1"
    item = {"uri": uri, "languageId": "python", "version": 1, "text": ORDERS}
    editor.notify("textDocument/didOpen", {"textDocument": item})
    assert await editor.actions(uri)
    answer = await editor.command("optimize", uri=uri, qualname="total")
    assert answer["state"] == "refused" and "Save the file first" in answer["message"]


async def test_a_thousand_quick_edits_with_requests_between(house: House) -> None:
    editor = await started(house)
    uri = editor.open(house.file(), ORDERS)
    end = {"line": len(ORDERS.splitlines()), "character": 0}
    asked = []
    for number in range(1000):
        change = {"range": {"start": end, "end": end}, "text": f"def f{999 - number}(): pass\n"}
        document = {"uri": uri, "version": number + 2}
        editor.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})
        if number % 20 == 0:
            ask = (editor.actions, editor.lenses, editor.hover)[number // 20 % 3]
            asked.append(asyncio.ensure_future(ask(uri)))
    await asyncio.gather(*asked)
    last = len(ORDERS.splitlines())
    for line, name in ((last, "f0"), (last + 999, "f999")):
        assert f"optimize `{name}`" in (await editor.actions(uri, line))[0]["title"]
    assert editor.said() == []


@pytest.mark.parametrize("way", ["hangs up", "exits", "is killed", "asks to shut down and vanishes", "terminates it"])
async def test_a_client_that_leaves_during_a_job_takes_everything_along(house: House, way: str) -> None:
    parent = await asyncio.create_subprocess_exec("/bin/sleep", "600", env={})
    try:
        editor = await started(house, processId=parent.pid)
        await editor.command("optimize", uri=editor.open(house.file(), SLOW), qualname="repeat_customers")
        await editor.progress("report")
        match way:
            case "hangs up":
                editor.hang_up()
            case "exits":
                editor.notify("exit")
            case "is killed":
                parent.kill()
                await parent.wait()
            case "asks to shut down and vanishes":
                await editor.request("shutdown")
                editor.hang_up()
            case _:
                os.kill(editor.server, signal.SIGTERM)
        status = await ended(house)
        assert status == 1
        await nothing_is_left(house)
    finally:
        if parent.returncode is None:
            parent.kill()
        await parent.wait()


async def test_workers_that_are_killed_cost_one_job_and_not_the_server(house: House) -> None:
    editor, worker = await at_work(house)
    ending = asyncio.ensure_future(editor.progress("end"))
    while not ending.done():
        for pid in house.working().keys() - {editor.server}:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        await asyncio.sleep(0.02)
    told = await editor.told("repeat_customers: ")
    assert (await ending)["value"]["message"] in ("failed", "nothing to offer") and "Traceback" not in told["message"]
    await house.gone(worker)
    await editor.command("optimize", uri=next(iter(editor.texts)), qualname="total", profile="nonsense")
    await editor.told("nonsense")


async def connected(port: int, token: str) -> Editor:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"{token}\n".encode())
    return Editor(reader, writer)


async def listening(house: House) -> tuple[str, int, str]:
    """Address, port and token of a server that listens."""
    process = await house.process("--port", "0")
    assert process.stderr
    text = (await process.stderr.readline() + await process.stderr.readline()).decode()
    found = re.fullmatch(r"listening on (\S+):(\d+)\ntoken (\S+)\n", text)
    assert found, text
    return found[1], int(found[2]), found[3]


async def test_over_tcp_only_who_knows_the_token_is_served_and_only_one(house: House) -> None:
    address, port, token = await listening(house)
    assert address == "127.0.0.1"
    for wrong in ("", "guess", token[:-1], "Content-Length: 2\r\n\r\n{}", "x" * 100_000):
        stranger = await connected(port, wrong)
        await asyncio.wait_for(stranger.closed, PATIENCE_S)
        assert stranger.received == []
    first, second = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
    editors = []
    for reader, writer in (first, second):
        writer.write(f"{token}\n".encode())
        editors.append(Editor(reader, writer))
    served, refused = editors
    await served.initialize()
    await asyncio.wait_for(refused.closed, PATIENCE_S)
    late = await connected(port, token)
    await asyncio.wait_for(late.closed, PATIENCE_S)
    assert refused.received == late.received == []
    assert await served.actions(served.open(house.file(), ORDERS))
    served.notify("exit")
    assert await ended(house) == 1
    await nothing_is_left(house)


async def test_over_tcp_a_client_that_hangs_up_ends_the_server(house: House) -> None:
    _, port, token = await listening(house)
    editor = await connected(port, token)
    await editor.initialize()
    editor.hang_up()
    assert await ended(house) == 1


async def test_framing_that_is_lost_ends_the_server_and_its_job(house: House) -> None:
    editor, _ = await at_work(house)
    editor.bytes(b"Content-Length: 99999999999999999999999\r\n\r\n{}")
    editor.hang_up()
    assert await ended(house) != 0
    await nothing_is_left(house)
