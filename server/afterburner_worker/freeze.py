"""Freezing: live objects written down as a graph, with their identities, calling nothing of theirs but iterators."""

from __future__ import annotations

import enum
import functools
import sys
import types
from collections import OrderedDict, defaultdict, deque
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Optional

from afterburner_worker import arrays, frames, functions, iterators, landmarks, pickles, stdvalues
from afterburner_worker.anatomy import anatomy, state
from afterburner_worker.graph import Node, TooLarge, Value, float_text, int_value
from afterburner_worker.naming import (
    MISSING,
    class_dict,
    class_name,
    importable_name,
    inherits,
    is_class,
    lookup,
    module_dict,
    mro,
)
from afterburner_worker.ordering import atom_key, order_sets

_VALUES_PER_NODE = 10
_CHARACTERS_PER_VALUE = 64
_DEEPEST_DRAIN = 20
_FOREIGN = ("numpy", "pandas")
_RAISED = (Exception, SystemExit, KeyboardInterrupt, GeneratorExit)
_TEXT_LIKE = {id(str), id(bool), id(type(None))}
_ATOMS = _TEXT_LIKE | {id(int), id(float)}


def freeze(
    roots: Mapping[str, Any],
    *,
    keep: Optional[List[Any]] = None,
    max_nodes: int = 200_000,
    max_items: int = 3_000,
    drain: bool = True,
    carry: bool = False,
) -> Dict[str, Any]:
    """The graph of some named objects; what they share is shared in the graph too.

    Generators and built-in iterators are drained, up to `max_items` items each, before anything else is written down
    (this runs user code: keep output redirected meanwhile). With `drain=False` nothing is consumed: built-in iterators
    are written as what is left of them, and generators are opaque. With `carry`, as for the arguments of a case, what
    must be made again elsewhere is written so that it can be: functions without a name as their code, instances of C
    types as pickles. Objects whose identity was used are appended to `keep`. Raises `TooLarge` above `max_nodes` nodes
    or ten values per node.
    """
    work = _Freezing(max_nodes, max_items, [] if keep is None else keep, drain, carry)
    values = work.frozen(list(roots.values()))
    nodes = [["tuple", []] if node is None else node for node in work.nodes]
    return {"nodes": nodes, "roots": dict(zip(roots, values))}


class _Drained(NamedTuple):
    """What came out of a lazy iterator: snapshots taken as each item came, the items themselves, and how it ended."""

    items: List[Value]
    live: List[Any]
    end: List[Any]


class _Freezing:
    """One call of `freeze`: the node table, what was drained so far, and how much may still be written."""

    def __init__(self, max_nodes: int, max_items: int, keep: List[Any], drain: bool, carry: bool) -> None:
        self.nodes: List[Any] = []
        self.free: List[int] = []
        self.max_nodes = max_nodes
        self.max_items = max_items
        self.weight = 0
        self.keep = keep
        self.drain_lazy = drain
        self.carry = carry
        self.found: Dict[int, bool] = {}
        self.drained: Dict[int, Optional[_Drained]] = {}
        self.depth = 0

    def frozen(self, things: List[Any]) -> List[Value]:
        """The values of some objects, with an identity table of their own."""
        while True:
            weight = self.weight
            attempt = _Pass(self)
            values = [attempt.value(thing) for thing in things]
            attempt.run()
            if not attempt.waiting:
                order_sets(self.nodes, attempt.sets)
                return values
            self._discard(attempt.slots, weight)
            for lazy in attempt.waiting:
                self._drain(lazy)

    def slot(self) -> int:
        if self.free:
            return self.free.pop()
        if len(self.nodes) >= self.max_nodes:
            raise TooLarge("The value has more than %d parts." % self.max_nodes)
        self.nodes.append(None)
        return len(self.nodes) - 1

    def charge(self, weight: int) -> None:
        self.weight += weight
        if self.weight > self.max_nodes * _VALUES_PER_NODE:
            raise TooLarge("The value holds more than %d items." % (self.max_nodes * _VALUES_PER_NODE))

    def finds(self, kind: type, name: str) -> bool:
        """Whether a class is found by its name; a class that was asked for once is remembered."""
        if id(kind) not in self.found:
            self.found[id(kind)] = lookup(name) is kind
        return self.found[id(kind)]

    def _discard(self, slots: List[int], weight: int) -> None:
        for slot in slots:
            self.nodes[slot] = None
        self.free += reversed(slots)
        self.weight = weight

    def _drain(self, lazy: Any) -> None:
        if id(lazy) in self.drained:
            return
        self.drained[id(lazy)] = None
        self.keep.append(lazy)
        self.depth += 1
        items: List[Value] = []
        live: List[Any] = []
        end: List[Any] = ["cap"]
        while len(items) < self.max_items:
            try:
                item = next(lazy)
            except StopIteration as stop:
                end = ["stop", stop.value]
                break
            except _RAISED as error:
                end = ["raise", error]
                break
            items += self.frozen([item])
            live.append(item)
        self.depth -= 1
        self.drained[id(lazy)] = _Drained(items, [] if all(map(_unchanging, live)) else live, end)


class _Pass:
    """One walk over some objects; finds the lazy iterators that must be drained before the walk can count."""

    def __init__(self, work: _Freezing) -> None:
        self.work = work
        self.seen: Dict[int, List[int]] = {}
        self.stack: List[Any] = []
        self.slots: List[int] = []
        self.sets: List[int] = []
        self.waiting: List[Any] = []
        self.owners: Dict[int, Any] = {}
        """Owner of memory → the first array that was met in it: its slot and where it starts."""

    def run(self) -> None:
        nodes = self.work.nodes
        while self.stack:
            slot, thing = self.stack.pop()
            nodes[slot] = self.node(thing, slot)

    def value(self, thing: Any) -> Value:
        kind = type(thing)
        if kind is int:
            return self.integer(thing)
        if kind is str:
            return self.text(thing)
        if thing is None or kind is bool:
            return thing
        if kind is float:
            return {"f": float_text(thing)}
        known = self.seen.get(id(thing))
        if known is None:
            known = self.seen[id(thing)] = [self.new_slot()]
            self.work.keep.append(thing)
            self.stack.append((known[0], thing))
        return known

    def values(self, things: List[Any]) -> List[Value]:
        self.work.charge(len(things))
        kinds = set(map(id, map(type, things)))
        if kinds <= _ATOMS and id(str) not in kinds:
            if kinds == {id(float)}:
                return [{"f": float_text(thing)} for thing in things]
            if id(float) not in kinds:
                return [thing if -(2**62) < (thing or 0) < 2**62 else self.integer(thing) for thing in things]
        return [self.value(thing) for thing in things]

    def integer(self, number: int) -> Value:
        if number.bit_length() > 63:
            self.work.charge(number.bit_length() // (4 * _CHARACTERS_PER_VALUE))
        return int_value(number)

    def text(self, text: str) -> str:
        if len(text) >= _CHARACTERS_PER_VALUE:
            self.work.charge(len(text) // _CHARACTERS_PER_VALUE)
        return text

    def new_slot(self) -> int:
        slot = self.work.slot()
        self.slots.append(slot)
        return slot

    def node(self, thing: Any, slot: int) -> Node:
        write = _WRITERS.get(id(type(thing)))
        if write is not None:
            return write(self, thing, slot)
        if id(type(thing)) in iterators.LAZY:
            return self.lazy(thing)
        if is_class(thing):
            module, qualname = class_name(thing).split(":", 1)
            return self.named("class", thing, module, qualname)
        return self.instance(thing, slot)

    def instance(self, thing: Any, slot: int) -> Node:
        kind = type(thing)
        name = class_name(kind)
        if inherits(type(kind), enum.EnumMeta):
            return self.enum(thing, name)
        for node, write in (("value", stdvalues.arguments), ("made", stdvalues.buffer)):
            known = write(thing, name)
            if known is not None:
                return [node, known[0], self.values(known[1])]
        if _foreign(kind):
            known_node = arrays.node(self, thing, slot) or frames.node(self, thing)
            return known_node or self.sealed(thing, name)
        layout = anatomy(kind)
        if layout is None:
            return self.sealed(thing, name)
        attributes = state(thing, layout)
        if attributes is None:
            return ["opaque", name, "its state cannot be read"]
        landmark = landmarks.place(thing) if self.work.carry else ""
        if landmark:
            return ["landmark", name, landmark]
        if self.work.carry and not self.work.finds(kind, name):
            return ["opaque", name, "an instance of a class that is not reachable by that name"]
        self.work.charge(len(attributes))
        if inherits(kind, BaseException):
            attributes = attributes + _exception_extras(thing)
            return [
                "exception",
                name,
                self.value(_arguments(thing)),
                [[key, self.value(one)] for key, one in attributes],
            ]
        return [
            "object",
            name,
            [[key, self.value(one)] for key, one in attributes],
            self.content(thing, layout.content),
        ]

    def content(self, thing: Any, kind: Optional[type]) -> Value:
        """What an instance of a subclass of a built-in type holds as such, or None."""
        if kind is None:
            return None
        if kind is int:
            return self.integer(int.__int__(thing))
        if kind is str:
            return self.text(str.__str__(thing))
        if kind is float:
            return {"f": float_text(float.__float__(thing))}
        slot = self.new_slot()
        write = _CONTENT_WRITERS.get(id(kind)) or _WRITERS[id(kind)]
        self.work.nodes[slot] = write(self, thing, slot)
        return [slot]

    def enum(self, thing: Any, name: str) -> Node:
        layout = anatomy(type(thing))
        fields = dict(state(thing, layout) or ()) if layout else {}
        members = class_dict(type(thing)).get("_member_map_", {})
        member = fields.get("_name_")
        if type(member) is str and type(members) is dict and members.get(member) is thing:
            return ["enum", name, member]
        if type(fields.get("_value_")) is int:
            return ["value", name, [self.integer(fields["_value_"])]]
        return ["opaque", name, "an enum member without a name"]

    def sealed(self, thing: Any, name: str) -> Node:
        """What only a pickle can hold, in the arguments of a case; elsewhere it is opaque."""
        if not self.work.carry:
            return ["opaque", name, "its state cannot be read"]
        try:
            text = pickles.pickled(thing)
        except pickles.CannotPickle as reason:
            return ["opaque", name, str(reason)]
        return ["pickled", name, self.text(text)]

    def function(self, thing: Any) -> Node:
        """A function by its name, or by its code where that may travel."""
        node = self.named("function", thing, thing.__module__, thing.__qualname__)
        plain = type(thing) is types.FunctionType
        parts = None
        if node[0] == "opaque" and plain and (self.work.carry or functions.was_made(thing)):
            parts = functions.carried(thing)
        if parts is None:
            return node
        return [
            "carried",
            parts.name,
            parts.magic,
            parts.text.source,
            self.text(parts.text.code),
            *map(self.value, parts.state),
            self.values(parts.cells),
            [[name, self.value(one)] for name, one in parts.names],
        ]

    def named(self, kind: str, thing: Any, module: Any, qualname: Any) -> Node:
        name = importable_name(thing, module, qualname)
        if name:
            return [kind, name]
        shown = "%s:%s" % (module if type(module) is str else "?", qualname if type(qualname) is str else "?")
        return ["opaque", class_name(type(thing)), "%s is not reachable by that name" % shown]

    def lazy(self, thing: Any) -> Node:
        name = class_name(type(thing))
        if not self.work.drain_lazy:
            return self.untouched(thing, name)
        if id(thing) not in self.work.drained:
            if self.work.depth < _DEEPEST_DRAIN:
                self.waiting.append(thing)
                return ["opaque", name, "not drained yet"]
            self.work.drained[id(thing)] = None
        drained = self.work.drained[id(thing)]
        if drained is None:
            return ["opaque", name, "an iterator nested too deep, or inside its own items"]
        end = drained.end[:1] + [self.value(one) for one in drained.end[1:]]
        fields = [drained.items, end, self.values(drained.live)]
        return ["generator", *fields] if type(thing) is types.GeneratorType else ["iterator", name, *fields]

    def untouched(self, thing: Any, name: str) -> Node:
        """A lazy iterator written down without drawing from it."""
        if type(thing) is types.GeneratorType:
            return ["opaque", name, "a generator, whose items cannot be told without running it"]
        items = iterators.remaining(thing, self.work.max_items)
        if items is not None:
            return ["iterator", "builtins:list_iterator", self.values(items), ["stop", None], []]
        recipe = iterators.recipe(thing)
        if recipe is not None:
            return ["made", recipe[0], self.values(recipe[1])]
        return ["opaque", name, "an iterator that cannot be copied"]


def _unchanging(thing: Any) -> bool:
    if type(thing) is tuple:
        return all(id(type(one)) in _ATOMS for one in thing)
    return id(type(thing)) in _ATOMS or type(thing) is bytes


def _foreign(kind: type) -> bool:
    return any(class_name(one).split(":")[0].split(".")[0] in _FOREIGN for one in mro(kind))


_maxlen = deque.__dict__["maxlen"].__get__
_arguments = BaseException.__dict__["args"].__get__


def _exception_extras(error: BaseException) -> List[Any]:
    """The fields of built-in exceptions that their arguments do not show."""
    extras = []
    for kind, names in ((OSError, ("filename", "filename2")), (ImportError, ("name", "path"))):
        if inherits(type(error), kind):
            extras += [(name, kind.__dict__[name].__get__(error)) for name in names]
    return [(name, value) for name, value in extras if value is not None]


def _pairs(walk: _Pass, items: List[Any]) -> Node:
    walk.work.charge(2 * len(items))
    value = walk.value
    return ["dict", [[value(key), value(one)] for key, one in items]]


def _set(walk: _Pass, members: List[Any], slot: int) -> List[Value]:
    if set(map(id, map(type, members))) <= _ATOMS:
        return walk.values(sorted(members, key=atom_key))
    walk.sets.append(slot)
    return walk.values(members)


def _bytes(walk: _Pass, kind: str, text: str) -> Node:
    walk.work.charge(len(text) // _CHARACTERS_PER_VALUE)
    return [kind, text]


def _complex(walk: _Pass, thing: Any, slot: int) -> Node:
    real, imaginary = complex.__dict__["real"].__get__(thing), complex.__dict__["imag"].__get__(thing)
    return ["complex", float_text(real), float_text(imaginary)]


def _function(walk: _Pass, thing: Any, slot: int) -> Node:
    return walk.function(thing)


def _builtin(walk: _Pass, thing: Any, slot: int) -> Node:
    """A builtin function by name, or a method of a builtin type with the object that it is bound to."""
    node = walk.function(thing)
    bound = thing.__self__ is not None and type(thing.__self__) is not types.ModuleType
    return walk.instance(thing, slot) if node[0] == "opaque" and bound else node


def _cell(walk: _Pass, thing: Any, slot: int) -> Node:
    try:
        return ["cell", walk.values([thing.cell_contents])]
    except ValueError:
        return ["cell", []]


def _descriptor(walk: _Pass, thing: Any, slot: int) -> Node:
    return walk.named("function", thing, class_name(thing.__objclass__).split(":")[0], thing.__qualname__)


def _module(walk: _Pass, thing: Any, slot: int) -> Node:
    name = module_dict(thing).get("__name__")
    if type(name) is str and sys.modules.get(name, MISSING) is thing:
        return ["module", name]
    return ["opaque", "builtins:module", "a module that is not loaded under its name"]


_Writer = Callable[[_Pass, Any, int], Node]
_WRITERS: Dict[int, _Writer] = {
    id(list): lambda w, x, s: ["list", w.values(list(list.__iter__(x)))],
    id(tuple): lambda w, x, s: ["tuple", w.values(list(tuple.__iter__(x)))],
    id(set): lambda w, x, s: ["set", _set(w, list(set.__iter__(x)), s)],
    id(frozenset): lambda w, x, s: ["frozenset", _set(w, list(frozenset.__iter__(x)), s)],
    id(deque): lambda w, x, s: ["deque", w.values(list(deque.__iter__(x))), _maxlen(x)],
    id(dict): lambda w, x, s: _pairs(w, list(dict.items(x))),
    id(bytes): lambda w, x, s: _bytes(w, "bytes", bytes.hex(x)),
    id(bytearray): lambda w, x, s: _bytes(w, "bytearray", bytearray.hex(x)),
    id(complex): _complex,
    id(range): lambda w, x, s: ["range", w.values([x.start, x.stop, x.step])],
    id(slice): lambda w, x, s: ["slice", w.values([x.start, x.stop, x.step])],
    id(type(...)): lambda w, x, s: ["ellipsis"],
    id(type(NotImplemented)): lambda w, x, s: ["notimplemented"],
    id(types.FunctionType): _function,
    id(type(functools.lru_cache(len))): _function,
    id(types.BuiltinFunctionType): _builtin,
    id(types.CellType): _cell,
    id(types.MethodDescriptorType): _descriptor,
    id(types.WrapperDescriptorType): _descriptor,
    id(types.ModuleType): _module,
}
_CONTENT_WRITERS: Dict[int, _Writer] = {
    id(OrderedDict): lambda w, x, s: _pairs(w, list(OrderedDict.items(x))),
    id(defaultdict): _WRITERS[id(dict)],
}
