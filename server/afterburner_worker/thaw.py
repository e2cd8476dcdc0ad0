"""Thawing: fresh live objects from a graph; classes and functions come from loaded modules, nothing is imported.

The code of carried functions and pickles are opened here. Both can do anything, so thaw only in the jailed worker.
"""

from __future__ import annotations

import enum
import sys
import types
from collections import OrderedDict, deque
from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple

from afterburner_worker import arrays, frames, functions, iterators, landmarks, pickles, stdvalues
from afterburner_worker.anatomy import Anatomy, anatomy, set_state
from afterburner_worker.copies import copier
from afterburner_worker.graph import GRAMMAR, Node, ThawError, Value, atom, values_in
from afterburner_worker.naming import MISSING, Resolve, class_name, inherits, is_class, lookup

_Table = List[Any]
_Step = Callable[[_Table], None]
_Row = Callable[[_Table], List[Any]]

_SHELLS = ("list", "set", "dict", "deque")
"""Kinds that can stand empty until all that they hold exists; objects on top of them too, and functions."""

_arguments = BaseException.__dict__["args"]


def thaw(graph: Mapping[str, Any], resolve: Resolve = lookup) -> Dict[str, Any]:
    """Fresh objects for every root of a graph, sharing what the graph shares.

    `resolve` finds classes and functions by "module:qualified.name". Objects get their state without `__init__`.
    Raises `ThawError` for what cannot be rebuilt here.
    """
    return _plan(graph, resolve)()


def compile_thaw(graph: Mapping[str, Any], resolve: Resolve = lookup) -> Callable[[], Dict[str, Any]]:
    """A function that gives fresh objects at every call, close to the speed of a literal where nothing is shared."""
    build = _plan(graph, resolve)
    copy = copier(build())
    return build if copy is None else copy


def _plan(graph: Mapping[str, Any], resolve: Resolve) -> Callable[[], Dict[str, Any]]:
    try:
        plan = _Plan(graph["nodes"], resolve)
        roots = _row(list(graph["roots"].values()))
        steps = plan.steps(graph["roots"].values())
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise ThawError("The recorded value is malformed (%s: %s)." % (type(error).__name__, error)) from None
    names = list(graph["roots"])
    size = len(graph["nodes"])

    def build() -> Dict[str, Any]:
        table: _Table = [None] * size
        try:
            for step in steps:
                step(table)
        except ThawError:
            raise
        except Exception as error:
            raise ThawError("The value cannot be rebuilt: %s: %s." % (type(error).__name__, error)) from error
        return dict(zip(names, roots(table)))

    return build


def _row(values: List[Value]) -> _Row:
    """What gives the objects of some values, once those that they refer to exist."""
    template = [None if type(value) is list else atom(value) for value in values]
    references = [(place, value[0]) for place, value in enumerate(values) if type(value) is list]
    if not references:
        return lambda table: template[:]

    def row(table: _Table) -> List[Any]:
        out = template[:]
        for place, index in references:
            out[place] = table[index]
        return out

    return row


class _Plan:
    """Turns nodes into steps: empty containers first, then each node once all that it needs exists."""

    def __init__(self, nodes: List[Node], resolve: Resolve) -> None:
        self.nodes = nodes
        self.resolve = resolve
        self.classes: Dict[str, Tuple[Any, Anatomy]] = {}

    def steps(self, roots: Any) -> List[_Step]:
        order = self._postorder(roots)
        shells = [index for index in order if self._is_shell(index)]
        shells.sort(key=lambda index: self.nodes[index][0] == "carried")  # made with its cells
        steps = [self._shell(index) for index in shells]
        made = set(shells)
        while order:
            late = []
            for index in order:
                if all(child in made for child in self._needs(index)):
                    steps.append(self._step(index))
                    made.add(index)
                else:
                    late.append(index)
            if len(late) == len(order):
                raise ThawError("The value holds an immutable object that contains itself.")
            order = late
        return steps

    def _postorder(self, roots: Any) -> List[int]:
        order: List[int] = []
        entered = set()
        stack = [(value[0], False) for value in roots if type(value) is list]
        while stack:
            index, leaving = stack.pop()
            if leaving:
                order.append(index)
            elif index not in entered:
                entered.add(index)
                stack.append((index, True))
                stack += [(child, False) for child in self._needs(index) if child not in entered]
        return order

    def _needs(self, index: int) -> List[int]:
        node = self.nodes[index]
        if node[0] in ("generator", "iterator"):
            node = [*node[:-1], []]
        elif node[0] == "carried":
            node = [*node[:-1], self._globals(node)]
        return [value[0] for value in values_in(node) if type(value) is list]

    def _globals(self, node: Node) -> List[Any]:
        """The carried globals of a function that are needed as values: none where its module is loaded."""
        if functions.home_of(node) is not None:
            return []
        return [[name, value] for name, value in node[9] if not self._is_module(value)]

    def _is_module(self, value: Value) -> bool:
        return type(value) is list and self.nodes[value[0]][0] == "module"

    def _content(self, index: int) -> Optional[Node]:
        """The node of the built-in content under an object."""
        base = self.nodes[index][3]
        return self.nodes[base[0]] if type(base) is list else None

    def _is_shell(self, index: int) -> bool:
        kind = self.nodes[index][0]
        if kind != "object":
            return kind in _SHELLS or kind in ("cell", "carried")
        content = self._content(index)
        return content[0] in _SHELLS if content else self.nodes[index][3] is None

    def _shell(self, index: int) -> _Step:
        node = self.nodes[index]
        if node[0] == "object":
            cls, layout = self._class(node[1])
            new = layout.built_on.__new__
            content = self._content(index)
            if layout.built_on is deque and content:
                limit = content[2]
                return lambda table: _put(table, index, _limited(new(cls), limit))
            return lambda table: _put(table, index, new(cls))
        if node[0] == "deque":
            limit = node[2]
            return lambda table: _put(table, index, deque(maxlen=limit))
        if node[0] == "cell":
            return lambda table: _put(table, index, types.CellType())
        if node[0] == "carried":
            return self._function_shell(index, node)
        make = {"list": list, "set": set, "dict": dict}[node[0]]
        return lambda table: _put(table, index, make())

    def _function_shell(self, index: int, node: Node) -> _Step:
        """A function with its cells still empty, in its module's namespace or one that its globals fill later."""
        code, cells = functions.code_of(node), [value[0] for value in node[8]]
        held: Dict[str, Any] = {name: None for name, _ in self._globals(node)}
        named = [(name, self.nodes[value[0]][1]) for name, value in node[9] if self._is_module(value)]
        held.update((name, sys.modules[module]) for name, module in named if module in sys.modules)
        space = functions.space_of(node, held)

        def make(table: _Table) -> None:
            own = space if functions.home_of(node) is space else dict(space)
            table[index] = functions.make(node, code, own, tuple(table[cell] for cell in cells))

        return make

    def _step(self, index: int) -> _Step:
        node = self.nodes[index]
        if node[0] not in GRAMMAR or node[0] == "opaque":
            what = "%s: %s" % (node[1], node[2]) if node[0] == "opaque" else "an unknown kind"
            raise ThawError("The value cannot be rebuilt from data (%s)." % what)
        return getattr(self, "_make_" + node[0])(index, node)

    def _make_list(self, index: int, node: Node) -> _Step:
        row = _row(node[1])
        return lambda table: table[index].extend(row(table))

    _make_deque = _make_list

    def _make_set(self, index: int, node: Node) -> _Step:
        row = _row(node[1])
        return lambda table: table[index].update(row(table))

    def _make_dict(self, index: int, node: Node) -> _Step:
        keys, values = _row([key for key, _ in node[1]]), _row([value for _, value in node[1]])
        return lambda table: table[index].update(zip(keys(table), values(table)))

    def _make_cell(self, index: int, node: Node) -> _Step:
        row = _row(node[1])

        def fill(table: _Table) -> None:
            for content in row(table):
                table[index].cell_contents = content

        return fill

    def _make_carried(self, index: int, node: Node) -> _Step:
        state, held = _row(node[5:8]), self._globals(node)
        names, values = [name for name, _ in held], _row([value for _, value in held])

        def fill(table: _Table) -> None:
            functions.finish(table[index], state(table))
            table[index].__globals__.update(zip(names, values(table)))

        return fill

    def _make_pickled(self, index: int, node: Node) -> _Step:
        return lambda table: _put(table, index, pickles.unpickled(node[2]))

    def _make_landmark(self, index: int, node: Node) -> _Step:
        thing = landmarks.find(node[2])
        if thing is MISSING or class_name(type(thing)) != node[1]:
            raise ThawError("%s stands in no loaded module now." % node[2])
        return self._constant(index, thing)

    def _make_made(self, index: int, node: Node) -> _Step:
        again = iterators.maker(node[1])
        if again is not None:
            known = again
            return self._built(index, node[2], lambda row: known(*row))
        return self._make_value(index, node)

    def _make_tuple(self, index: int, node: Node) -> _Step:
        return self._built(index, node[1], tuple)

    def _make_frozenset(self, index: int, node: Node) -> _Step:
        return self._built(index, node[1], frozenset)

    def _make_range(self, index: int, node: Node) -> _Step:
        return self._built(index, node[1], lambda row: range(*row))

    def _make_slice(self, index: int, node: Node) -> _Step:
        return self._built(index, node[1], lambda row: slice(*row))

    def _make_bytes(self, index: int, node: Node) -> _Step:
        return self._constant(index, bytes.fromhex(node[1]))

    def _make_bytearray(self, index: int, node: Node) -> _Step:
        data = bytes.fromhex(node[1])
        return lambda table: _put(table, index, bytearray(data))

    def _make_complex(self, index: int, node: Node) -> _Step:
        return self._constant(index, complex(float.fromhex(node[1]), float.fromhex(node[2])))

    def _make_ellipsis(self, index: int, node: Node) -> _Step:
        return self._constant(index, ...)

    def _make_notimplemented(self, index: int, node: Node) -> _Step:
        return self._constant(index, NotImplemented)

    def _make_class(self, index: int, node: Node) -> _Step:
        return self._constant(index, self._found(node[1]))

    _make_function = _make_class

    def _make_module(self, index: int, node: Node) -> _Step:
        if node[1] not in sys.modules:
            raise ThawError("The module %s is not loaded here." % node[1])
        return self._constant(index, sys.modules[node[1]])

    def _make_enum(self, index: int, node: Node) -> _Step:
        members = getattr(self._enum(node[1]), "_member_map_", {})
        if node[2] not in members:
            raise ThawError("%s has no member %s." % (node[1], node[2]))
        return self._constant(index, members[node[2]])

    def _make_array(self, index: int, node: Node) -> _Step:
        make = arrays.maker(node, _row(node[5]))
        return lambda table: _put(table, index, make(table))

    def _make_scalar(self, index: int, node: Node) -> _Step:
        return self._built(index, node[3:], lambda row: arrays.scalar(node[2], *row))

    def _make_table(self, index: int, node: Node) -> _Step:
        labels, columns = _row([label for label, _ in node[2]]), _row([column for _, column in node[2]])
        names, parts = [name for name, _ in node[3]], _row([part for _, part in node[3]])
        make = frames.maker(node[1])
        return lambda table: _put(
            table, index, make(list(zip(labels(table), columns(table))), dict(zip(names, parts(table))))
        )

    def _make_value(self, index: int, node: Node) -> _Step:
        foreign = arrays.VALUES.get(node[1]) or frames.VALUES.get(node[1])
        if foreign is not None:
            found = foreign
            return self._built(index, node[2], lambda row: found(*row))
        make = stdvalues.maker(node[1])
        if make is None:
            cls = self._enum(node[1])
            return self._built(index, node[2], lambda row: cls(*row))
        known, cls = make, self._found(node[1])
        return self._built(index, node[2], lambda row: known(cls, *row))

    def _make_object(self, index: int, node: Node) -> _Step:
        cls, layout = self._class(node[1])
        fill = self._attributes(index, node[1], layout, node[2])
        content = self._content(index)
        if content is None and node[3] is None:
            return fill
        if layout.content is None:
            raise ThawError("%s holds nothing of a built-in type now; it was changed." % node[1])
        if content is not None and content[0] in _SHELLS:
            put = self._contents(index, layout.content, content)
        else:
            put = self._on_content(index, cls, layout, _row([node[3]]))
        return lambda table: (put(table), fill(table))[1]

    def _on_content(self, index: int, cls: Any, layout: Anatomy, row: _Row) -> _Step:
        new = layout.built_on.__new__
        if layout.content is not bytearray:
            return lambda table: _put(table, index, new(cls, *row(table)))

        def put(table: _Table) -> None:
            table[index] = new(cls)
            bytearray.extend(table[index], row(table)[0])

        return put

    def _contents(self, index: int, kind: Any, content: Node) -> _Step:
        if content[0] == "dict":
            keys, values = _row([key for key, _ in content[1]]), _row([value for _, value in content[1]])
            store = OrderedDict.__setitem__ if kind is OrderedDict else dict.__setitem__

            def fill(table: _Table) -> None:
                for key, value in zip(keys(table), values(table)):
                    store(table[index], key, value)

            return fill
        row = _row(content[1])
        ways: Dict[Any, Any] = {list: list.extend, deque: deque.extend, set: set.update}
        add = ways[kind]
        return lambda table: add(table[index], row(table))

    def _make_exception(self, index: int, node: Node) -> _Step:
        cls, layout = self._class(node[1])
        if not inherits(cls, BaseException):
            raise ThawError("%s is not an exception now; it was changed." % node[1])
        base, fill = layout.built_on, self._attributes(index, node[1], layout, node[3])
        row = _row([node[2]])

        def make(table: _Table) -> None:
            arguments = row(table)[0]
            error = base.__new__(cls, *arguments)
            try:
                base.__init__(error, *arguments)
            except TypeError:
                pass
            _arguments.__set__(error, arguments)
            table[index] = error
            fill(table)

        return make

    def _make_generator(self, index: int, node: Node) -> _Step:
        row, end = _row(node[1]), _row(node[2][1:])
        return lambda table: _put(table, index, _again(row(table), node[2][0], end(table)))

    def _make_iterator(self, index: int, node: Node) -> _Step:
        if node[3][0] == "raise":
            return self._make_generator(index, ["generator", *node[2:]])
        if node[1] == "builtins:tuple_iterator":
            return self._built(index, node[2], lambda row: iter(tuple(row)))
        return self._built(index, node[2], iter)

    def _attributes(self, index: int, name: str, layout: Anatomy, attributes: List[Any]) -> _Step:
        names, row = [key for key, _ in attributes], _row([value for _, value in attributes])

        def fill(table: _Table) -> None:
            for key, value in zip(names, row(table)):
                if not set_state(table[index], layout, key, value):
                    _set_field(table[index], name, key, value)

        return fill if names else lambda table: None

    def _class(self, name: str) -> Tuple[Any, Anatomy]:
        if name not in self.classes:
            cls = self._found(name)
            layout = anatomy(cls) if is_class(cls) else None
            if layout is None:
                raise ThawError("%s is not a class whose instances can be rebuilt." % name)
            self.classes[name] = cls, layout
        return self.classes[name]

    def _enum(self, name: str) -> Any:
        cls = self._found(name)
        if not is_class(cls) or not inherits(type(cls), enum.EnumMeta):
            raise ThawError("%s is not an enum, nor a value type that can be rebuilt." % name)
        return cls

    def _found(self, name: str) -> Any:
        found = self.resolve(name)
        if found is MISSING:
            raise ThawError("%s is not defined in any loaded module." % name.replace(":", "."))
        return found

    def _built(self, index: int, values: List[Value], make: Callable[[List[Any]], Any]) -> _Step:
        row = _row(values)
        return lambda table: _put(table, index, make(row(table)))

    def _constant(self, index: int, thing: Any) -> _Step:
        return lambda table: _put(table, index, thing)


def _put(table: _Table, index: int, thing: Any) -> None:
    table[index] = thing


def _limited(queue: Any, limit: Optional[int]) -> Any:
    deque.__init__(queue, (), limit)
    return queue


def _again(items: List[Any], end: str, last: List[Any]) -> Any:
    for item in items:
        yield item
    if end == "raise":
        raise last[0]
    return last[0] if last else None


def _set_field(error: Any, name: str, key: str, value: Any) -> None:
    """A field of a built-in exception, which is neither slot nor in a dict."""
    for kind in (OSError, ImportError):
        if inherits(type(error), kind) and key in kind.__dict__:
            kind.__dict__[key].__set__(error, value)
            return
    raise ThawError("%s has no attribute %r now; it was changed." % (name, key))
