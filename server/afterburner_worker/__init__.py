"""The child process that runs the user's code: standard library only, Python 3.9 syntax, never imports the server."""

from __future__ import annotations
