"""What every tier takes: the plan of one confined process, and the environment it sees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

_ONE_THREAD = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "NUMEXPR_MAX_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "BLIS_NUM_THREADS",
    "RAYON_NUM_THREADS",
)


@dataclass(frozen=True, slots=True)
class SandboxPlan:
    """What may be read, and the one private folder that may be written.

    All paths are absolute; `scratch` exists and is working directory, HOME and TMPDIR.
    """

    read: tuple[str, ...]
    scratch: str
    env: Mapping[str, str] = field(default_factory=dict)
    scratch_bytes: int = 64 << 20


class Tier(Protocol):
    """How a process is confined from outside; the jail inside is entered by the worker itself."""

    @property
    def name(self) -> str: ...

    def available(self) -> str | None:
        """None when this machine has what the tier needs, else a sentence why not."""

    def wrap(self, argv: list[str], plan: SandboxPlan) -> list[str]:
        """The command that starts `argv` confined, with every inherited file descriptor kept."""

    def __hash__(self) -> int: ...


def scrubbed_environment(scratch: str, hash_seed: int = 0) -> dict[str, str]:
    """The whole environment of a confined process: nothing of the user's, one thread for numeric libraries."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": scratch,
        "TMPDIR": scratch,
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "PYTHONHASHSEED": str(hash_seed),
        "PYTHONDONTWRITEBYTECODE": "1",
        **dict.fromkeys(_ONE_THREAD, "1"),
    }
