"""Whether a project's code may run: as the client's workspace trust says, else as the user said once for its root."""

from __future__ import annotations

import asyncio
from pathlib import Path

from afterburner.lsp.window import Window

_ALLOW, _NEVER = "Allow", "Never here"
_QUESTION = (
    "Afterburner runs functions of {root} in a sandbox, with the project's own interpreter, to measure and compare "
    "them. Allow that for this project? The answer is remembered outside of it."
)
_REFUSED = "You said that nothing of {root} may run. To change that: `afterburner trust --code {root}`."
_UNASKED = "Nothing of {root} runs before you allow it: answer the question, or `afterburner trust --code {root}`."
_RUN, _NOT_NOW = "Run them", "Not now"
_TESTS = (
    "{count} of {root} may call {name}. Run them to see real calls? They run as you would run them yourself, outside "
    "the sandbox; nothing in the project is changed. The answer is remembered for this project."
)


class Trust:
    """`declared` is what the client says of its workspace: None where it has no such thing."""

    def __init__(self, declared: bool | None) -> None:
        self.declared = declared
        self.asking = asyncio.Lock()
        """Held while the user is asked something that is remembered: the next one may find the answer there."""

    @property
    def is_restricted(self) -> bool:
        """True where the client says that nothing may run."""
        return self.declared is False

    async def refusal(self, file: Path, window: Window) -> str:
        """Why nothing of a file's project may run, as a sentence; "" where it may."""
        if self.declared is not None:
            return "" if self.declared else "This workspace is not trusted: nothing of it runs until you trust it."
        from afterburner import around  # it takes long to import, and `initialize` should not wait for it

        root = around.root_of(file.absolute().parent)
        async with self.asking:
            said = around.may_run(root)
            if said is None:
                answer = await window.ask(_QUESTION.format(root=root), (_ALLOW, _NEVER), "warning")
                if answer is None:
                    return _UNASKED.format(root=root)
                said = answer == _ALLOW
                around.let_run(root, said)
        return "" if said else _REFUSED.format(root=root)


async def tests_allowed(root: Path, files: int, name: str, window: Window) -> bool:
    """The user's answer about a project's tests; remembered unless it is put off."""
    from afterburner import around  # as above

    count = f"{files} test file{'s' * (files != 1)}"
    answer = await window.ask(_TESTS.format(count=count, root=root, name=name), (_RUN, _NEVER, _NOT_NOW))
    if answer in (_RUN, _NEVER):
        around.trust(root, answer == _RUN)
    return answer == _RUN
