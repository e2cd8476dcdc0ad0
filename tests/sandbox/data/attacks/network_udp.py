"""Send a datagram, which needs no connection; ask the kernel about the network."""

import socket


def strikes(victims):
    yield "send", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", victims["udp"]))
    yield "netlink", lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0).close()
