"""Speak under another process's number on a socket: what the harness knows a child by. Only root could."""

import socket
import struct


def strikes(victims):
    yield "forge", lambda: forge(victims["pid"])


def forge(pid):
    here, there = socket.socketpair()
    there.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
    forged = struct.pack("3i", pid, 0, 0)
    here.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_CREDENTIALS, forged)])
