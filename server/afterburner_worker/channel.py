"""The private message channel: JSON lines over an inherited socket, apart from stdin, stdout and stderr."""

from __future__ import annotations

import array
import json
import os
import select
import socket
from typing import Any, Dict, Iterator, List, Optional, Tuple

from afterburner_worker.messages import encode

_CHUNK = 1 << 16


class Channel:
    """One end of the conversation with the server."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._buffer = b""
        self._fds: List[int] = []

    @classmethod
    def inherited(cls, fd: int) -> Channel:
        """Take over a socket by number and make sure that user code's output can never land on it."""
        private = os.dup(fd)
        os.close(fd)
        os.set_inheritable(private, False)
        return cls(socket.socket(fileno=private))

    def fileno(self) -> int:
        return self._sock.fileno()

    def close(self) -> None:
        self._sock.close()

    def is_hung_up(self) -> bool:
        """Whether the server is gone, without waiting."""
        events = select.poll()
        events.register(self._sock, 0)
        return any(event & select.POLLHUP for _, event in events.poll(0))

    def receive(self) -> Optional[Tuple[Dict[str, Any], List[int]]]:
        """The next message with the descriptors that came along; None when the server hung up."""
        while b"\n" not in self._buffer:
            data, ancillary, _, _ = self._sock.recvmsg(_CHUNK, socket.CMSG_SPACE(16))
            if not data:
                return None
            self._buffer += data
            self._fds += list(_descriptors(ancillary))
        line, _, self._buffer = self._buffer.partition(b"\n")
        fds, self._fds = self._fds, []
        return json.loads(line), fds

    def answer(self, request_id: str, message: Any) -> None:
        """Send one message, marked with the id of the request that it answers."""
        self._sock.sendall(json.dumps(dict(encode(message), id=request_id), separators=(",", ":")).encode() + b"\n")

    def done(self, request_id: str) -> None:
        """Say that a streamed answer is complete."""
        self._sock.sendall(json.dumps({"kind": "Done", "body": {}, "id": request_id}).encode() + b"\n")

    def wait_byte(self) -> bool:
        """Block until the server sends its go; False when it hung up."""
        return bool(self._sock.recv(1))

    def send_byte(self) -> None:
        self._sock.send(b"d")


def _descriptors(ancillary: List[Any]) -> Iterator[int]:
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            fds = array.array("i")
            fds.frombytes(data[: len(data) - len(data) % fds.itemsize])
            yield from fds
