"""The server itself: which messages reach which handler, and the two ways to be connected."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import functools
import hmac
import logging
import os
import secrets
import signal
import sys
import threading
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidRequest, JsonRpcServerNotInitialized
from pygls.io_ import StdinAsyncReader, StdoutWriter, run_async
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol
from pygls.protocol.language_server import lsp_method

from afterburner import __version__
from afterburner.core.errors import UsageError
from afterburner.lsp import commands, features
from afterburner.lsp.guard import guarded
from afterburner.lsp.session import Session

log = logging.getLogger(__name__)

_M_MMAP_THRESHOLD, _LARGE = -3, 128 * 1024
_WATCH_S = 3.0
_TOKEN_S = 30.0


class Protocol(LanguageServerProtocol):
    """pygls' protocol with documents of our own, and an answer to requests at the wrong time."""

    session: Session | None = None

    @lsp_method(types.INITIALIZE)
    def lsp_initialize(self, params: types.InitializeParams) -> Generator[Any, Any, types.InitializeResult]:
        self.session = Session(self._server, params)
        _register(self._server, self.session)
        result = yield from super().lsp_initialize(params)
        result.capabilities.position_encoding = types.PositionEncodingKind(self.session.client.encoding)
        return result

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        self.fm.features[types.TEXT_DOCUMENT_DID_OPEN](params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        self.fm.features[types.TEXT_DOCUMENT_DID_CHANGE](params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        self.fm.features[types.TEXT_DOCUMENT_DID_CLOSE](params)

    def structure_message(self, data: dict[str, Any]) -> Any:
        """The message as an object; a request whose parameters make no sense is answered, so that nobody waits."""
        try:
            return super().structure_message(data)
        except JsonRpcException as error:
            if "method" in data and isinstance(data.get("id"), str | int):
                self._refuse(data["id"], error)
            raise

    def _handle_request(self, msg_id: Any, method_name: str, params: Any) -> None:
        if self.session is None and method_name != types.INITIALIZE:
            self._refuse(msg_id, JsonRpcServerNotInitialized("The first request must be `initialize`."))
        elif self.session is not None and method_name == types.INITIALIZE:
            self._refuse(msg_id, JsonRpcInvalidRequest("The server is initialized already."))
        else:
            super()._handle_request(msg_id, method_name, params)

    def _handle_response(self, msg_id: Any, result: Any = None, error: Any = None) -> None:
        """An answer that nobody waits for any more is no error."""
        waiting = self._request_futures.get(msg_id)
        if waiting is not None and waiting.cancelled():
            del self._request_futures[msg_id]
            return
        super()._handle_response(msg_id, result, error)

    def _refuse(self, msg_id: Any, error: JsonRpcException) -> None:
        self._send_response(msg_id, error=error.to_response_error())

    def _handle_notification(self, method_name: str, params: Any) -> None:
        if self.session is not None or method_name == types.EXIT:
            super()._handle_notification(method_name, params)

    def handle_message(self, message: Any) -> None:
        if self._shutdown and getattr(message, "id", None) is not None and getattr(message, "method", None):
            self._refuse(message.id, JsonRpcInvalidRequest("The server is shutting down."))
            return
        super().handle_message(message)


class Server(LanguageServer):
    """One server for one client."""

    def __init__(self) -> None:
        super().__init__(
            "afterburner", __version__, types.TextDocumentSyncKind.Incremental, protocol_cls=Protocol, max_workers=2
        )

    @property
    def session(self) -> Session | None:
        protocol: Any = self.protocol
        session: Session | None = protocol.session
        return session

    def report_server_error(self, error: Exception, source: Any) -> None:
        """What could not be handled goes to the log: a client that sends nonsense gets no pop-up for it."""
        log.error("A message could not be handled: %s", error)


def _register(server: LanguageServer, session: Session) -> None:
    """Everything that this client can use; done when its capabilities are known."""
    for feature in features.discover():
        if feature.is_wanted(session.client):
            handler = guarded(_bound(feature.handle, session))
            server.feature(feature.method, feature.options(session.client))(handler)
    for name, handle in commands.discover().items():
        server.command(name)(guarded(_command(handle, session)))


def _bound(handle: Callable[..., Any], session: Session) -> Callable[[Any], Any]:
    if asyncio.iscoroutinefunction(handle):

        async def waiting(params: Any) -> Any:
            return await handle(session, params)

        return waiting
    return functools.partial(handle, session)


def _command(handle: Callable[..., Any], session: Session) -> Callable[..., Any]:
    async def run(*arguments: Any) -> Any:
        if len(arguments) != 1 or not isinstance(arguments[0], dict):
            raise UsageError("A command takes one object.")
        return await handle(session, arguments[0])

    return run


def serve_stdio() -> None:
    """Serve the client at the other end of stdin and stdout until it leaves; ends the process."""
    channel = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints must not be taken for a message

    async def served() -> int:
        with ThreadPoolExecutor(1, "afterburner-stdin") as pool:
            status = await _served(Server(), StdinAsyncReader(sys.stdin.buffer, pool), StdoutWriter(channel))
            _leave(status)  # its thread may be waiting for stdin for ever
            return status

    asyncio.run(served())


def serve_tcp(port: int) -> None:
    """Serve one client on the loopback interface; it must send the token that is printed here as its first line."""
    token = secrets.token_urlsafe(24)
    _leave(asyncio.run(_listened(port, token)))


async def _listened(port: int, token: str) -> int:
    ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    taken = False

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal taken
        if not await _knows(reader, token) or taken:  # in this order: another client may have come meanwhile
            writer.close()
            return
        taken = True
        status = await _served(Server(), reader, writer)
        writer.close()
        if not ended.done():
            ended.set_result(status)

    listener = await asyncio.start_server(connected, "127.0.0.1", port)
    address, bound = listener.sockets[0].getsockname()[:2]
    print(f"listening on {address}:{bound}\ntoken {token}", file=sys.stderr, flush=True)
    try:
        return await ended
    finally:
        listener.close()  # and not `async with`: from 3.12 on that waits for clients that are not heard any more


async def _knows(reader: asyncio.StreamReader, token: str) -> bool:
    try:
        line = await asyncio.wait_for(reader.readline(), _TOKEN_S)
    except (TimeoutError, ValueError, OSError):  # ValueError: a first line without an end
        return False
    return hmac.compare_digest(line.strip(), token.encode())


async def _served(server: Server, reader: Any, writer: Any) -> int:
    """Handle messages until the client leaves, however it does; 0 where it said so properly."""
    _return_large_blocks()
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    assert task is not None
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    server.protocol.set_writer(writer)
    watching = asyncio.ensure_future(_until_orphaned(server, task))
    status = 1
    try:
        await run_async(threading.Event(), reader, server.protocol, log, server.report_server_error)
    except SystemExit as leaving:
        status = leaving.code if isinstance(leaving.code, int) else 1
    except (asyncio.CancelledError, EOFError, OSError) as gone:
        log.info("The client is gone: %s", gone or type(gone).__name__)
    finally:
        watching.cancel()
        if server.session is not None:
            await server.session.close()
    return status


def _return_large_blocks() -> None:
    """Have glibc map each large text apart, so that its memory goes back when it is gone; else edits leave holes.

    Its own threshold (mallopt(3), M_MMAP_THRESHOLD) grows with the first large block that is freed.
    """
    with contextlib.suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _LARGE)


async def _until_orphaned(server: Server, task: asyncio.Task[Any]) -> None:
    """A client that said who it is may vanish without closing anything."""
    while True:
        await asyncio.sleep(_WATCH_S)
        if server.process_id is not None and not _is_alive(server.process_id):
            task.cancel()


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it is somebody else's, so it lives
        return True
    return True


def _leave(status: int) -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(status)
