"""The program around the commands: whatever goes wrong becomes one sentence on stderr and an exit status."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from afterburner.cli.waiting import Interrupted
from afterburner.core.errors import AfterburnerError
from afterburner.report.exit_codes import ENVIRONMENT, INTERRUPTED

_BROKEN_PIPE = 141


class Program(click.Group):
    """A group whose commands give their exit status, listed in the order in which they were added."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def main(
        self, args: Sequence[str] | None = None, prog_name: str | None = None, complete_var: str | None = None,
        standalone_mode: bool = True, windows_expand_args: bool = True, **extra: Any,
    ) -> NoReturn:  # fmt: skip
        """Run a command line and end the process; never a traceback, unless `--debug` asks for it."""
        arguments = list(sys.argv[1:] if args is None else args)
        _open_what_is_closed()
        sys.exit(self._status(arguments, prog_name or "afterburner", complete_var, extra))

    def _status(self, args: list[str], name: str, complete_var: str | None, extra: dict[str, Any]) -> int:
        try:
            status = super().main(args, name, complete_var, standalone_mode=False, **extra)
            sys.stdout.flush()
            return status if isinstance(status, int) else 0
        except click.ClickException as error:
            error.show(sys.stderr)
            return error.exit_code
        except AfterburnerError as error:
            _say(f"{error}\n{error.hint}" if error.hint else str(error))
            return error.exit_code
        except (Interrupted, KeyboardInterrupt, click.exceptions.Abort):
            _say("Interrupted. Every process that it started was ended, and no file was changed.")
            return INTERRUPTED
        except BrokenPipeError:
            _forget_unwritten()
            return _BROKEN_PIPE
        except OSError as error:
            if "--debug" in args:
                traceback.print_exception(error)
            _forget_unwritten()
            _say(f"The system refused something that is needed: {error.strerror or error}.")
            return ENVIRONMENT
        except Exception as error:  # the one place that must not let anything through
            return _internal(error, "--debug" in args)


def _open_what_is_closed() -> None:
    """Stdout and stderr lead nowhere where whoever started us closed them."""
    if sys.stdout is None or sys.stderr is None:
        nowhere = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  (as long as the process)
        sys.stdout, sys.stderr = sys.stdout or nowhere, sys.stderr or nowhere


def _forget_unwritten() -> None:
    """What stdout does not take must not be tried again when the interpreter ends."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _internal(error: Exception, debug: bool) -> int:
    if debug:
        traceback.print_exception(error)
    what = " ".join(f"{type(error).__name__}: {error}".split())
    _say(f"Internal error ({what}). Please report it; `afterburner --debug …` shows the details.")
    return ENVIRONMENT


def _say(text: str) -> None:
    """Sentences on stderr, whatever its encoding, with nothing that a terminal would obey."""
    from afterburner.report.page import visible
    from afterburner.report.screen import encodable

    shown = "\n".join(visible(line) for line in text.splitlines())
    sys.stderr.write(encodable(f"afterburner: {shown}\n", sys.stderr))
    sys.stderr.flush()
