"""Runs a script or a module as the interpreter itself would, in this process."""

from __future__ import annotations

import os
import runpy
import sys
import tokenize
import types
from typing import Callable, Sequence, Tuple

from afterburner_worker.refusals import one_line

CodeOf = Callable[[str], types.CodeType]


def run_script(arguments: Sequence[str], code_of: CodeOf) -> Tuple[str, str]:
    """`python PATH ARGUMENTS…`; outcome and reason as of a test. `code_of` gives the code to run for a file."""
    path = arguments[0]
    sys.argv = list(arguments)

    def script() -> None:
        if os.path.isdir(path) or not path.endswith((".py", ".pyw")):
            runpy.run_path(path, run_name="__main__")
            return
        main = types.ModuleType("__main__")
        vars(main).update(__file__=path, __builtins__=sys.modules["builtins"], __cached__=None)
        sys.modules["__main__"] = main  # stays: what the script registered may look for it at exit
        exec(code_of(path), vars(main))

    return _ended(script)


def run_module(arguments: Sequence[str]) -> Tuple[str, str]:
    """`python -m NAME ARGUMENTS…`; outcome and reason as of a test."""
    sys.argv = list(arguments)
    return _ended(lambda: runpy.run_module(arguments[0], run_name="__main__", alter_sys=True))


def code_of_file(path: str) -> types.CodeType:
    """The code of a script as it is on disk."""
    with tokenize.open(path) as file:
        return compile(file.read(), path, "exec", dont_inherit=True)


def _ended(program: Callable[[], object]) -> Tuple[str, str]:
    try:
        program()
    except SystemExit as error:
        if error.code in (None, 0):
            return "passed", ""
        return "failed", "it exited with %s" % (
            "status %d" % error.code if isinstance(error.code, int) else str(error.code)
        )
    except BaseException as error:  # the user's program: whatever it raises is how it ended
        return "failed", one_line(error)
    return "passed", ""
