"""Connect to a server on this machine, and be one."""

import socket


def strikes(victims):
    yield "connect", lambda: socket.create_connection(("127.0.0.1", victims["tcp"]), 2).close()
    yield "listen", lambda: socket.create_server(("127.0.0.1", 0)).close()
