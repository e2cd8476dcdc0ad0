"""An editor in a few lines: keeps every message as it was on the wire, and answers as it is told to."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Json = dict[str, Any]
PATIENCE_S = 60.0
"""Only ends a test that would hang: these machines are shared."""
ABLE: Json = {
    "general": {"positionEncodings": ["utf-16"]},
    "textDocument": {
        "codeAction": {
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["", "quickfix", "refactor"]}},
            "dataSupport": True, "disabledSupport": True, "isPreferredSupport": True,
            "resolveSupport": {"properties": ["edit"]},
        },
        "hover": {"contentFormat": ["markdown", "plaintext"]},
    },
    "workspace": {
        "applyEdit": True, "codeLens": {"refreshSupport": True},
        "workspaceEdit": {"documentChanges": True, "changeAnnotationSupport": {}},
    },
    "window": {"workDoneProgress": True, "showDocument": {"support": True}, "showMessage": {}},
    "experimental": {"serverStatusNotification": True},
}  # fmt: skip
ORDERS = '''\
"""Customers and their orders."""


def repeat_customers(old, new):
    """Customers of `new` that are in `old` too.

    >>> repeat_customers([f"c{i}" for i in range(600)], [f"c{i}" for i in range(598, 900)])
    ['c598', 'c599']
    """
    found = []
    for customer in new:
        if customer in old:
            found.append(customer)
    return found


def total(amounts):
    """The sum.

    >>> total([1, 2, 3])
    6
    """
    return sum(amounts)
'''
LINE = ORDERS.splitlines().index("def repeat_customers(old, new):")


class Refused(Exception):
    """The server answered a request with an error."""

    def __init__(self, error: Json) -> None:
        super().__init__(error["message"])
        self.code = error["code"]


class Editor:
    """One client; `answers` says what it answers to the server's requests, by method."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, server: int = 0) -> None:
        self.server = server
        """Process id, where we started it."""
        self.received: list[Json] = []
        self.texts: dict[str, str] = {}
        self.answers: dict[str, Callable[[Json], Any]] = {
            "window/workDoneProgress/create": lambda params: None,
            "workspace/codeLens/refresh": lambda params: None,
            "workspace/diagnostic/refresh": lambda params: None,
            "client/registerCapability": lambda params: None,
            "window/showDocument": lambda params: {"success": True},
            "window/showMessageRequest": lambda params: None,
            "workspace/applyEdit": self._applied,
        }
        self.declined: set[str] = set()
        """Requests that are left unanswered."""
        self._reader, self._writer = reader, writer
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Json]] = {}
        self._arrived = asyncio.Event()
        self.closed = asyncio.ensure_future(self._read())
        """Done when the server closed the connection."""

    async def initialize(self, capabilities: Json = ABLE, **params: Any) -> Json:
        """The answer to `initialize`, after which the server knows that we listen."""
        start = {"processId": None, "rootUri": None, "capabilities": capabilities, **params}
        answer: Json = await self.request("initialize", start)
        self.notify("initialized", {})
        return answer

    async def request(self, method: str, params: Any = None) -> Any:
        """The result; raises Refused for an error."""
        number = next(self._ids)
        self._waiting[number] = asyncio.get_running_loop().create_future()
        self.send({"id": number, "method": method, "params": params})
        answer = await asyncio.wait_for(self._waiting[number], PATIENCE_S)
        if "error" in answer:
            raise Refused(answer["error"])
        return answer["result"]

    def notify(self, method: str, params: Any = None) -> None:
        self.send({"method": method, "params": params})

    def send(self, message: Json) -> None:
        self.raw(json.dumps({"jsonrpc": "2.0", **message}).encode())

    def raw(self, body: bytes) -> None:
        self._writer.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)

    def bytes(self, data: bytes) -> None:
        self._writer.write(data)

    def hang_up(self) -> None:
        """End our side of the connection without a word."""
        self._writer.close()

    async def command(self, name: str, **argument: Any) -> Any:
        asked = {"command": f"afterburner.server.{name}", "arguments": [argument]}
        return await self.request("workspace/executeCommand", asked)

    def open(self, path: Path, text: str, version: int = 1) -> str:
        """Open a document with this text, whatever the file holds; gives its URI."""
        uri = path.as_uri()
        self.texts[uri] = text
        item = {"uri": uri, "languageId": "python", "version": version, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})
        return uri

    def change(self, uri: str, version: int, text: str) -> None:
        """Replace the whole text."""
        self.texts[uri] = text
        document = {"uri": uri, "version": version}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})

    async def actions(self, uri: str, line: int = LINE, **context: Any) -> list[Json]:
        """The code actions with the cursor on a line."""
        place = {"line": line, "character": 0}
        params = {
            "textDocument": {"uri": uri}, "range": {"start": place, "end": place},
            "context": {"diagnostics": [], **context},
        }  # fmt: skip
        return await self.request("textDocument/codeAction", params) or []

    async def lenses(self, uri: str) -> list[Json]:
        return await self.request("textDocument/codeLens", {"textDocument": {"uri": uri}}) or []

    async def hover(self, uri: str, line: int = LINE) -> str:
        """What a hover shows; '' for nothing."""
        place = {"textDocument": {"uri": uri}, "position": {"line": line, "character": 4}}
        found = await self.request("textDocument/hover", place)
        return found["contents"]["value"] if found else ""

    async def until(self, wanted: Callable[[Json], object], *, after: int = 0) -> Json:
        """The first message from `after` on that is wanted."""

        async def seen() -> Json:
            while True:
                for message in self.received[after:]:
                    if wanted(message):
                        return message
                self._arrived.clear()
                await self._arrived.wait()

        return await asyncio.wait_for(seen(), PATIENCE_S)

    async def progress(self, kind: str, *, after: int = 0) -> Json:
        """The first step of this kind: its token and value."""
        found = await self.until(lambda m: m.get("method") == "$/progress" and _kind(m) == kind, after=after)
        return found["params"]

    async def told(self, text: str, *, after: int = 0) -> Json:
        """The first message to the user with this text in it; gives its parameters."""
        found = await self.until(lambda m: _is_shown(m) and text in m["params"]["message"], after=after)
        return found["params"]

    def asked(self, method: str) -> list[Json]:
        """The parameters of every message of a method so far."""
        return [message.get("params") for message in self.received if message.get("method") == method]

    def said(self) -> list[str]:
        """Every message to the user so far, questions included."""
        return [message["params"]["message"] for message in self.received if _is_shown(message)]

    async def optimized(self, uri: str, qualname: str = "repeat_customers", *, waits_for_progress: bool = True) -> Json:
        """Optimise a function to the end; gives the parameters of the message about it."""
        before = len(self.received)
        answer = await self.command("optimize", uri=uri, qualname=qualname, profile="quick")
        assert answer["state"] == "started", answer
        found = await self.until(is_verdict, after=before)
        if waits_for_progress:
            await self.progress("end", after=before)
        return found["params"]

    async def _read(self) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await self._reader.readuntil(b"\r\n\r\n")
                length = next(int(line.split(b":")[1]) for line in head.splitlines() if line.startswith(b"Content-L"))
                self._got(json.loads(await self._reader.readexactly(length)))

    def _got(self, message: Json) -> None:
        self.received.append(message)
        if "method" not in message:
            waiting = self._waiting.pop(message["id"], None)
            if waiting is not None and not waiting.done():
                waiting.set_result(message)
        elif "id" in message and message["method"] not in self.declined:
            self.send({"id": message["id"], **self._answer(message)})
        self._arrived.set()

    def _answer(self, message: Json) -> Json:
        answer = self.answers.get(message["method"])
        if answer is None:
            return {"error": {"code": -32601, "message": f"no {message['method']} here"}}
        return {"result": answer(message.get("params"))}

    def _applied(self, params: Json) -> Json:
        for uri, edits in edits_of(params["edit"]).items():
            self.texts[uri] = applied(self.texts[uri], edits)
        return {"applied": True}


def is_verdict(message: Json) -> bool:
    """Whether this is the message at the end of a job, with its choices."""
    asks = message.get("method") == "window/showMessageRequest"
    return asks and {"title": "Report"} in message["params"]["actions"]


def edits_of(edit: Json) -> Mapping[str, list[Json]]:
    """A workspace edit's text edits by document, in whichever of its two forms."""
    if "documentChanges" in edit:
        return {part["textDocument"]["uri"]: part["edits"] for part in edit["documentChanges"]}
    return edit["changes"]


def applied(text: str, edits: list[Json]) -> str:
    """A text after an editor's edits, with columns in UTF-16."""
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))

    def index(place: Json) -> int:
        start = starts[place["line"]]
        return start + len(text[start:].encode("utf-16-le")[: place["character"] * 2].decode("utf-16-le"))

    spans = [(index(edit["range"]["start"]), index(edit["range"]["end"]), edit["newText"]) for edit in edits]
    for start, end, new in sorted(spans, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _is_shown(message: Json) -> bool:
    return message.get("method") in ("window/showMessage", "window/showMessageRequest")


def _kind(message: Json) -> object:
    return message["params"]["value"]["kind"]
