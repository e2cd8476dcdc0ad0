"""Leaves that only pickle can write: instances of C extension types, kept as bytes that nobody but the jail opens.

Pickling runs `__reduce__` and `__getstate__` of what it writes. It happens where a call is captured: in the user's own
process, on values of C types and their subclasses, whose state no descriptor reaches. Such methods are written to be
called at any time; still, nothing is pickled in an observation, so that no verdict depends on what they do.
"""

from __future__ import annotations

import io
from typing import Any

from afterburner_worker.graph import ThawError

_LARGEST = 1_000_000
_PROTOCOL = 4


class CannotPickle(Exception):
    """The thing refuses to be pickled, or is too large; `str()` says which."""


class _Capped(io.BytesIO):
    """Refuses to grow beyond the cap, so that a huge thing is given up early."""

    def write(self, data: Any) -> int:
        if self.tell() + len(data) > _LARGEST:
            raise CannotPickle("its pickle is larger than %d bytes" % _LARGEST)
        return super().write(data)


def pickled(thing: Any) -> str:
    """The pickle of a thing in hexadecimal; raises `CannotPickle`."""
    import pickle  # most captures do without it

    target = _Capped()
    try:
        pickle.Pickler(target, _PROTOCOL).dump(thing)
    except CannotPickle:
        raise
    except Exception as error:  # what the thing's own methods raise may be anything
        raise CannotPickle("it cannot be pickled (%s)" % type(error).__name__) from None
    return target.getvalue().hex()


def unpickled(text: str) -> Any:
    """The thing again. This can run any code: only ever called in the jailed worker, whoever wrote the pickle."""
    import pickle

    try:
        return pickle.loads(bytes.fromhex(text))
    except Exception as error:  # as above
        raise ThawError("A pickled value cannot be rebuilt here: %s: %s." % (type(error).__name__, error)) from error
