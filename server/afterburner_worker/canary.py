"""Canary attacks: a confined process tries what the sandbox must refuse, and reports what happened.

Started like any worker. It takes the way of least confinement, that of a zygote's child.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from typing import Callable

from afterburner_worker import jail


def main(arguments: list[str]) -> int:
    """Run the attacks that the one JSON argument describes; answer on stdout with one JSON object."""
    plan = json.loads(arguments[0])
    try:
        grants = jail.Grants(read=plan["read"], write=plan["write"])
        applied = jail.enter(grants, jail.Limits(), may_fork=True)
        child = os.fork()
        if child == 0:
            jail.tighten()
            _answer({"attacks": run(plan), "landlock_abi": applied.landlock_abi})
            os._exit(0)
        os.waitpid(child, 0)
    except jail.JailError as error:
        _answer({"problem": str(error)})
    return 0


def run(plan: dict[str, object]) -> dict[str, dict[str, object]]:
    """Each attack by name: whether it got through, and what the system answered."""
    attacks: dict[str, Callable[[], object]] = {
        "read a secret": lambda: _read(str(plan["secret"])),
        "list the home directory": lambda: os.listdir(str(plan["home"])),
        "write beside the project": lambda: _write(str(plan["neighbour"])),
        "connect to a local port": lambda: _connect(plan["port"]),
        "fork": _fork,
        "start a program": lambda: os.posix_spawn(sys.executable, [sys.executable, "-c", "pass"], {}),
        "signal the parent": lambda: os.kill(int(str(plan["pid"])), 0),
    }
    return {name: _attempt(attack) for name, attack in attacks.items()}


def _attempt(attack: Callable[[], object]) -> dict[str, object]:
    try:
        attack()
    except OSError as error:
        return {"escaped": False, "detail": error.strerror or str(error)}
    return {"escaped": True, "detail": "it succeeded"}


def _read(path: str) -> None:
    with open(path, "rb") as file:
        file.read()


def _write(path: str) -> None:
    with open(path, "w", encoding="utf-8") as file:
        file.write("canary")


def _connect(port: object) -> None:
    socket.create_connection(("127.0.0.1", int(str(port))), 2).close()


def _fork() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def _answer(report: dict[str, object]) -> None:
    os.write(1, json.dumps(report).encode() + b"\n")
