"""The commented template of `afterburner_inputs.py`, and the section of one function in it."""

from __future__ import annotations

from afterburner.core.target import Target
from afterburner.inputs._example import example_call

_HEAD = '''\
"""Calls for Afterburner, which reads this file and runs them in its sandbox. Nothing needs to import it.

- A call on a line of its own is an input of the function that it calls; an `assert` with a call is one too.
- Imports, assignments and functions in this file are there for the calls. Each call gets fresh ones.
- `for size in (10, 1_000):` gives the calls in it once for each value.
- A function that takes nothing and returns nothing holds calls together with what they need.

Speed is judged on these calls: write what your program really passes, in the sizes that matter to you.
`afterburner inputs FILE::NAME` shows what is used for a function.
"""
'''


def head() -> str:
    """What a new file begins with."""
    return _HEAD


def heading(target: Target) -> str:
    """The line by which the section of a function is found again."""
    return f"# ---- {target.module}: {target.qualname} ----"


def section(target: Target) -> str:
    """The function's section: an import and an example call in its own signature, both still comments."""
    imported = target.qualname.partition(".")[0]
    example = example_call(target)
    blanks = " Replace each `...` by a real value." if "..." in example else ""
    lines = [
        heading(target), f"# Take the `# ` away and pass what your program passes.{blanks}",
        f"# from {target.module} import {imported}", f"# {example}",
    ]  # fmt: skip
    return "".join(f"{line}\n" for line in lines)
