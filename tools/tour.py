"""Writes the tour of README.md anew, from what the commands really print here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
BEGIN, END = "<!-- tour: written by tools/tour.py -->\n", "<!-- end of tour -->\n"
TARGET = "examples/orders.py::repeat_customers"
CANDIDATES = "examples/candidates/repeat_customers_"
WIDTH = 80


def main() -> int:
    """Runs each command of the tour and puts its output between the two marks; a minute or so."""
    text = README.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    README.write_text(f"{before}{BEGIN}{tour()}{END}{after}", encoding="utf-8")
    return 0


def tour() -> str:
    """The tour in Markdown."""
    return "\n".join(
        [
            "`make demo` runs this:",
            "",
            _shown(["optimize", TARGET], 0),
            "With `--apply` it would have written the change. Of a rewrite that somebody else wrote, it tells whether",
            "it is right:",
            "",
            _shown(["compare", TARGET, f"{CANDIDATES}right.py"], 0, head_only=True),
            "and when it is not, on which call it goes wrong, and exits with 4:",
            "",
            _shown(["compare", TARGET, f"{CANDIDATES}wrong.py"], 4, head_only=True),
        ]
    )


def _shown(arguments: list[str], status: int, *, head_only: bool = False) -> str:
    """A command with its output as a block; `head_only` leaves out the diff and what follows."""
    command = [str(Path(sys.executable).with_name("afterburner")), *arguments]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if answer.returncode != status:
        raise SystemExit(f"{' '.join(arguments)} exited with {answer.returncode}, not {status}:\n{answer.stderr}")
    output = answer.stdout.replace(f"{ROOT}/", "")
    if head_only:
        output = output.split("\n--- ")[0].rstrip() + "\n[…]\n"
    return f"```console\n$ {_folded(arguments)}\n{output}```\n"


def _folded(arguments: list[str]) -> str:
    line = f"afterburner {' '.join(arguments)}"
    return line if len(line) <= WIDTH else f"afterburner {' '.join(arguments[:-1])} \\\n      {arguments[-1]}"


if __name__ == "__main__":
    sys.exit(main())
