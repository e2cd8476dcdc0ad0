"""`python -m afterburner`: the same as the command."""

from __future__ import annotations

from afterburner.cli import main

main(prog_name="afterburner")
