"""Runs the user's own code, unchanged and as they would run it, and reads which calls of the target it made."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
import signal
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import IO, Any, Literal, TypeVar

from platformdirs import user_cache_path
from pydantic import TypeAdapter, ValidationError

from afterburner.core.captured import Captured, Suite, TestResult
from afterburner.core.errors import EnvironmentProblem, ProtocolViolation
from afterburner.core.inputs import CallGraph, Case, Origin
from afterburner.core.target import Target
from afterburner.core.wellformed import complaint
from afterburner.runner.interpreter import Interpreter
from afterburner.runner.own_tests import test_result
from afterburner.runner.process import STARTER
from afterburner.runner.project import Project
from afterburner.runner.sandbox.paths import WORKER
from afterburner_worker import run_messages as messages

Kind = Literal["pytest", "unittest", "script", "module"]
Message = TypeVar("Message")

GRACE_S = 20.0
"""A test that began in time may take so much longer."""
_TICK_S = 0.1
_LARGEST_FILE = 256 << 20
_MOST_NODES = 100_000
_LONGEST_TEXT = 500
_SHOWN = 300
_ASK = """
import sys
sys.path = [path for path in sys.path if path]  # nothing is imported from the working directory
import importlib.util
print(importlib.util.find_spec(sys.argv[1]) is not None)
"""
_SEEN = (messages.Recorded, messages.Unrecorded, messages.TestEnded, messages.CaptureEnded)
_ADAPTERS: dict[str, TypeAdapter[Any]] = {kind.__name__: TypeAdapter(kind) for kind in _SEEN}


@dataclass(frozen=True, slots=True)
class Run:
    """What is to be run, and for how long."""

    kind: Kind
    arguments: tuple[str, ...]
    root: Path
    seconds: float
    most_cases: int


@dataclass(slots=True)
class Seen:
    """What a run told so far."""

    slots: dict[int, messages.Recorded] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)
    tests: list[TestResult] = field(default_factory=list)
    ended: messages.CaptureEnded | None = None

    def add(self, message: Any) -> None:
        match message:
            case messages.Recorded(slot=slot, graph=graph):
                if not complaint(graph, _MOST_NODES):
                    self.slots[slot] = message
            case messages.Unrecorded(reason=reason):
                self.left_out[reason[:_LONGEST_TEXT]] += 1
            case messages.TestEnded():
                with contextlib.suppress(ProtocolViolation):
                    self.tests.append(test_result(message))
            case messages.CaptureEnded():
                self.ended = message

    @property
    def told(self) -> str:
        calls = len(self.slots)
        return f"{calls} call{'s' * (calls != 1)} from {len(self.tests)} test{'s' * (len(self.tests) != 1)}"


async def capture(
    target: Target, place: Project, interpreter: Interpreter, run: Run, out: Path, say: Callable[[str], None]
) -> Captured:
    """The calls of the target that a run made; `out` keeps what was told, for `read`.

    Everything that it started is ended with it, also when this is cancelled.
    """
    with tempfile.TemporaryDirectory(prefix="afterburner-capture-", ignore_cleanup_errors=True) as scratch:
        spec = _spec(target, place, run, out, scratch)
        (Path(scratch) / "capture.json").write_text(json.dumps(asdict(spec)), encoding="utf-8")
        with open(Path(scratch) / "output", "w+b") as output:
            ended = await _ran(interpreter, run, Path(scratch), output, out, say)
            printed = _printed(output)
    found = read(out, run)
    if found.status != "incomplete":
        return found.captured
    return _with_note(found.captured, f"{_what(run)} did not end by itself: {ended or printed}")


@dataclass(frozen=True, slots=True)
class Read:
    """What an answer file holds, and how its run ended."""

    captured: Captured
    status: str
    """`done`, `out of time`, `no tests`, `error`, or `incomplete` where the run did not say."""


def read(out: Path, run: Run) -> Read:
    """What a capture wrote; untrusted, so what breaks the format is passed over."""
    seen = Seen()
    for message in _messages(out, 0):
        seen.add(message)
    ended = seen.ended
    origin = Origin.TEST if run.kind in ("pytest", "unittest") else Origin.RECORDED
    captured = Captured(
        cases=tuple(_cases(seen.slots.values(), origin)),
        suite=Suite(run.kind, str(run.root)) if run.kind in ("pytest", "unittest") else None,
        tests=tuple(test for test in seen.tests if test.calls > 0),
        calls=ended.calls if ended else sum(test.calls for test in seen.tests),
        left_out=dict(seen.left_out),
        modules=tuple(name for name in ended.modules if _is_dotted(name)) if ended else (),
        path=tuple(entry for entry in ended.path if os.path.isabs(entry)) if ended else (),
        notes=tuple(note[:_LONGEST_TEXT] for note in ended.notes) if ended else (),
        seconds=ended.seconds if ended else 0.0,
    )
    return Read(captured, ended.status if ended else "incomplete")


def _spec(target: Target, place: Project, run: Run, out: Path, scratch: str) -> messages.Capture:
    module = messages.Module(place.module, str(place.file), target.source.text, place.path)
    return messages.Capture(
        module, target.qualname, run.kind, list(run.arguments), str(run.root), str(out), scratch, run.seconds,
        most_cases=run.most_cases,
    )  # fmt: skip


def _bytecode() -> Path:
    """Where the worker's own modules are kept compiled: else each capture compiles them anew, 40 ms."""
    return user_cache_path("afterburner") / "bytecode"


async def _ran(
    interpreter: Interpreter, run: Run, scratch: Path, output: IO[bytes], out: Path, say: Callable[[str], None]
) -> str:
    """Wait for the run, telling how far it is; why it was ended, or '' when it ended by itself."""
    process = STARTER.submit(
        subprocess.Popen, [interpreter.path, "-B", WORKER, "capture", str(scratch / "capture.json"), str(_bytecode())],
        stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=run.root, env=_environment(interpreter),
        start_new_session=True,
    ).result()  # fmt: skip
    clock = asyncio.get_running_loop().time
    deadline = clock() + run.seconds + GRACE_S
    seen, position = Seen(), 0
    try:
        while process.poll() is None:
            if clock() > deadline:
                return f"it was ended {GRACE_S:.0f} s after its time was over"
            await asyncio.sleep(_TICK_S)
            before = seen.told
            for end, message in _messages_from(out, position):
                seen.add(message)
                position = end
            if seen.told != before:
                say(seen.told)
        return ""
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _environment(interpreter: Interpreter) -> dict[str, str]:
    """The user's own environment, with the interpreter's folder first as where its environment is active."""
    folder = os.path.dirname(interpreter.path)
    return {**os.environ, "PATH": os.pathsep.join([folder, os.environ.get("PATH", os.defpath)])}


def _messages(out: Path, position: int) -> Iterator[Any]:
    return (message for _, message in _messages_from(out, position))


def _messages_from(out: Path, position: int) -> Iterator[tuple[int, Any]]:
    """The whole lines of an answer file from a position on, each with where the next one begins."""
    try:
        with open(out, "rb") as file:
            file.seek(position)
            for line in file:
                position += len(line)
                if not line.endswith(b"\n") or position > _LARGEST_FILE:
                    return
                message = _message(line)
                if message is not None:
                    yield position, message
    except FileNotFoundError:
        return


def _message(line: bytes) -> Any:
    try:
        data = json.loads(line)
        return _ADAPTERS[data["kind"]].validate_python(data["body"])
    except (ValueError, KeyError, TypeError, RecursionError, ValidationError):
        return None


def _cases(recorded: Sequence[messages.Recorded] | Any, origin: Origin) -> Iterator[Case]:
    """Each call with the name of the test that made it, numbered where one made several."""
    count: Counter[str] = Counter()
    for one in recorded:
        count[one.test] += 1
        number = f" #{count[one.test]}" if count[one.test] > 1 else ""
        yield Case(origin, CallGraph(one.graph), f"{_short(one.test)}{number}")


def _short(test: str) -> str:
    """The last part of a test's name, which tells most."""
    name, bracket, parameters = test.partition("[")
    return (name.rpartition("::")[2] or name) + (bracket + parameters if len(parameters) < 20 else "")


def _is_dotted(name: str) -> bool:
    return all(part.isidentifier() for part in name.split("."))


def _printed(output: IO[bytes]) -> str:
    output.seek(0, os.SEEK_END)
    output.seek(max(0, output.tell() - 4000))
    lines = output.read().decode(errors="replace").strip().splitlines()
    return f"the last it printed was {lines[-1][:_SHOWN]!r}" if lines else "it printed nothing"


def _what(run: Run) -> str:
    return f"The {run.kind} run" if run.kind in ("pytest", "unittest") else f"`{' '.join(run.arguments)}`"


def _with_note(captured: Captured, note: str) -> Captured:
    return replace(captured, notes=(*captured.notes, f"{note}."))


@cache
def recorder_digest() -> str:
    """A digest of the code that records: what another version of it told may be written otherwise."""
    texts = [path.read_bytes() for path in sorted(Path(WORKER).glob("*.py"))]
    return hashlib.sha256(b"\0".join(texts)).hexdigest()[:16]


def starts(interpreter: Interpreter, package: str) -> bool:
    """Whether the interpreter, as the user has it, can import a top-level package; nothing of it is run."""
    try:
        done = subprocess.run(
            [interpreter.path, "-B", "-c", _ASK, package], stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=20, check=True,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError) as error:
        raise EnvironmentProblem(f"{interpreter.path} does not run: {error}.") from None
    return done.stdout.strip() == "True"
