"""Runs one attack, bare or over the way that every child takes: jail, fork, tighten. Python 3.9.

Says "STARTED", then for each strike "ESCAPED", or "HELD" and why; one who was killed says no more.
"""

from __future__ import annotations

import json
import os
import runpy
import sys


def main() -> None:
    plan = json.loads(sys.argv[1])
    sys.path.insert(0, plan["worker"])
    from afterburner_worker import jail

    if plan["confined"]:
        limits = jail.Limits(**plan["limits"])
        jail.enter(jail.Grants(read=plan["read"], write=plan["write"]), limits, may_fork=True)
    child = os.fork()
    if child == 0:
        if plan["confined"]:
            jail.tighten()
        attempt(plan)
        os._exit(0)
    os.waitpid(child, 0)


def attempt(plan: dict) -> None:
    say("STARTED")
    for name, strike in runpy.run_path(plan["attack"])["strikes"](plan["victims"]):
        try:
            strike()
        except (OSError, MemoryError, RuntimeError, ValueError) as error:
            say("HELD", name, type(error).__name__, str(error))
        else:
            say("ESCAPED", name)


def say(*words: str) -> None:
    os.write(1, " ".join(words).encode() + b"\n")


main()
