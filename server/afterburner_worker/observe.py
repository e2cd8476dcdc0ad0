"""Runs one call and reports what it did as data."""

from __future__ import annotations

import dis
import hashlib
import json
import random
import types
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from afterburner_worker import callbacks, effects
from afterburner_worker.calls import SEED, Call
from afterburner_worker.freeze import freeze
from afterburner_worker.graph import TooLarge, canonical
from afterburner_worker.install import Placed
from afterburner_worker.messages import Observation

_SEND_NODES = 20_000
_STRICT_OPS = ("RAISE_VARARGS", "RERAISE")


class Watched(NamedTuple):
    """What to look at besides the call itself."""

    names: List[str]
    """Module globals."""
    max_nodes: int
    poison: bool = False
    """Mutate the result once it is recorded, so that a later call which hands it out again shows it."""


def observe(placed: Placed, call: Call, key: int, recorder: effects.Recorder, looking: Watched) -> Observation:
    """Call once, with output, audit events, randomness and watched state recorded; raises nothing of the call's."""
    random.seed(SEED)
    roots: Dict[str, Any] = {}
    strict, where = True, ""
    with effects.captured(recorder) as seen, callbacks.recorded() as called:
        try:
            result = call.function(*call.args, **call.kwargs)
            if isinstance(result, (types.CoroutineType, types.AsyncGeneratorType)):
                return _asynchronous(key, result)
            roots["result"] = result
        except BaseException as error:
            strict, where = _raised(error)
            roots["exception"] = error
        roots.update(call.roots())
        roots["globals"] = _globals(placed, looking.names)
        roots.update(_function_state(placed))
        roots["callbacks"] = called
        # Draining a lazy result runs user code: it belongs inside the recorded block.
        graph = _frozen(roots, looking.max_nodes)
    if looking.poison:
        poison(roots.get("result"))
    if graph is None:
        return Observation(
            key, error="the result or what it touches is too large to compare (over %d objects)" % looking.max_nodes
        )
    if not called:
        del graph["roots"]["callbacks"]
    graph = _with_context(graph, seen)
    return _sized(Observation(key, graph, message_strict=strict, raised_in=where, effects=seen.effects))


def _globals(placed: Placed, names: List[str]) -> Dict[str, Any]:
    """The module globals that belong to the observation; modules are left out, they are not data."""
    space = vars(placed.module)
    return {n: space[n] for n in names if n in space and not isinstance(space[n], types.ModuleType)}


def poison(value: Any) -> None:
    """Mutate a returned container, so that a later call which hands out the same object shows it."""
    kind = type(value)
    try:
        if kind is list:
            for item in value[:50]:
                poison(item)
            value.append("\0poison")
        elif kind is dict:
            for item in list(value.values())[:50]:
                poison(item)
            value["\0poison"] = "\0poison"
        elif kind is set:
            value.add("\0poison")
        elif kind is tuple:
            for item in value[:50]:
                poison(item)
    except RecursionError:
        return


def _function_state(placed: Placed) -> Dict[str, Any]:
    function = placed.function
    state: Dict[str, Any] = {"defaults": (function.__defaults__, function.__kwdefaults__)}
    own = {k: v for k, v in vars(function).items() if k != "__wrapped__"}
    if own:
        state["state"] = own
    cells = [c.cell_contents for c in function.__closure__ or () if _filled(c)]
    plain = [c for c in cells if not isinstance(c, (types.FunctionType, type, types.ModuleType))]
    if plain:
        state["closure"] = plain
    return state


def _filled(cell: Any) -> bool:
    try:
        return cell.cell_contents is not cell
    except ValueError:
        return False


def _frozen(roots: Dict[str, Any], max_nodes: int) -> Optional[Dict[str, Any]]:
    try:
        return freeze(roots, max_nodes=max_nodes)
    except TooLarge:
        return None


def _with_context(graph: Dict[str, Any], seen: effects.Captured) -> Dict[str, Any]:
    """Add the channels of plain text, and the state of `random` after the call."""
    roots: Dict[str, Any] = graph["roots"]
    for name, value in seen.roots().items():
        roots[name] = value if isinstance(value, str) else json.dumps(value)
    roots["random"] = hashlib.sha256(repr(random.getstate()).encode()).hexdigest()[:16]
    return graph


def _sized(observation: Observation) -> Observation:
    graph = observation.graph
    if graph is not None and len(graph["nodes"]) > _SEND_NODES:
        observation.digest = canonical(graph)
        observation.graph = None
    return observation


def _asynchronous(key: int, result: Any) -> Observation:
    if isinstance(result, types.CoroutineType):
        result.close()
    return Observation(key, error="the call gives a coroutine or async generator, whose behaviour is not compared yet")


def _raised(error: BaseException) -> Tuple[bool, str]:
    """Whether it left a Python `raise` statement (else the interpreter made its text), and in which module."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None or trace.tb_frame.f_code.co_filename == __file__:
        return False, ""
    operation = trace.tb_frame.f_code.co_code[trace.tb_lasti]
    where = trace.tb_frame.f_globals.get("__name__")
    return dis.opname[operation] in _STRICT_OPS, where if type(where) is str else ""
