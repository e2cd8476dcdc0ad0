"""Everything that server and worker say to each other: dataclasses, one JSON object a line.

A request carries a fresh `id`; each answer repeats it. A streaming request is answered by items and one
`done`. What comes back is untrusted: the server validates it against these classes and never unpickles it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Dict, List, Optional

from afterburner_worker.run_messages import Module

WIRE_VERSION = 1


@dataclass
class Start:
    """First message to a worker: how to confine itself and what to import."""

    grants: Dict[str, Any]
    limits: Dict[str, Any]
    may_fork: bool
    module: Optional[Module] = None
    """None: import nothing yet (versions are then loaded whole, in each child)."""


@dataclass
class Hello:
    """The worker's answer to `Start`."""

    wire: int
    python: List[int]
    implementation: str
    jail: Dict[str, Any]
    loaded: List[str] = field(default_factory=list)
    """Imported modules that are known not to survive a fork."""
    modules: List[str] = field(default_factory=list)
    """Top-level names of everything imported."""


@dataclass
class Refusal:
    """Something expected went wrong; `kind` is for programs, `message` a sentence for people."""

    kind: str
    message: str
    detail: str = ""


@dataclass
class Version:
    """One version of the target's module."""

    text: str
    whole: bool = False
    """True: execute the whole text as the module. False: swap the target's code only."""
    additions: List[str] = field(default_factory=list)
    """Top-level statements to execute in the module before the swap."""
    sketch: str = ""
    """The text with all but the target blanked, which compiles quickly; "" where the text itself is needed."""


@dataclass
class Install:
    """Put a version in place; answered by `Installed` or a `Refusal`."""

    qualname: str
    version: Version
    module: Module
    watch: List[str] = field(default_factory=list)
    """Module globals whose value after each call belongs to the observation."""


@dataclass
class Installed:
    returns: str = "plain"


@dataclass
class CaseSpec:
    """One call: an expression with its setup, or a graph with roots args, kwargs, receiver."""

    key: int
    expression: Optional[str] = None
    setup: str = ""
    graph: Optional[Dict[str, Any]] = None


@dataclass
class Observe:
    """Run cases in order; answered by one `Observation` each, then `done`."""

    cases: List[CaseSpec]
    poison: bool = False
    """Mutate each returned object before the next call, to expose results that are kept."""
    repeat: int = 1
    max_nodes: int = 200_000
    lines: bool = False
    """Also report which lines of the module ran (slow before 3.12)."""


@dataclass
class Observation:
    """What one call did, as data."""

    key: int
    graph: Optional[Dict[str, Any]] = None
    digest: str = ""
    """Set instead of the graph when it is too large to send."""
    message_strict: bool = True
    """False when an exception's text came from the interpreter and not from a `raise` statement."""
    raised_in: str = ""
    """The module whose code was running when an exception came up."""
    effects: List[str] = field(default_factory=list)
    """Audit events that reach outside the call: `open:w`, `socket.connect` …"""
    lines: List[int] = field(default_factory=list)
    error: str = ""
    """The case itself could not be built or observed: why."""


@dataclass
class Resolve:
    """Evaluate the arguments of expression cases; answered by one `Resolved` each, then `done`."""

    cases: List[CaseSpec]


@dataclass
class Resolved:
    key: int
    graph: Optional[Dict[str, Any]] = None
    """The arguments as a graph, or None where they have no faithful one: the expression stays in use."""
    direct: bool = True
    """False for a driver expression, which reaches the target indirectly."""
    error: str = ""


@dataclass
class Generate:
    """Make up cases; answered by one `Resolved` each, then `done`."""

    seeds: List[Dict[str, Any]]
    types: Dict[str, List[str]]
    texts: List[str]
    """Sources whose constants steer the generation."""
    count: int
    seed: int


@dataclass
class Scale:
    """Grow one case; answered by one `Resolved` each (key = size), then `done`."""

    graph: Dict[str, Any]
    dimension: str
    sizes: List[int]
    shape: str
    seed: int


@dataclass
class Dimensions:
    graph: Dict[str, Any]


@dataclass
class Prepare:
    """Make `copies` fresh argument sets of a case, variants of it where `vary`; wait for one byte, pass each `rounds`
    times, answer one byte, wait for one more."""

    case: CaseSpec
    copies: int
    rounds: int = 1
    seed: int = 0
    vary: bool = False


@dataclass
class RunTests:
    """Run the project's tests with the installed version in place; answered by a `TestEnded` for each, then `done`."""

    runner: str
    """pytest | unittest"""
    arguments: List[str]
    """Names as `TestEnded` gives them, or files."""
    root: str
    seconds: float


@dataclass
class TimeLines:
    """Time each line of the target over cases; answered by one `LineTimes` each, then `done`."""

    cases: List[CaseSpec]
    budget_s: float
    """Calls are repeated, and lines watched, no longer than this over all cases."""
    overlay: str = ""
    """Folder appended to `sys.path`, in which line_profiler lies; '' for the standard library's means."""


@dataclass
class LineTimes:
    """What the lines of the target took during the calls of one case."""

    key: int
    tool: str = ""
    calls: int = 0
    lines: List[List[int]] = field(default_factory=list)
    """Line, hits and nanoseconds, over all calls; a line's time includes what it calls."""
    cut: bool = False
    """The time was over in the first call already: what came after is not in the table."""
    fallback: str = ""
    """Why the overlay's tool was not used, when one was asked for."""
    error: str = ""


@dataclass
class WeighMemory:
    """Measure what the target allocates; answered by one `MemoryWeighed` for each case, then `done`."""

    cases: List[CaseSpec]
    budget_s: float
    """After this no repetition is begun; each case is measured once at least."""
    repeats: int = 3
    lines: bool = False
    """Also tell which lines of the target allocated, or called what allocated, that which was alive at the peak."""
    overlay: str = ""
    """Folder appended to `sys.path`, in which memray lies; '' for tracemalloc."""


@dataclass
class MemoryWeighed:
    """What the calls of one case held of what they allocated themselves, in bytes."""

    key: int
    tool: str = ""
    peaks: List[int] = field(default_factory=list)
    """The most that was alive at one time; one for each repetition."""
    means: List[float] = field(default_factory=list)
    """Average over the time of the call; empty where the call is too short for samples."""
    seconds: float = 0.0
    """Wall time of a call while nothing is measured: the least of a few."""
    lines: List[List[int]] = field(default_factory=list)
    """Line, blocks and bytes alive at the peak."""
    fallback: str = ""
    error: str = ""


@dataclass
class Answer:
    """The envelope of everything that a worker says."""

    id: str
    kind: str
    body: Dict[str, Any]


def encode(message: Any) -> Dict[str, Any]:
    """A message as plain data, with its class name."""
    return {"kind": type(message).__name__, "body": asdict(message)}
