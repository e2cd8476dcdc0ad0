"""A jailed child: holds one version of the target and answers requests about it, one at a time."""

from __future__ import annotations

import os
import sys
import traceback
from dataclasses import asdict
from typing import Any, Callable, Dict, Iterator, List, Optional

from afterburner_worker import calls, effects, generate, jail, loader, scale
from afterburner_worker import install as installing
from afterburner_worker.channel import Channel
from afterburner_worker.constants import constants_of
from afterburner_worker.freeze import freeze
from afterburner_worker.graph import ThawError, TooLarge
from afterburner_worker.lines import lines_run
from afterburner_worker.messages import (
    WIRE_VERSION,
    CaseSpec,
    Dimensions,
    Generate,
    Hello,
    Install,
    Installed,
    Observation,
    Observe,
    Prepare,
    Refusal,
    Resolved,
    RunTests,
    Scale,
    Start,
    TimeLines,
    Version,
    WeighMemory,
)  # fmt: skip
from afterburner_worker.observe import Watched, observe
from afterburner_worker.palette import CannotBuild
from afterburner_worker.run_messages import Module
from afterburner_worker.thaw import compile_thaw
from afterburner_worker.timing import Timer

_MOST_GROWN = 8_000
"""A call is grown no further once it has more nodes than this: a next one takes a second or more to make."""
_CHECKED_NODES = 2_000


def start(channel: Channel) -> int:
    """Life of a worker that was started for one version: confine itself, then serve."""
    greeted = greet(channel)
    return serve(channel) if greeted else 1


def greet(channel: Channel) -> bool:
    """Read `Start`, enter the jail, import the module, say `Hello`; False when a `Refusal` was sent instead."""
    received = channel.receive()
    if received is None:
        return False
    message = received[0]
    begin = Start(**message["body"])
    module = Module(**message["body"]["module"]) if begin.module else None
    process = os.getpid()
    try:
        applied = jail.enter(jail.Grants(**begin.grants), jail.Limits(**begin.limits), may_fork=begin.may_fork)
        if channel.is_hung_up():  # a server that died before the jail was entered cannot take us with it
            return False
        if module is not None:
            loader.load(module)
    except BaseException as error:
        _end_unless(process)
        channel.answer(message["id"], _import_refusal(error, module))
        return False
    _end_unless(process)
    channel.answer(message["id"], _hello(applied))
    return True


def _end_unless(process: int) -> None:
    """End a process that the module's import forked, where the import ends: only `process` is the worker."""
    if os.getpid() != process:
        os._exit(0)


def serve(channel: Channel) -> int:
    """Answer requests until the server hangs up."""
    child = Child(channel)
    while True:
        received = channel.receive()
        if received is None:
            return 0
        child.handle(received[0])


class Child:
    """The state of one child: the version in place and what was built for it."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._recorder = effects.Recorder()
        self._placed: Optional[installing.Placed] = None
        self._request: Optional[Install] = None
        self._timer: Optional[Timer] = None
        self._handlers: Dict[str, Callable[[str, Dict[str, Any]], None]] = {
            "Install": self._install, "Observe": self._observe, "Resolve": self._resolve, "Generate": self._generate,
            "Dimensions": self._dimensions, "Scale": self._scale, "Prepare": self._prepare, "RunTests": self._run_tests,
            "TimeLines": self._time_lines, "WeighMemory": self._weigh_memory,
        }  # fmt: skip

    def handle(self, message: Dict[str, Any]) -> None:
        """Answer one request; whatever goes wrong in our own code is answered as a `Refusal`."""
        try:
            self._handlers[message["kind"]](message["id"], message["body"])
        except (installing.CannotInstall, CannotBuild, ThawError, TooLarge) as error:
            self._channel.answer(message["id"], Refusal(type(error).__name__, str(error)))
        except Exception as error:
            self._channel.answer(message["id"], Refusal("error", describe(error), _trace(error)))

    @property
    def placed(self) -> installing.Placed:
        if self._placed is None:
            raise installing.CannotInstall("no version is in place yet")
        return self._placed

    def _install(self, request_id: str, body: Dict[str, Any]) -> None:
        request = Install(**dict(body, version=Version(**body["version"]), module=Module(**body["module"])))
        self._request = request
        try:
            self._placed = installing.install(request)
        except installing.CannotInstall:
            raise
        except BaseException as error:
            raise installing.CannotInstall("putting it in place raised %s" % describe(error)) from error
        self._channel.answer(request_id, Installed())

    def _observe(self, request_id: str, body: Dict[str, Any]) -> None:
        request = Observe(**dict(body, cases=[CaseSpec(**c) for c in body["cases"]]))
        for _ in range(request.repeat):
            for case in request.cases:
                self._channel.answer(request_id, self._observe_one(case, request))
        self._channel.done(request_id)

    def _observe_one(self, case: CaseSpec, request: Observe) -> Observation:
        assert self._request is not None
        try:
            call = calls.maker(self.placed, case)()
        except BaseException as error:
            return Observation(case.key, error="its arguments cannot be built: %s" % describe(error))
        watched = Watched(self._request.watch, request.max_nodes, request.poison)
        if not request.lines:
            return observe(self.placed, call, case.key, self._recorder, watched)
        with lines_run(self._request.module.file) as lines:
            observation = observe(self.placed, call, case.key, self._recorder, watched)
        observation.lines = sorted(lines)
        return observation

    def _resolve(self, request_id: str, body: Dict[str, Any]) -> None:
        for spec in body["cases"]:
            self._channel.answer(request_id, self._resolved(CaseSpec(**spec)))
        self._channel.done(request_id)

    def _resolved(self, case: CaseSpec) -> Resolved:
        """The arguments as a graph when that graph rebuilds to the same values."""
        try:
            call = calls.maker(self.placed, case)()
        except BaseException as error:
            return Resolved(case.key, error=describe(error))
        if not call.direct:
            return Resolved(case.key, direct=False)
        try:
            graph = freeze(call.roots(), max_nodes=200_000, carry=True)
            faithful = freeze(compile_thaw(graph)(), max_nodes=200_000, carry=True) == graph
        except (ThawError, TooLarge):
            faithful = False
        return Resolved(case.key, graph if faithful else None)

    def _generate(self, request_id: str, body: Dict[str, Any]) -> None:
        request = Generate(**body)
        for key, roots in enumerate(_made(self.placed, request)):
            self._answer_roots(request_id, key, roots)
        self._channel.done(request_id)

    def _dimensions(self, request_id: str, body: Dict[str, Any]) -> None:
        roots = compile_thaw(Dimensions(**body).graph)()
        names = scale.dimensions(tuple(roots["args"]), roots.get("kwargs", {}), roots.get("receiver"))
        self._channel.answer(request_id, Resolved(0, {"nodes": [], "roots": {"names": json_list(names)}}))

    def _scale(self, request_id: str, body: Dict[str, Any]) -> None:
        request = Scale(**body)
        for size in request.sizes:
            roots = compile_thaw(request.graph)()
            grown = _grown(roots, request, size)
            if grown is not None and self._answer_roots(request_id, size, grown) > _MOST_GROWN:
                break
        self._channel.done(request_id)

    def _answer_roots(self, request_id: str, key: int, roots: Dict[str, Any]) -> int:
        """Answer with these roots as a graph; how many nodes it has."""
        try:
            graph = freeze(roots, max_nodes=400_000, carry=True)
            if len(graph["nodes"]) < _CHECKED_NODES:
                compile_thaw(graph)
        except (ThawError, TooLarge) as error:
            self._channel.answer(request_id, Resolved(key, error=str(error)))
            return 0
        self._channel.answer(request_id, Resolved(key, graph))
        return len(graph["nodes"])

    def _prepare(self, request_id: str, body: Dict[str, Any]) -> None:
        request = Prepare(**dict(body, case=CaseSpec(**body["case"])))
        if self._timer is None:
            self._timer = Timer(self.placed)
        self._timer.sample(request, self._channel, lambda: self._channel.answer(request_id, Installed()))

    def _run_tests(self, request_id: str, body: Dict[str, Any]) -> None:
        from afterburner_worker import project_tests  # costs every other child time that it does not have

        placed, install = self.placed, self._request
        assert install is not None
        project_tests.run_tests(RunTests(**body), install, placed, lambda end: self._channel.answer(request_id, end))
        self._channel.done(request_id)

    def _time_lines(self, request_id: str, body: Dict[str, Any]) -> None:
        from afterburner_worker import profiling  # costs every other child time that it does not have

        request = TimeLines(**dict(body, cases=[CaseSpec(**c) for c in body["cases"]]))
        self._stream(request_id, profiling.time_lines(self.placed, request))

    def _weigh_memory(self, request_id: str, body: Dict[str, Any]) -> None:
        from afterburner_worker import profiling  # as above

        request = WeighMemory(**dict(body, cases=[CaseSpec(**c) for c in body["cases"]]))
        self._stream(request_id, profiling.weigh_memory(self.placed, request))

    def _stream(self, request_id: str, answers: Iterator[Any]) -> None:
        for answer in answers:
            self._channel.answer(request_id, answer)
        self._channel.done(request_id)


def json_list(names: List[str]) -> str:
    """Names as one string value of a graph, one a line."""
    return "\n".join(names)


def _grown(roots: Dict[str, Any], request: Scale, size: int) -> Optional[Dict[str, Any]]:
    """The roots of a call with one dimension grown; None where it has no such dimension."""
    if request.dimension.startswith("self.") and "receiver" in roots:
        receiver = scale.scaled_receiver(roots["receiver"], request.dimension, size, request.shape, request.seed)
        return None if receiver is None else dict(roots, receiver=receiver)
    args, kwargs = tuple(roots["args"]), roots.get("kwargs", {})
    found = scale.scaled(args, kwargs, request.dimension, size, request.shape, request.seed)
    return None if found is None else dict(roots, args=found[0], kwargs=found[1])


def _made(placed: installing.Placed, request: Generate) -> Iterator[Dict[str, Any]]:
    """Roots of made-up calls: mutations of the seeds, or first proposals when there are none."""
    parameters = generate.parameters_of(placed.function, placed.owner, request.types)
    constants = constants_of(*request.texts, name=placed.function.__name__)
    seeds = [compile_thaw(graph)() for graph in request.seeds]
    yield from generate.made(seeds, parameters, constants, request.count, request.seed)


def _hello(applied: Any) -> Hello:
    return Hello(
        WIRE_VERSION, list(sys.version_info[:3]), sys.implementation.name, asdict(applied),
        loader.fork_hazards(), sorted({name.partition(".")[0] for name in list(sys.modules)}),
    )  # fmt: skip


def describe(error: BaseException) -> str:
    """An exception in one line, without running the user's `__str__` twice or letting it raise."""
    try:
        text = str(error)
    except BaseException:
        text = "(its text cannot be made)"
    return "%s: %s" % (type(error).__name__, text.strip().splitlines()[0][:300] if text.strip() else "(no text)")


def _trace(error: BaseException) -> str:
    return "".join(traceback.format_exception(type(error), error, error.__traceback__))[-4000:]


def _import_refusal(error: BaseException, module: Optional[Module]) -> Refusal:
    if isinstance(error, jail.JailError):
        return Refusal("jail", str(error))
    what = "importing %s" % module.name if module else "starting"
    return Refusal("import", "%s raised %s" % (what, describe(error)), _trace(error))
