"""What reading tells of a target's inputs: plausible types, and what to ask for when they are not enough."""

from __future__ import annotations

from collections.abc import Mapping

from afterburner.core.target import Target
from afterburner.inputs._example import example_call
from afterburner.inputs._parameters import plausible


def infer(target: Target) -> Mapping[str, tuple[str, ...]]:
    """Parameter → type descriptions, the likeliest first, such as `list[tuple[int, str]]`; none where nothing tells."""
    return {name: types for name, types in plausible(target).items() if types}


def needs_call(target: Target) -> str:
    """The sentence for a function that no inputs could be made for, with a `--call` in its own signature."""
    free = target.node.args.kwarg
    unknown = [f"`{n}`" for n, types in plausible(target).items() if not types and not (free and n == free.arg)]
    what = f"nothing tells what {_listed(unknown)} should be" if unknown else "none of the made-up calls worked"
    shown = example_call(target).replace('"', "'")
    kept = f"afterburner inputs {target.source.path}::{target.qualname} --write"
    return (
        f'No inputs could be made for {target.signature()}: {what}. Give a call: --call "{shown}". '
        f"Or keep calls in a file: `{kept}`."
    )


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
