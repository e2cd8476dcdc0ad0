"""Entry of a worker process: `python <this folder> zygote|child|canary|capture …`."""

from __future__ import annotations

import gc
import os
import sys


def _import_self(role: str) -> None:
    """Make this folder importable as a package, then leave `sys.path` as the user's interpreter had it."""
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[0:1] = [os.path.dirname(here)]
    try:
        if role == "capture":
            _import_capture()
        else:
            import afterburner_worker.child
            import afterburner_worker.zygote  # noqa: F401
    finally:
        del sys.path[0]


def _import_capture() -> None:
    """Nothing of the user's is loaded yet: with a folder as third argument, our own modules are kept compiled there."""
    before = sys.pycache_prefix, sys.dont_write_bytecode
    gc.disable()  # looking for garbage among what is only loaded takes a tenth of all that this takes
    if len(sys.argv) > 3:
        sys.pycache_prefix, sys.dont_write_bytecode = sys.argv[3], False
    try:
        import afterburner_worker.capture  # noqa: F401
    finally:
        sys.pycache_prefix, sys.dont_write_bytecode = before
        gc.enable()


def main() -> int:
    role = sys.argv[1] if len(sys.argv) > 1 else ""
    _import_self(role)
    if role == "capture":
        from afterburner_worker import capture

        return capture.main(sys.argv[2:])
    if role == "canary":
        from afterburner_worker import canary

        return canary.main(sys.argv[2:])
    if role not in ("zygote", "child"):
        sys.stderr.write("This is Afterburner's worker; it is started by `afterburner`, not by hand.\n")
        return 2
    from afterburner_worker import child, zygote
    from afterburner_worker.channel import Channel

    channel = Channel.inherited(int(sys.argv[2]))
    sys.argv = [""]
    return zygote.serve(channel) if role == "zygote" else child.start(channel)


if __name__ == "__main__":
    sys.exit(main())
