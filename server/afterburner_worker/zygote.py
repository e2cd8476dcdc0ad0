"""The warm worker: imports the module once inside the sandbox and forks one jailed child per run."""

from __future__ import annotations

import os
import signal
import socket

from afterburner_worker import child, jail
from afterburner_worker.channel import Channel
from afterburner_worker.messages import Installed


def serve(channel: Channel) -> int:
    """Greet, then fork a child for each descriptor that arrives, until the server hangs up."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    if not child.greet(channel):
        return 1
    while True:
        received = channel.receive()
        if received is None:
            return 0
        for fd in received[1]:
            if os.fork() == 0:
                _become_child(channel, fd, received[0]["id"])
            os.close(fd)


def _become_child(channel: Channel, fd: int, request_id: str) -> None:
    """Never returns: serves on its own socket, under the filter that also forbids forking."""
    code = 1
    try:
        channel.close()
        jail.tighten()
        own = Channel(socket.socket(fileno=fd))
        own.answer(request_id, Installed())
        code = child.serve(own)
    finally:
        os._exit(code)
