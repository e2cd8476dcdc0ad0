"""The command `server`."""

from __future__ import annotations

import logging
import sys

import click

_LEVELS = ("error", "warning", "info", "debug")


@click.command(short_help="Speak the language server protocol with an editor.")
@click.option("--port", type=click.IntRange(0, 65535), metavar="PORT", help="Listen on 127.0.0.1 instead; 0: any port.")
@click.option("--log-level", type=click.Choice(_LEVELS), default="warning", show_default=True, help="What stderr gets.")
def server(port: int | None, log_level: str) -> None:
    """Speak the language server protocol, on stdin and stdout unless a port is given.

    Editors start this themselves; clients/README.md of the project has what to write into their settings. With --port,
    the client must send the token that is printed on stderr as its first line.

    \b
    afterburner server
    afterburner server --port 0 --log-level info
    """
    from afterburner.lsp import server as lsp

    logging.basicConfig(stream=sys.stderr, level=log_level.upper(), format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("pygls").setLevel(max(logging.WARNING, logging.getLogger().level))
    if port is None:
        lsp.serve_stdio()
    else:
        lsp.serve_tcp(port)
