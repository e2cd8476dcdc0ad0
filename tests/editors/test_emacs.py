"""A real Emacs with each of its clients, configured as clients/README.md says."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.system
HERE = Path(__file__).parent


@pytest.mark.parametrize("client", ["eglot", "lsp-mode"])
def test_a_function_is_optimised_applied_saved_and_restored_a_job_stopped_an_input_begun(
    editor: Callable[[str], Path], surroundings: dict[str, str], shop: Any, root: Path, tmp_path: Path, client: str
) -> None:
    configuration = tmp_path / "configuration.el"
    configuration.write_text(documented(root, client))
    command = [editor("emacs"), "--batch", "-Q", "-l", configuration, "-l", HERE / "emacs/flow.el", client, shop.file]
    ran = subprocess.run(command, env=surroundings, capture_output=True, text=True, check=False, timeout=110)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    told = [json.loads(line) for line in ran.stdout.splitlines()]
    assert {"server": "afterburner"} in told
    questions = [step["asked"] for step in told if "asked" in step]
    assert any(
        "Allow that for this project?" in prompt and items == ["Allow", "Never here"] for prompt, *items in questions
    )
    assert any(
        "repeat_customers: " in prompt and items == ["Apply", "Preview", "Report"] for prompt, *items in questions
    )
    assert "Afterburner: repeat_customers" in ran.stderr  # the progress
    pages = [step["page"] for step in told if "page" in step]
    assert len(pages) == 1 and "+    old_set = set(old)" in pages[0]
    assert {"unchanged": True} in told
    assert {"applied": shop.after} in told
    assert {"restored": True} in told
    assert shop.on_disk == shop.before
    name, text = next(step["inputs"] for step in told if "inputs" in step)
    assert name == "afterburner_inputs.py" and "newest(" in text


def documented(root: Path, client: str) -> str:
    """The lines for one of Emacs' clients in clients/README.md."""
    text = (root / "clients/README.md").read_text(encoding="utf-8")
    pieces = re.findall(r"```elisp\n(.*?)```", text, re.DOTALL)
    return next(piece for piece in pieces if f"(with-eval-after-load '{client}" in piece)
