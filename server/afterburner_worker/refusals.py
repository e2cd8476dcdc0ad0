"""Sentences for exceptions: one line each, and what the sandbox refused where it is behind one."""

from __future__ import annotations

import errno
import traceback
from typing import Iterator, Optional

_REFUSED = (errno.EPERM, errno.EACCES, errno.EROFS)
_NEEDS = (
    ("needs the network", ("socket.py", "ssl.py", "asyncio/base_events.py", "http/client.py")),
    ("starts a process", ("subprocess.py", "multiprocessing/", "concurrent/futures/process.py", "pty.py")),
)


def one_line(error: BaseException) -> str:
    """The type of an exception with its text."""
    text = " ".join(traceback.format_exception_only(type(error), error)[-1].split())
    return text[:300]


def refusal(error: BaseException) -> str:
    """What the sandbox refused, as a phrase, or "" when it is not behind this exception."""
    for one in _chain(error):
        found = _refused(one)
        if found:
            return found
    return ""


def _refused(error: BaseException) -> Optional[str]:
    if type(error).__name__ in ("gaierror", "herror"):
        return "needs the network"
    if not isinstance(error, OSError) or error.errno not in _REFUSED:
        return None
    files = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
    for phrase, signs in _NEEDS:
        if any(file.endswith(sign) or (sign.endswith("/") and sign in file) for file in files for sign in signs):
            return phrase
    if error.filename is not None:
        return "reaches %s, which the sandbox does not grant" % (error.filename,)
    if any(word in _last_line(error) for word in ("fork", "exec", "spawn", "system", "Popen")):
        return "starts a process"
    return "does what the sandbox refuses (%s)" % one_line(error)


def _last_line(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return (frames[-1].line or "") if frames else ""


def _chain(error: BaseException) -> Iterator[BaseException]:
    waiting = [error]
    seen = set()
    while waiting:
        one = waiting.pop(0)
        if id(one) not in seen:
            seen.add(id(one))
            yield one
            waiting += [other for other in (one.__cause__, one.__context__) if other is not None]
