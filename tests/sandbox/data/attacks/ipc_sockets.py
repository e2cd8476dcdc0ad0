"""Reach another program's socket: by path from an unconnected end of a pair, and by its abstract name."""

import socket


def strikes(victims):
    yield "by path", lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)[0].sendto(b"x", victims["unix"])
    yield "by abstract name", lambda: socket.socket(socket.AF_UNIX).connect("\0" + victims["abstract"])
