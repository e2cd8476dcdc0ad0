"""The reference: what the original does on all cases, observed once and compared with every rewrite."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from afterburner.core.domain import Envelope, describe_attributes, describe_types
from afterburner.core.fingerprint import canonical
from afterburner.core.graph import Graph
from afterburner.core.inputs import CallGraph, Case, Scaled
from afterburner.core.observation import Observed, Version
from afterburner.core.verdict import Tier

_ARGUMENTS = ("args", "kwargs", "receiver")


@dataclass(frozen=True, slots=True)
class Known:
    """A case with what the original did on it."""

    case: Case
    observed: Observed
    tier: Tier

    @property
    def timeable(self) -> Case:
        """The case, marked reusable where the call left its arguments as they were."""
        graph = self.observed.graph
        if graph is None or not isinstance(self.case.call, CallGraph):
            return self.case
        before, after = Graph.checked(self.case.call.graph), {k: v for k, v in graph.roots.items() if k in _ARGUMENTS}
        return replace(self.case, reusable=canonical(before) == canonical(Graph(graph.nodes, after)))

    @property
    def weight(self) -> tuple[int, int]:
        """How much the case asks for: its objects, then its largest number."""
        return weight(self.case)

    @property
    def returned(self) -> bool:
        return self.observed.digest != "" or (self.observed.graph is not None and "result" in self.observed.graph.roots)


@dataclass(frozen=True, slots=True)
class Reference:
    """Everything that is known about the original's behaviour."""

    version: Version
    known: tuple[Known, ...]
    seeds: tuple[CallGraph, ...]
    scaled: tuple[Scaled, ...]
    ordinary: tuple[Graph, ...]
    """The calls that define what is ordinary."""
    envelope: Envelope
    types: Mapping[str, Sequence[str]]
    parameters: tuple[str, ...]
    notes: tuple[str, ...] = ()
    problem: str = ""
    """Why no rewrite can be verified, as a sentence; empty when it can."""
    hint: str = ""
    ignored: frozenset[str] = frozenset()
    """Globals that the user declared ignorable: a cache, a counter."""
    stateful: bool = False
    """A call leaves something behind that a later one sees: each case gets a process of its own."""

    @property
    def counts(self) -> Mapping[str, int]:
        return Counter(known.case.origin.value for known in self.known)

    def seen_types(self, receiver: str) -> Mapping[str, Counter[str]]:
        """Parameter, or attribute such as `self.items` → types that ordinary calls show, counted.

        `receiver` is the name that the target gives its object. Ordinary are the given calls, or the likeliest ones
        where nobody gave any.
        """
        seen: dict[str, Counter[str]] = {}
        for graph in self.ordinary:
            attributes = {f"{receiver}.{name}": kind for name, kind in describe_attributes(graph).items()}
            for name, kind in {**describe_types(graph, self.parameters), **attributes}.items():
                seen.setdefault(name, Counter())[kind] += 1
        return seen

    @property
    def carrying(self) -> tuple[Known, ...]:
        """What can carry the headline: the given cases that return, or all given ones where none does."""
        given = [known for known in self.known if known.case.origin.given]
        return tuple(known for known in given if known.returned) or tuple(given)


def weight(case: Case) -> tuple[int, int]:
    """How much a case asks for: large structures and large numbers come last, where giving up costs least."""
    if not isinstance(case.call, CallGraph):
        return 0, 0
    nodes = case.call.graph["nodes"]
    numbers = [abs(v) for node in nodes for part in node[1:] if isinstance(part, list) for v in part if type(v) is int]
    return len(nodes), max(numbers, default=0)
