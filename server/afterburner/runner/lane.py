"""A conversation with one worker: requests out, validated answers in, and its CPU clock read from outside."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import socket
import struct
import time
from collections.abc import Iterator
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from afterburner.core.errors import ProtocolViolation
from afterburner_worker import messages

Message = TypeVar("Message")

_CREDENTIALS = struct.Struct("3i")
_LINE_CAP = 256 << 20
_SETTLING = 100
_PAUSE_S = 0.00002
_ADAPTERS: dict[type, TypeAdapter[Any]] = {}


class LaneClosed(Exception):
    """The worker is gone: it crashed, was killed, or hung up."""


class LaneTimeout(Exception):
    """No answer within the time that was granted."""


class WorkerRefusal(Exception):
    """The worker answered with a `Refusal`."""

    def __init__(self, refusal: messages.Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


class Lane:
    """The server's end of one socket; whatever arrives on it is untrusted."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self._sock = sock
        self._buffer = bytearray()
        self._pidfd = -1
        self.pid = 0
        """The worker's process id in our namespace, as the kernel tells it; 0 until it first spoke."""

    def ask(self, message: object, answer: type[Message], timeout: float) -> Message:
        """Send a request and give its one answer; `LaneTimeout`, `LaneClosed`, `WorkerRefusal`."""
        request = self._send(message)
        return self._validated(self._receive(request, time.monotonic() + timeout), answer)

    def stream(self, message: object, answer: type[Message], first: float, each: float) -> Iterator[Message]:
        """Send a request and give its answers as they come, until the worker says done."""
        request = self._send(message)
        limit = first
        while True:
            received = self._receive(request, time.monotonic() + limit)
            if received.kind == "Done":
                return
            yield self._validated(received, answer)
            limit = each

    def pass_descriptor(self, fd: int) -> str:
        """Hand a descriptor to a zygote; its new child greets on it with the id that is returned."""
        request = secrets.token_hex(8)
        try:
            socket.send_fds(
                self._sock, [json.dumps({"id": request, "kind": "Fork", "body": {}}).encode() + b"\n"], [fd]
            )
        except OSError:
            raise LaneClosed from None
        return request

    def greeted(self, request: str, timeout: float) -> None:
        """Wait for a forked child's first word, from which its process id is known."""
        self._validated(self._receive(request, time.monotonic() + timeout), messages.Installed)

    def sample(self, prepare: messages.Prepare, timeout: float) -> int:
        """CPU nanoseconds that the worker spent on the prepared calls, by the kernel's clock for its process."""
        self.ask(prepare, messages.Installed, timeout)
        self._sock.settimeout(timeout)
        try:
            before = self._settled_clock()
            self._sock.send(b"g")
            answer = self._sock.recv(1)
            after = self._settled_clock()
            self._sock.send(b"a")
        except TimeoutError:
            raise LaneTimeout from None
        except OSError:
            raise LaneClosed from None
        if answer != b"d":
            raise LaneClosed
        return after - before

    def _settled_clock(self) -> int:
        """The worker's CPU nanoseconds, once they stand still.

        The kernel brings another process's clock up to date when that process is switched out: read while it still
        runs on the other core, the clock can lack everything since its last tick.
        """
        clock = (~self.pid << 3) | 2
        last = -1
        for _ in range(_SETTLING):
            now = time.clock_gettime_ns(clock)
            if now == last:
                break
            last = now
            time.sleep(_PAUSE_S)
        return last

    def close(self) -> None:
        """Hang up and end the worker."""
        if self._pidfd >= 0:
            with contextlib.suppress(OSError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
            os.close(self._pidfd)
            self._pidfd = -1
        self._sock.close()

    @property
    def closed(self) -> bool:
        return self._sock.fileno() < 0

    def _send(self, message: object) -> str:
        request = secrets.token_hex(8)
        line = json.dumps(dict(messages.encode(message), id=request), separators=(",", ":")).encode() + b"\n"
        try:
            self._sock.settimeout(30)
            self._sock.sendall(line)
        except OSError:
            raise LaneClosed from None
        return request

    def _receive(self, request: str, deadline: float) -> messages.Answer:
        line = self._line(deadline)
        try:
            # Not by pydantic's own parser: that refuses lone surrogates, which any Python text may hold.
            answer: messages.Answer = _adapter(messages.Answer).validate_python(json.loads(line))
        except (ValueError, RecursionError) as error:
            raise ProtocolViolation("The worker's answer is not a message.", _brief(error)) from None
        if answer.id != request:
            raise ProtocolViolation("The worker answered something that was not asked.")
        return answer

    def _line(self, deadline: float) -> bytes:
        scanned = 0
        while (end := self._buffer.find(b"\n", scanned)) < 0:
            scanned = len(self._buffer)
            if scanned > _LINE_CAP:
                raise ProtocolViolation("The worker's answer is too long.")
            self._buffer += self._chunk(deadline)
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        return line

    def _chunk(self, deadline: float) -> bytes:
        self._sock.settimeout(max(deadline - time.monotonic(), 0.001))
        try:
            data, ancillary, _, _ = self._sock.recvmsg(1 << 18, socket.CMSG_SPACE(_CREDENTIALS.size))
        except TimeoutError:
            raise LaneTimeout from None
        except OSError:
            raise LaneClosed from None
        if not data:
            raise LaneClosed
        self._learn_pid(ancillary)
        return data

    def _learn_pid(self, ancillary: list[tuple[int, int, bytes]]) -> None:
        for level, kind, data in ancillary:
            if level == socket.SOL_SOCKET and kind == socket.SCM_CREDENTIALS and not self.pid:
                self.pid = _CREDENTIALS.unpack(data[: _CREDENTIALS.size])[0]
                try:
                    self._pidfd = os.pidfd_open(self.pid)
                except OSError:
                    raise LaneClosed from None

    @staticmethod
    def _validated(answer: messages.Answer, expected: type[Message]) -> Message:
        kind: type[Any] = messages.Refusal if answer.kind == "Refusal" else expected
        if answer.kind != kind.__name__:
            raise ProtocolViolation(f"The worker answered with a {answer.kind[:40]!r}.")
        try:
            message = _adapter(kind).validate_python(answer.body)
        except ValidationError as error:
            raise ProtocolViolation("The worker's answer has the wrong form.", _brief(error)) from None
        if isinstance(message, messages.Refusal):
            raise WorkerRefusal(message)
        return message  # type: ignore[no-any-return]


def _brief(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]
