"""The errors that reach a user: each has a sentence for people, a hint, and the exit code of its kind."""

from __future__ import annotations


class AfterburnerError(Exception):
    """A broken environment or a wrong request; `str()` is a sentence, `hint` says what to do next."""

    exit_code = 3

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(AfterburnerError):
    """What was asked for cannot be understood or does not exist."""

    exit_code = 2


class EnvironmentProblem(AfterburnerError):
    """The machine, interpreter, sandbox or project cannot do what was asked."""

    exit_code = 3


class ProtocolViolation(AfterburnerError):
    """A worker answered with something that its protocol does not allow: untrusted, so nothing of it is used."""

    exit_code = 3


class RunFailed(AfterburnerError):
    """A worker could not do what it was asked: it refused, ended, or gave no answer in time."""

    exit_code = 6
