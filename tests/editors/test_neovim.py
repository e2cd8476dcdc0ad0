"""The plugin in real Neovims, by RPC: the oldest one that is supported, and the newest that Debian has."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pynvim
import pytest

pytestmark = pytest.mark.system
HERE = Path(__file__).parent
PATIENCE_MS = 60_000


class Neovim:
    """One Neovim without a screen, and the person before it."""

    def __init__(self, program: Path, surroundings: dict[str, str], init: Path) -> None:
        environment = [f"{name}={value}" for name, value in surroundings.items()]
        command = ["env", "--ignore-environment", *environment, str(program)]
        self.api = pynvim.attach("child", argv=[*command, "--embed", "--headless", "-n", "-u", str(init)])
        self.lua((HERE / "neovim/recorder.lua").read_text(encoding="utf-8"))

    def lua(self, code: str, *arguments: object) -> Any:
        return self.api.exec_lua(code, *arguments)

    def wait(self, condition: str, *arguments: object) -> None:
        """Until a Lua expression is true; it may use its arguments as `...`."""
        code = f"local given = {{...}}; return vim.wait({PATIENCE_MS}, function() return {condition} end, 20)"
        if not self.lua(code, *arguments):
            state = self.lua("return vim.inspect({editor, vim.lsp.get_clients()[1] and vim.lsp.status()})")
            log = self.lua("return vim.fn.readfile(vim.lsp.get_log_path())")
            pytest.fail("\n".join([f"never: {condition} {arguments}", state, *log[-20:]]))

    def open(self, file: Path, line: int) -> None:
        """Edit a file, with the cursor on a line, and wait for the server."""
        self.api.command(f"edit {file}")
        self.api.current.window.cursor = (line, 4)
        self.wait("editor.client()")

    def question(self, words: str) -> list[str]:
        """The choices of the question that has these words, once it is asked."""
        self.wait("editor.asked(given[1])", words)
        items: list[str] = self.lua("return editor.question.items or {}")
        return items

    def choose(self, words: str, choice: str) -> None:
        """Answer that question with the first choice that begins so."""
        items = self.question(words)
        number = next((n for n, item in enumerate(items, 1) if item.startswith(choice)), None)
        assert number is not None, f"{choice!r} is not among {items}"
        self.lua("editor.answer(...)", number)

    def act(self, choice: str) -> None:
        """Choose a code action at the cursor."""
        self.lua("vim.lsp.buf.code_action()")
        self.choose("Code actions", choice)

    @property
    def text(self) -> str:
        text: str = self.lua("return editor.text()")
        return text


@pytest.fixture(params=["nvim", "nvim-next"])
def neovim(
    request: pytest.FixtureRequest,
    editor: Callable[[str], Path],
    surroundings: dict[str, str],
    root: Path,
    tmp_path: Path,
) -> Iterator[Neovim]:
    """Each Neovim, set up as the help file says."""
    init = tmp_path / "init.lua"
    tags = ["afterburner-0.10" if request.param == "nvim" else "afterburner-setup", "afterburner-mappings"]
    said = [f"vim.g.afterburner = {{ settings = {SETTINGS} }}", *(documented(root, tag) for tag in tags)]
    init.write_text("\n".join(said))
    found = Neovim(editor(request.param), surroundings, init)
    yield found
    assert found.api.vvars["errmsg"] == ""
    with contextlib.suppress(EOFError):  # which is how a Neovim that ends looks from here
        found.api.command("qall!")
    found.api.close()


SETTINGS = "{ profile = 'fast', tests = { run = 'never' } }"


def documented(root: Path, tag: str) -> str:
    """The first piece of Lua in a section of the help file, for this checkout."""
    text = (root / "clients/nvim/doc/afterburner.txt").read_text(encoding="utf-8")
    found = re.search(rf"\*{re.escape(tag)}\*.*?>lua\n(.*?)\n<", text, re.DOTALL)
    assert found is not None
    return found[1].replace("~/src/afterburner", str(root))


def test_a_function_is_optimised_applied_saved_and_restored(neovim: Neovim, shop: Any) -> None:
    neovim.open(shop.file, shop.line)
    neovim.act("Afterburner: optimize `repeat_customers`")
    assert neovim.question("Allow that for this project?") == ["Allow", "Never here"]
    neovim.choose("Allow that for this project?", "Allow")
    neovim.wait("editor.seen('begin') and editor.seen('report')")
    neovim.wait("editor.last_line():find('Afterburner: repeat_customers', 1, true)")
    assert neovim.lua("return editor.progress[1].title") == "Afterburner: repeat_customers"
    assert neovim.question("repeat_customers: ") == ["Apply", "Preview", "Report"]
    neovim.lua("editor.answer(nil)")
    assert neovim.text == shop.before

    neovim.api.input("\\a")
    neovim.wait("editor.text() == given[1]", shop.after)
    neovim.api.command("write")
    assert shop.on_disk == shop.after
    neovim.api.command("undo")
    neovim.api.command("write")
    assert shop.on_disk == shop.before


def test_a_hint_is_proved_then_applied(neovim: Neovim, shop: Any) -> None:
    neovim.open(shop.file, shop.before[: shop.before.index("if customer in old")].count("\n") + 1)
    neovim.wait("#vim.diagnostic.get(0) == 1")
    hint = neovim.lua("return vim.diagnostic.get(0)[1]")
    assert (hint["code"], hint["severity"]) == ("membership-set", 4)
    neovim.act("Afterburner: prove and apply `membership-set`")
    neovim.choose("Allow that for this project?", "Allow")
    neovim.wait("editor.text() == given[1]", shop.after)
    assert neovim.lua("return editor.question") is None
    neovim.wait("#vim.diagnostic.get(0) == 0")
    neovim.api.command("undo")
    assert neovim.text == shop.before


def test_a_question_waits_until_nobody_types(neovim: Neovim, shop: Any) -> None:
    start(neovim, shop)
    neovim.api.input("i")
    neovim.wait("editor.seen('end') and vim.api.nvim_get_mode().mode == 'i'")
    neovim.wait("editor.waits_for_normal_mode()")
    assert neovim.lua("return editor.question") is None
    neovim.api.input("<Esc>")
    neovim.choose("repeat_customers: ", "Apply")
    neovim.wait("editor.text() == given[1]", shop.after)


def test_preview_report_and_lens_lead_to_the_same_suggestion(neovim: Neovim, shop: Any) -> None:
    start(neovim, shop)
    neovim.choose("repeat_customers: ", "Preview")
    neovim.wait("editor.is_preview()")
    windows = neovim.api.current.tabpage.windows
    texts = ["\n".join(window.buffer[:]) for window in windows]
    assert texts[:2] == [shop.before, shop.after]
    assert "cases" in texts[2]
    assert [window.options["diff"] for window in windows] == [True, True, False]
    assert not any(window.buffer.options["modifiable"] for window in windows)
    neovim.api.input("q")
    neovim.wait("not editor.is_preview()")

    neovim.api.command("LspAfterburnerReport")
    neovim.wait("vim.bo.filetype == 'markdown' and editor.text():find('membership-set', 1, true)")
    neovim.api.command("edit #")

    neovim.api.current.window.cursor = (shop.line, 0)
    neovim.lua("editor.show_lenses()")
    neovim.wait("#editor.lenses() == 3")
    neovim.lua("vim.lsp.codelens.run()")
    neovim.choose("Code lens", "preview")
    neovim.wait("editor.is_preview()")
    neovim.api.input("a")
    neovim.wait("not editor.is_preview() and editor.text() == given[1]", shop.after)


def test_an_input_is_asked_for_and_the_job_is_cancelled(neovim: Neovim, shop: Any) -> None:
    neovim.open(shop.file, shop.before[: shop.before.index("def newest")].count("\n") + 1)
    neovim.act("Afterburner: provide an input for `newest`")
    neovim.question("newest(orders: list[int])")
    neovim.lua("editor.answer(...)", "newest([3, 1")
    neovim.wait("editor.question")  # again, with what was wrong
    assert neovim.lua("return editor.question.default") == "newest([3, 1"
    neovim.lua("editor.answer(...)", "newest([3, 1, 2])")
    neovim.choose("Allow that for this project?", "Allow")
    neovim.wait("editor.seen('begin')")
    neovim.api.command("LspAfterburnerOptimize")
    neovim.wait("editor.was_told('newest is being optimised already')")
    neovim.api.command("LspAfterburnerCancel")
    neovim.wait("editor.seen('end')")
    assert neovim.lua("return editor.progress[#editor.progress].message") == "stopped: you cancelled it"
    neovim.api.command("LspAfterburnerCancel")
    neovim.wait("editor.was_told('nothing is running')")
    assert neovim.lua("return editor.question") is None


def test_nothing_runs_where_the_user_says_never(neovim: Neovim, shop: Any) -> None:
    refused = "editor.was_told('nothing of ' .. given[1] .. ' may run')"
    neovim.open(shop.file, shop.line)
    neovim.api.input("\\o")
    neovim.choose("Allow that for this project?", "Never here")
    neovim.wait(refused, str(shop.folder))
    neovim.lua("editor.forget()")
    neovim.api.command("LspAfterburnerOptimize")
    neovim.wait(refused, str(shop.folder))
    assert neovim.lua("return editor.question") is None
    assert neovim.lua("return editor.progress") == []


def test_a_server_is_started_once_for_a_root_and_never_for_a_text_that_is_no_file(neovim: Neovim, shop: Any) -> None:
    neovim.open(shop.file, shop.line)
    assert neovim.lua("return require('afterburner').start() == editor.client().id")
    neovim.api.command("new | setlocal buftype=nofile filetype=python")
    assert neovim.lua("return require('afterburner').start()") is None


def test_the_health_check_finds_no_error_and_starts_nothing_of_the_project(neovim: Neovim, shop: Any) -> None:
    own, started = shop.folder / ".venv/bin/python", shop.folder / "started"
    own.parent.mkdir(parents=True)
    own.write_text(f"#!/bin/sh\ntouch {started}\n")
    own.chmod(0o755)
    neovim.api.command(f"cd {shop.folder}")
    neovim.open(shop.file, 1)
    neovim.api.command("checkhealth afterburner")
    lines = "\n".join(neovim.api.current.buffer[:])
    assert [
        section
        for section in ("Neovim", "Options", "Running servers", "Server", "This machine")
        if section not in lines
    ] == []
    assert f"Attached for {shop.folder}" in lines
    assert "sandbox: tier" in lines and "noise: the medians" in lines
    assert "ERROR" not in lines
    assert not started.exists()


def test_the_health_check_says_what_is_wrong(neovim: Neovim) -> None:
    neovim.lua("vim.g.afterburner = { cmd = { '/nowhere/afterburner', 'server' }, sandbox = 'full', progress = 'yes' }")
    neovim.lua("if vim.lsp.config then vim.lsp.config('afterburner', { cmd = vim.g.afterburner.cmd }) end")
    neovim.api.command("checkhealth afterburner")
    lines = "\n".join(neovim.api.current.buffer[:])
    assert "vim.g.afterburner.sandbox: there is no such option." in lines
    assert "vim.g.afterburner.progress is not used: it must be a boolean." in lines
    assert re.search("ERROR.*`/nowhere/afterburner server` cannot be run", lines)


def test_the_help_file_has_every_tag_that_it_names(neovim: Neovim, root: Path, tmp_path: Path) -> None:
    folder = tmp_path / "doc"
    folder.mkdir()
    text = (root / "clients/nvim/doc/afterburner.txt").read_text(encoding="utf-8")
    (folder / "afterburner.txt").write_text(text, encoding="utf-8")
    neovim.api.command(f"helptags {folder}")
    defined = {line.split("\t")[0] for line in (folder / "tags").read_text(encoding="utf-8").splitlines()}
    commands = neovim.lua("return vim.tbl_keys(require('afterburner.commands').commands)")
    assert {f":{name}" for name in commands} <= defined
    named = set(re.findall(r"\|([^|\s]+)\|", text))
    unknown = {tag for tag in named - defined if not neovim.lua("return #vim.fn.getcompletion(..., 'help') > 0", tag)}
    assert unknown == set()


def start(neovim: Neovim, shop: Any) -> None:
    """Begin the job on the slow function by the command, and allow it."""
    neovim.open(shop.file, shop.line)
    neovim.api.command("LspAfterburnerOptimize fast")
    neovim.choose("Allow that for this project?", "Allow")
